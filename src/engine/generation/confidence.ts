import type { Candidate } from './evidence.ts';

/**
 * Weights of a logistic function, from a regression on whether the answer was right (900 questions of SQuAD 2.0's
 * development set with four distractors each, and Tidewater's dev split), rounded. Every weight but the first is
 * positive: more evidence never lowers the confidence.
 */
const WEIGHTS = { none: -2.15, coverage: 2.4, named: 0.3, cue: 0.8, margin: 0.6 };

/**
 * How far the evidence carries the answer, from 0 to 1: a logistic function of the share of the question's terms (by
 * rarity) that the best unit and its surroundings hold, the same for names and numbers alone, whether it holds the kind
 * of thing that is asked for, and the lead of its passage in retrieval. It ranks answers; it is no probability.
 */
export function confidenceIn(best: Candidate, scores: readonly number[]): number {
  if (best.coverage === 0) return 0;
  const evidence =
    WEIGHTS.none +
    WEIGHTS.coverage * best.coverage +
    WEIGHTS.named * best.named +
    WEIGHTS.cue * best.cue +
    WEIGHTS.margin * margin(scores, best.passage);
  return 1 / (1 + Math.exp(-evidence));
}

/** How far the passage's score stands above the next best one's, as a share of its own; 0 when another leads. */
function margin(scores: readonly number[], passage: number): number {
  const own = scores[passage]!;
  if (own <= 0 || scores.length < 2) return 0;
  const next = scores.reduce((most, score, index) => (index === passage ? most : Math.max(most, score)), 0);
  return Math.max(0, own - next) / own;
}
