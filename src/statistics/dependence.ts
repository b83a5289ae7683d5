import { mean, variance } from './quantiles.ts';

/** Into so many contiguous batches a run is cut (method of batch means; Law, Simulation Modeling and Analysis, 5th ed., §9.5.3). */
export const BATCHES = 20;

/** Fewer samples in a batch say nothing about the spread between batches. */
const LEAST_PER_BATCH = 5;

/** The fewest samples, in time order, whose dependence can be told. */
export const LEAST_SAMPLES = BATCHES * LEAST_PER_BATCH;

/** Beyond this correlation between neighbouring batches, the run is too short for its own dependence anyway. */
const LARGEST_CORRELATION = 0.8;

/**
 * How many dependent samples know their mean as well as one independent sample would: the variance of the mean of
 * `values`, in time order, over what it were if they were independent. 1 at least; null for fewer than a hundred
 * samples, and where all are alike.
 */
export function varianceInflation(values: ArrayLike<number>): number | null {
  const size = values.length;
  if (size < LEAST_SAMPLES) return null;
  const spread = (variance(values) * (size - 1)) / size;
  if (spread === 0) return null;
  return Math.max(1, (size * varianceOfMean(values)!) / spread);
}

/**
 * The variance of the mean of dependent samples in time order, by the spread between batch means; null for fewer than a
 * hundred. Neighbouring batches that still lean on each other (positive lag-1 correlation r) widen it by (1 + r) / (1 − r),
 * as for an AR(1) process.
 */
export function varianceOfMean(values: ArrayLike<number>): number | null {
  if (values.length < LEAST_SAMPLES) return null;
  const means = batchMeans(values);
  const r = Math.min(LARGEST_CORRELATION, Math.max(0, lagOneCorrelation(means)));
  return ((1 + r) / (1 - r)) * (variance(means) / BATCHES);
}

function batchMeans(values: ArrayLike<number>): Float64Array {
  const means = new Float64Array(BATCHES);
  for (let batch = 0; batch < BATCHES; batch += 1) {
    const from = Math.floor((batch * values.length) / BATCHES);
    const to = Math.floor(((batch + 1) * values.length) / BATCHES);
    let sum = 0;
    for (let index = from; index < to; index += 1) sum += values[index]!;
    means[batch] = sum / (to - from);
  }
  return means;
}

/** Correlation between neighbours, corrected for the bias of about −1/n that short series have. */
function lagOneCorrelation(series: Float64Array): number {
  const centre = mean(series);
  let products = 0;
  let squares = 0;
  for (let index = 0; index < series.length; index += 1) {
    const here = series[index]! - centre;
    squares += here * here;
    if (index > 0) products += here * (series[index - 1]! - centre);
  }
  return squares === 0 ? 0 : products / squares + 1 / series.length;
}
