import { goldenQuestion } from '../../datasets/golden.ts';
import type { Answer } from '../../engine/answer.ts';
import { faithfulnessLexical } from '../../measures/answer/faithfulness-lexical.ts';
import type { QuestionCase } from '../../measures/case.ts';

/** Levels of degradation at which words that come of no document stand in. */
const WITHOUT_DOCUMENTS: ReadonlySet<string> = new Set(['canned', 'last-resort']);

/** Scores that need no golden answer, from 0 to 1; null where there is nothing to score. */
export interface RuleScores {
  readonly lexical_faithfulness: number | null;
  /** Of the best passage; null where its scale is not 0 to 1, as that of keyword search alone. */
  readonly top_score: number | null;
  /** 1 where nothing was found, else 0. */
  readonly empty_retrieval: number;
}

export function ruleScores({ question, answer }: { question: string; answer: Answer }): RuleScores {
  const best = answer.passages[0]?.score;
  return {
    lexical_faithfulness: faithfulnessLexical.score(liveCase(question, answer), Number.POSITIVE_INFINITY),
    top_score: best !== undefined && best >= 0 && best <= 1 ? best : null,
    empty_retrieval: answer.passages.length === 0 ? 1 : 0,
  };
}

/** A live question as a golden one of which nothing is known. */
export function liveCase(question: string, answer: Answer) {
  const level = answer.degraded?.level;
  return {
    question: goldenQuestion({ id: 'live', question }),
    returned: {
      answer: answer.text,
      abstained: answer.abstained,
      lastResort: level !== undefined && WITHOUT_DOCUMENTS.has(level),
      passages: answer.passages,
      contextSize: answer.contextSize,
      citations: answer.citations,
      ranking: answer.ranking,
    },
    documentText: () => undefined,
  } satisfies QuestionCase;
}
