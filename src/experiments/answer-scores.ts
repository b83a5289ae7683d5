import type { CorpusDocument, GoldenQuestion } from '../datasets/golden.ts';
import type { Returned, Right } from '../judging/returned.ts';
import { seededRandom } from '../kernel/random.ts';
import { type Scores, scoreQuestions } from '../measures/golden-scores.ts';
import type { Measure } from '../measures/measure.ts';
import type { MeasureRecord, SliceRecord } from '../records/schema.ts';
import { bootstrapMeanInterval } from '../statistics/bootstrap.ts';
import { wilsonInterval } from '../statistics/proportions.ts';
import { mean } from '../statistics/quantiles.ts';
import { Judge } from './judge.ts';

/** A bootstrap interval of fewer scores than this covers less than it says, and is labelled so. */
const LEAST_FOR_BOOTSTRAP = 200;

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
    question,
    right:
      returned === undefined ? judge.judgeFailure(question, sample) : judge.judge(question, returned).right,
    scores: scores[index]!,
  }));
  const names = measures.map(({ name }) => name);
  return {
    right: shareRight(questions),
    unscored: questions.filter(({ right }) => right === 'unscored').length,
    measures: names.map((name) => measureRecord(name, questions, seed)),
    slices: sliced(questions, names, seed),
    questions: questions.map(({ right, scores: own }) => ({ right, scores: own })),
  };
}

interface Scored {
  readonly question: GoldenQuestion;
  readonly right: Right;
  readonly scores: Scores;
}

/** The values by which a question falls into slices: into several, where it bears several tags. */
const SLICED: Readonly<Record<SliceRecord['by'], (question: GoldenQuestion) => readonly string[]>> = {
  kind: ({ kind }) => (kind === undefined ? [] : [kind]),
  difficulty: ({ difficulty }) => (difficulty === undefined ? [] : [difficulty]),
  tag: ({ tags }) => tags,
};

/** A single kind is the whole set; a single tag is still a part of it. */
const LEAST_VALUES: Readonly<Record<SliceRecord['by'], number>> = { kind: 2, difficulty: 2, tag: 1 };

function sliced(scored: readonly Scored[], names: readonly string[], seed: number): SliceRecord[] {
  return (['kind', 'difficulty', 'tag'] as const).flatMap((by) => {
    const values = [...new Set(scored.flatMap(({ question }) => SLICED[by](question)))].sort();
    if (values.length < LEAST_VALUES[by]) return [];
    return values.map((value) => {
      const within = scored.filter(({ question }) => SLICED[by](question).includes(value));
      return {
        by,
        value,
        n: within.length,
        right: shareRight(within),
        measures: names.map((name) => measureRecord(name, within, seed)),
      };
    });
  });
}

function measureRecord(name: string, scored: readonly Scored[], seed: number): MeasureRecord {
  const values = scored.map(({ scores }) => scores[name] ?? null).filter((score) => score !== null);
  if (values.length === 0) return { name, mean: null, ci95: null, n: 0 };
  return {
    name,
    mean: mean(values),
    ci95: bootstrapMeanInterval(values, { random: seededRandom(seed).fork(`bootstrap/${name}`) }),
    n: values.length,
    ...(values.length < LEAST_FOR_BOOTSTRAP && { approximate: true }),
  };
}

/** Golden questions are independent of each other, so the interval is Wilson's. */
function shareRight(scored: readonly Scored[]): SliceRecord['right'] {
  const trials = scored.filter(({ right }) => right !== 'unscored');
  const n = trials.length;
  const successes = trials.filter(({ right }) => right === 'right').length;
  return { mean: n === 0 ? null : successes / n, ci95: wilsonInterval(successes, n), n };
}
