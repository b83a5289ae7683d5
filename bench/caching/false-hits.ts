import { type Guard, objection, questionFacts } from '../../src/engine/caching/guards/agreement.ts';
import { wilsonInterval } from '../../src/statistics/proportions.ts';
import type { QuestionPair } from './near-duplicates.ts';

/** A pair of questions as a semantic cache sees it. */
export interface SeenPair {
  readonly pair: QuestionPair;
  /** Cosine similarity of the two. */
  readonly similarity: number;
  /** The guard that tells them apart; undefined where none does. */
  readonly objection: Guard | undefined;
}

export interface Share {
  readonly count: number;
  readonly of: number;
  readonly interval: readonly [number, number];
}

/** What a threshold does, with guards or without. */
export interface Point {
  readonly threshold: number;
  /** Pairs of the same meaning that share an answer. */
  readonly hits: Share;
  /** Pairs of other meaning that do. */
  readonly falseHits: Share;
}

export function seePair(pair: QuestionPair, similarity: number): SeenPair {
  return { pair, similarity, objection: objection(questionFacts(pair.a), questionFacts(pair.b)) };
}

export function shareOf(count: number, of: number): Share {
  return { count, of, interval: wilsonInterval(count, of) ?? [0, 1] };
}

export function pointAt(pairs: readonly SeenPair[], threshold: number, guarded: boolean): Point {
  const passes = ({ similarity, objection }: SeenPair): boolean =>
    similarity >= threshold && !(guarded && objection !== undefined);
  const [same, other] = (['same', 'other'] as const).map((meaning) => {
    const all = pairs.filter(({ pair }) => pair.meaning === meaning);
    return shareOf(all.filter(passes).length, all.length);
  });
  return { threshold, hits: same!, falseHits: other! };
}

/** False hits of a threshold: among pairs that were written to deceive, and among questions as they are asked. */
export interface Risk {
  readonly deceptive: Share;
  readonly natural: Share;
}

/** Upper ends of the 95 % intervals of false hits that a threshold may have. */
export const BOUNDS = { deceptive: 0.05, natural: 0.01 } as const;

export function isWithin({ deceptive, natural }: Risk): boolean {
  return deceptive.interval[1] <= BOUNDS.deceptive && natural.interval[1] <= BOUNDS.natural;
}

/** The threshold with the most hits among those whose risk is within the bounds; of equals, the highest. Undefined where there is none. */
export function chooseThreshold(points: readonly Point[], riskOf: (point: Point) => Risk): Point | undefined {
  let best: Point | undefined;
  for (const point of points) {
    if (isWithin(riskOf(point)) && point.hits.count >= (best?.hits.count ?? 0)) best = point;
  }
  return best;
}

/** From 0.5 to 1 in steps of 0.01. */
export const THRESHOLDS = Array.from({ length: 51 }, (_, step) => (50 + step) / 100);
