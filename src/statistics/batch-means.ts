import { BATCHES, varianceOfMean } from './dependence.ts';
import { studentQuantile } from './distributions.ts';
import { mean, quantile, sortSamples } from './quantiles.ts';
import { shareBounds } from './share-evidence.ts';

/**
 * Intervals for figures of *one* run, whose requests share a queue and so depend on each other. An interval that
 * takes them for independent is false: at utilisation 0.9 of an M/M/1 queue its "95 %" covers 7 %. Here the run is cut
 * into contiguous batches, long enough to be nearly independent, and the spread *between batches* sets the width
 * (method of batch means; Law, Simulation Modeling and Analysis, 5th ed., §9.5.3).
 *
 * How often the 95 % intervals hold the truth, by run length and utilisation, is tabulated in
 * bench/results/statistics/coverage.md (`npm run prove -- statistics/coverage`).
 */

/**
 * A quantile with fewer samples beyond it rests on a handful of separate bursts, and gets no interval: p95 needs 10,000
 * requests, p99 50,000. With 100 instead, the p95 intervals that 3,000 requests at utilisation 0.9 gave covered .60.
 */
const LEAST_BEYOND = 500;

/** The same for a share, whose rarer side clusters less: below this, 3,000 requests of which 5 % were late covered .82. */
const LEAST_OF_RARER = 250;

/**
 * The spread between twenty batches is itself an estimate, and is lowest in the very runs that missed the rare long
 * bursts. Halving the effective size makes up for it: without, p95 of 20,000 requests at utilisation 0.9 covers .84.
 */
const CAUTION = 0.5;

export interface BatchInterval {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

/** The standard error of the mean of dependent samples in the order in which they happened; null when they are too few. */
function standardError(values: ArrayLike<number>): number | null {
  const ofMean = varianceOfMean(values);
  return ofMean === null ? null : Math.sqrt(ofMean);
}

/** How many independent trials would know the share of ones as well as this run does; null where that can't be told. */
function effectiveSize(ones: ArrayLike<number>): number | null {
  const error = standardError(ones);
  const share = mean(ones);
  if (error === null || error === 0) return null;
  return Math.min(ones.length, (share * (1 - share)) / (error * error));
}

/** An interval for the mean of samples in time order. Null when they are too few. */
export function batchMeanInterval(values: ArrayLike<number>, level = 0.95): BatchInterval | null {
  const error = standardError(values);
  if (error === null) return null;
  const half = (studentQuantile(1 - (1 - level) / 2, BATCHES - 1) * error) / Math.sqrt(CAUTION);
  const estimate = mean(values);
  return { estimate, low: estimate - half, high: estimate + half };
}

/**
 * An interval for a share: zeros and ones in time order. Null when either of them is rare: then the run shows too few
 * separate bursts to judge by.
 */
export function batchShareInterval(ones: ArrayLike<number>, level = 0.95): BatchInterval | null {
  const size = effectiveSize(ones);
  const estimate = mean(ones);
  if (size === null || Math.min(estimate, 1 - estimate) * ones.length < LEAST_OF_RARER) return null;
  const [low, high] = shareBounds(estimate, size * CAUTION, level);
  return { estimate, low, high };
}

/**
 * An interval for the quantile `p` of samples in time order. Samples at or below the estimate are ones, those above it
 * zeros; bounds for that share, read back through the empirical distribution, bound the quantile. The effective size is
 * the smaller of those at `p` and at the median, since the tail alone has too few bursts to show how they cluster.
 * Null when fewer than five hundred samples lie beyond the quantile, or the bound lies beyond the largest sample.
 * `quantileAt` gives the quantiles of `values`, for whoever has them already.
 */
export function batchQuantileInterval(
  values: Float64Array,
  p: number,
  options: { level?: number; quantileAt?: (p: number) => number } = {},
): BatchInterval | null {
  if (values.length * Math.min(p, 1 - p) < LEAST_BEYOND) return null;
  const quantileAt = options.quantileAt ?? quantilesOf(values);
  const estimate = quantileAt(p);
  const atTail = effectiveSize(atMost(values, estimate));
  const atMedian = effectiveSize(atMost(values, quantileAt(0.5)));
  if (atTail === null || atMedian === null) return null;
  const [low, high] = shareBounds(p, Math.min(atTail, atMedian) * CAUTION, options.level ?? 0.95);
  if ((1 - high) * values.length < 1) return null;
  return { estimate, low: quantileAt(low), high: quantileAt(high) };
}

function quantilesOf(values: Float64Array): (p: number) => number {
  const sorted = sortSamples(values);
  return (p) => quantile(sorted, p);
}

function atMost(values: Float64Array, limit: number): Uint8Array {
  const ones = new Uint8Array(values.length);
  for (let index = 0; index < values.length; index += 1) ones[index] = values[index]! <= limit ? 1 : 0;
  return ones;
}
