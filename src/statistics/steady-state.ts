import { quantile, sortInPlace } from './quantiles.ts';

export interface SteadyState {
  /** Share of the run, from its start, that the rule would cut off as warm-up. */
  readonly truncatedShare: number;
  /** False when that point lies past the middle: the run never settled. */
  readonly steady: boolean;
}

/**
 * A tail of fewer batches than this, or of less than a third of the run, can be flat by chance alone. Simulated on 60
 * independent batches, tails of five call 4 % of normal and 12 % of skewed series unsteady; a third, 0.4 and 4 %. A shift
 * of six standard deviations at 65 % of the run is always found.
 */
const LEAST_TAIL = 10;

/**
 * The marginal standard error rule over batches (White, Cobb and Spratt, 2000): the truncation point that minimises
 * the squared standard error of the mean of what is left. It only flags; nothing is cut. Null for fewer than twenty batches.
 */
export function marginalStandardErrorRule(batches: ArrayLike<number>): SteadyState | null {
  const count = batches.length;
  if (count < 2 * LEAST_TAIL) return null;
  const leastTail = Math.max(LEAST_TAIL, count / 3);
  let best = 0;
  let bestError = Number.POSITIVE_INFINITY;
  let sum = 0;
  let squares = 0;
  // Differences from one of the values: sums of the values themselves would drown a small spread in rounding errors,
  // which then find a "warm-up" where all batches are alike.
  const level = batches[count - 1]!;
  // From the end backwards, so that the sums of each tail come from those of the next shorter one.
  for (let start = count - 1; start >= 0; start -= 1) {
    const difference = batches[start]! - level;
    sum += difference;
    squares += difference ** 2;
    const kept = count - start;
    if (kept < leastTail) continue;
    const error = Math.max(0, squares - (sum * sum) / kept) / (kept * kept);
    if (error <= bestError) {
      bestError = error;
      best = start;
    }
  }
  return { truncatedShare: best / count, steady: best * 2 <= count };
}

/** MSER-5: the rule over means of five successive observations, as it was published. Null for fewer than a hundred. */
export function mser5(observations: ArrayLike<number>): SteadyState | null {
  const means = new Float64Array(Math.floor(observations.length / 5));
  for (let batch = 0; batch < means.length; batch += 1) {
    for (let within = 0; within < 5; within += 1) means[batch]! += observations[batch * 5 + within]! / 5;
  }
  return marginalStandardErrorRule(means);
}

/**
 * The rule over a run's latencies, batched by time instead of by count: the median of each `width` milliseconds stands
 * where MSER-5 has its mean of five, since one slow request in a thousand must not read as a warm-up. Empty slices
 * are left out. `times` are the due times, in milliseconds since the run began.
 */
export function steadyStateOf(
  times: ArrayLike<number>,
  latencies: ArrayLike<number>,
  { duration, width = 250 }: { duration: number; width?: number },
): SteadyState | null {
  const count = Math.ceil(duration / width);
  const sliceOf = (index: number): number =>
    Number.isNaN(latencies[index]!) ? -1 : Math.floor(times[index]! / width);
  // Counted first, so that all slices lie in one array.
  const ends = new Uint32Array(count);
  for (let index = 0; index < latencies.length; index += 1) {
    const slice = sliceOf(index);
    if (slice >= 0 && slice < count) ends[slice]! += 1;
  }
  for (let slice = 1; slice < count; slice += 1) ends[slice]! += ends[slice - 1]!;
  const startOf = (slice: number): number => (slice === 0 ? 0 : ends[slice - 1]!);
  const filled = new Uint32Array(count);
  const sliced = new Float64Array(ends[count - 1] ?? 0);
  for (let index = 0; index < latencies.length; index += 1) {
    const slice = sliceOf(index);
    if (slice < 0 || slice >= count) continue;
    sliced[startOf(slice) + filled[slice]!] = latencies[index]!;
    filled[slice]! += 1;
  }
  const medians: number[] = [];
  for (let slice = 0; slice < count; slice += 1) {
    if (filled[slice] === 0) continue;
    medians.push(quantile(sortInPlace(sliced.subarray(startOf(slice), ends[slice])), 0.5));
  }
  return marginalStandardErrorRule(medians);
}
