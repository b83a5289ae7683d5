import type { CorpusDocument, GoldenQuestion } from '../datasets/golden.ts';
import type { Returned, Right } from '../judging/returned.ts';
import { type Scores, scoreQuestions } from '../measures/golden-scores.ts';
import type { Measure } from '../measures/measure.ts';
import type { MeasureRecord, SliceRecord } from '../records/schema.ts';
import { Judge } from './judge.ts';
import { meanOf, shareRight, slicesOf } from './slices.ts';

/** A golden question and what came back for it; undefined where nothing did. */
export interface AnsweredQuestion {
  readonly question: GoldenQuestion;
  readonly returned: Returned | undefined;
}

export interface AnswerScores {
  readonly right: SliceRecord['right'];
  readonly unscored: number;
  /** In the order of the measures; a mean is null where the answers do not show what the measure reads. */
  readonly measures: readonly MeasureRecord[];
  readonly slices: readonly SliceRecord[];
  /** In the order of the questions. */
  readonly questions: readonly { readonly right: Right; readonly scores: Scores }[];
}

export interface AnswerScoring {
  readonly answered: readonly AnsweredQuestion[];
  readonly measures: readonly Measure[];
  /** The golden set's corpus, where it has one. */
  readonly documents: readonly Pick<CorpusDocument, 'id' | 'text'>[] | undefined;
  /** Passages among which evidence must stand for a retrieval to be right. */
  readonly k: number;
  readonly seed: number;
}

/** Scores answers that came from anywhere as `evaluate` scores those of a target: the same measures, the same rule for right. */
export function scoreAnswers({ answered, measures, documents, k, seed }: AnswerScoring): AnswerScores {
  const judge = new Judge(documents, k);
  const sample = answered.find(({ returned }) => returned !== undefined)?.returned;
  const scores = scoreQuestions(
    measures,
    answered.map((one) => ({ ...one, documentText: judge.documentText })),
  );
  const questions = answered.map(({ question, returned }, index) => ({
    kind: question.kind ?? null,
    difficulty: question.difficulty ?? null,
    tags: question.tags,
    right:
      returned === undefined ? judge.judgeFailure(question, sample) : judge.judge(question, returned).right,
    scores: scores[index]!,
  }));
  const names = measures.map(({ name }) => name);
  return {
    right: shareRight(questions),
    unscored: questions.filter(({ right }) => right === 'unscored').length,
    measures: names.map((name) => meanOf(name, questions, seed)),
    slices: slicesOf(questions, names, seed),
    questions: questions.map(({ right, scores: own }) => ({ right, scores: own })),
  };
}
