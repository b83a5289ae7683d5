import type { Random } from '../kernel/random.ts';
import { normalCdf, normalQuantile } from './distributions.ts';
import { mean, quantile, sortSamples } from './quantiles.ts';

export interface BootstrapOptions {
  readonly random: Random;
  readonly resamples?: number;
  readonly level?: number;
}

/**
 * A bias-corrected and accelerated (BCa) bootstrap interval for the mean of *independent* values: one per golden
 * question, say (Efron and Tibshirani, An Introduction to the Bootstrap, 1993, §14.3; the acceleration of a mean is
 * a sixth of its jackknife skewness). Null for fewer than two values; a point where all values are equal.
 */
export function bootstrapMeanInterval(
  values: ArrayLike<number>,
  { random, resamples = 2000, level = 0.95 }: BootstrapOptions,
): [number, number] | null {
  const n = values.length;
  if (n < 2) return null;
  const centre = mean(values);
  const means = new Float64Array(resamples);
  let below = 0;
  let equal = 0;
  for (let resample = 0; resample < resamples; resample += 1) {
    let sum = 0;
    for (let draw = 0; draw < n; draw += 1) sum += values[random.integer(n)]!;
    const resampled = sum / n;
    means[resample] = resampled;
    if (Math.abs(resampled - centre) <= 1e-12 * Math.abs(centre)) equal += 1;
    else if (resampled < centre) below += 1;
  }
  const sorted = sortSamples(means);
  if (sorted[0] === sorted[resamples - 1]) return [centre, centre];

  // Means of zeros and ones are lumpy: half of the ties count as below, or the bias correction would see a bias.
  const bias = normalQuantile(clamp((below + equal / 2) / resamples, 0.5 / resamples));
  const acceleration = skewness(values, centre) / (6 * Math.sqrt(n));
  const bound = (tail: number): number => {
    const z = bias + normalQuantile(tail);
    return quantile(sorted, clamp(normalCdf(bias + z / (1 - acceleration * z)), 0.5 / resamples));
  };
  const tail = (1 - level) / 2;
  return [bound(tail), bound(1 - tail)];
}

function clamp(p: number, margin: number): number {
  return Math.min(Math.max(p, margin), 1 - margin);
}

function skewness(values: ArrayLike<number>, centre: number): number {
  let second = 0;
  let third = 0;
  for (let index = 0; index < values.length; index += 1) {
    const difference = values[index]! - centre;
    second += difference * difference;
    third += difference * difference * difference;
  }
  second /= values.length;
  return second === 0 ? 0 : third / values.length / second ** 1.5;
}
