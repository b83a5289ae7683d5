import type { Branded } from '../kernel/units.ts';
import { binomialCdf } from './distributions.ts';

/** Samples in ascending order. Only `sortSamples` makes them, so an unsorted array cannot reach a quantile. */
export type SortedSamples = Branded<Float64Array, 'sorted'>;

/** A copy in ascending order, without NaN (which stands for "did not happen"). */
export function sortSamples(samples: ArrayLike<number>): SortedSamples {
  return sortInto(new Float64Array(samples.length), samples);
}

/** The same within the array itself, for whoever needs it in no other order: a million samples are eight megabytes. */
export function sortInPlace(samples: Float64Array): SortedSamples {
  return sortInto(samples, samples);
}

function sortInto(kept: Float64Array, samples: ArrayLike<number>): SortedSamples {
  let size = 0;
  for (let index = 0; index < samples.length; index += 1) {
    const value = samples[index]!;
    if (!Number.isNaN(value)) kept[size++] = value;
  }
  return kept.subarray(0, size).sort() as SortedSamples;
}

/**
 * The smallest sample that at least a share `p` of all samples does not exceed (the inverse of the empirical
 * distribution; type 1 of Hyndman and Fan, 1996). It is always a value that was measured. NaN for no samples.
 */
export function quantile(sorted: SortedSamples, p: number): number {
  if (sorted.length === 0) return Number.NaN;
  // 0.95 × 100 is 95.00000000000001 in floating point: the slack keeps the rank where arithmetic puts it.
  const rank = Math.ceil(p * sorted.length - 1e-9);
  return sorted[Math.min(Math.max(rank, 1), sorted.length) - 1]!;
}

/**
 * Whether `n` independent samples can carry the quantile `p`: whether a two-sided 95 % order-statistic interval for
 * it exists at all. p95 needs 72 samples, p99 368, p99.9 3,688. Fewer, and the tool prints no such quantile.
 */
export function canCarry(n: number, p: number): boolean {
  return n * Math.log(Math.max(p, 1 - p)) <= Math.log(0.025);
}

/** The quantile, or null when the samples are too few to carry it. */
export function carriedQuantile(sorted: SortedSamples, p: number): number | null {
  return canCarry(sorted.length, p) ? quantile(sorted, p) : null;
}

/**
 * A distribution-free interval for the quantile `p` of *independent* samples, between two order statistics
 * (David and Nagaraja, Order Statistics, 3rd ed., §7.1). Covers at least `level`; null when n cannot carry it.
 */
export function orderStatisticInterval(
  sorted: SortedSamples,
  p: number,
  level = 0.95,
): [number, number] | null {
  const n = sorted.length;
  const tail = (1 - level) / 2;
  // The lower rank is the last whose chance to lie above the quantile is within the tail, the upper one its mirror.
  const lower = lastRank(n, (rank) => binomialCdf(rank - 1, n, p) <= tail);
  const upper = lastRank(n, (rank) => binomialCdf(rank - 1, n, p) < 1 - tail) + 1;
  if (lower < 1 || upper > n) return null;
  return [sorted[lower - 1]!, sorted[upper - 1]!];
}

/** The largest rank in 0…n for which the condition, true first and false after, holds; rank 0 always does. */
function lastRank(n: number, holds: (rank: number) => boolean): number {
  let low = 0;
  let high = n + 1;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/** The mean; NaN for no samples. */
export function mean(samples: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < samples.length; index += 1) sum += samples[index]!;
  return sum / samples.length;
}

/** The sample variance (n − 1 below), in two passes; NaN for fewer than two samples. */
export function variance(samples: ArrayLike<number>): number {
  const centre = mean(samples);
  let sum = 0;
  for (let index = 0; index < samples.length; index += 1) sum += (samples[index]! - centre) ** 2;
  return sum / (samples.length - 1);
}
