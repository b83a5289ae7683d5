import { studentQuantile } from './distributions.ts';
import { mean, variance } from './quantiles.ts';

export interface Trend {
  /** How much the series grows from one block to the next. */
  readonly perBlock: number;
  /** Growth over its standard error, of Student's distribution with `blocks` − 2 degrees of freedom. */
  readonly t: number;
  /** Whether it grows: chance alone shows such growth in one of fifty series at most. */
  readonly rising: boolean;
  readonly blocks: number;
}

/** Fewer blocks than this show neither a trend nor how much they scatter. */
const LEAST_BLOCKS = 8;

/**
 * Averages of a random walk over neighbouring blocks: their steps are correlated by 1/4 (Working, Econometrica 28, 1960), so
 * that the sum of the steps varies by 1 + 2/4 times what independent ones would.
 */
const SHARED_BY_NEIGHBOURS = 1.5;

/**
 * Whether a series of block means rises: requests in flight, of a target that is offered more than it can do. A straight
 * line through them would deceive, since a busy queue wanders: at utilisation 0.95 such a test cries out in one
 * of ten runs of a thousand requests. The *steps* of an overloaded queue are nearly independent, with a mean above zero;
 * those of a queue that keeps up cancel each other out, however far it wanders.
 *
 * Simulated (`npm run prove -- capacity/evidence`): no false alarm up to utilisation 0.95. Null for fewer than eight blocks.
 */
export function trendOf(blocks: ArrayLike<number>, level = 0.98): Trend | null {
  const count = blocks.length;
  if (count < LEAST_BLOCKS) return null;
  const steps = Float64Array.from({ length: count - 1 }, (_, index) => blocks[index + 1]! - blocks[index]!);
  const perBlock = mean(steps);
  const error = Math.sqrt((SHARED_BY_NEIGHBOURS * variance(steps)) / steps.length);
  // A series that climbs like a ruler has no scatter, and one that stands still no trend.
  const t = error > 0 ? perBlock / error : perBlock > 0 ? Number.POSITIVE_INFINITY : 0;
  return { perBlock, t, rising: t > studentQuantile(level, count - 2), blocks: count };
}

/**
 * The mean number of requests in flight in each of `blocks` equal stretches of time between `from` and `to`, from when each
 * was due and when it ended (NaN: never). What began before or ended after is counted for its part within.
 */
export function inFlightBlocks(
  due: ArrayLike<number>,
  end: ArrayLike<number>,
  { from, to, blocks = 20 }: { from: number; to: number; blocks?: number },
): Float64Array {
  const width = (to - from) / blocks;
  const levels = new Float64Array(blocks);
  for (let request = 0; request < due.length; request += 1) {
    const begins = Math.max(from, due[request]!);
    const ends = end[request]! <= to ? end[request]! : to;
    for (let block = Math.floor((begins - from) / width); block < blocks; block += 1) {
      const opens = from + block * width;
      if (opens >= ends) break;
      levels[block]! += (Math.min(ends, opens + width) - Math.max(begins, opens)) / width;
    }
  }
  return levels;
}
