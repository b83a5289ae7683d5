import { goldenQuestion } from '../../datasets/golden.ts';
import type { Answer } from '../../engine/answer.ts';
import { faithfulnessLexical } from '../../measures/answer/faithfulness-lexical.ts';
import type { QuestionCase } from '../../measures/case.ts';

/** Levels of degradation at which words that come of no document stand in. */
const WITHOUT_DOCUMENTS: ReadonlySet<string> = new Set(['canned', 'last-resort']);

/** Scores that need no golden answer, from 0 to 1; null where there is nothing to score. */
export interface RuleScores {
  readonly lexical_faithfulness: number | null;
  /**
   * The cosine of the question and the passage nearest to it, of vector search (below 0 it counts as 0); null where vectors were not
   * searched. The scores of fused and reranked passages would not do: they say how good a passage is beside the others, and the best of
   * them has about 1 whatever was asked.
   */
  readonly top_score: number | null;
  /** 1 where nothing was found, else 0. */
  readonly empty_retrieval: number;
}

export function ruleScores({ question, answer }: { question: string; answer: Answer }): RuleScores {
  return {
    lexical_faithfulness: faithfulnessLexical.score(liveCase(question, answer), Number.POSITIVE_INFINITY),
    top_score: similarityOf(answer),
    empty_retrieval: answer.passages.length === 0 ? 1 : 0,
  };
}

/** Of an answer to another question in other words nobody knows it. */
function similarityOf({ similarity, matched }: Answer): number | null {
  return similarity === undefined || matched !== undefined ? null : Math.min(1, Math.max(0, similarity));
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
