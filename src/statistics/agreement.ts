import type { Random } from '../kernel/random.ts';
import { quantile, sortSamples } from './quantiles.ts';

/** How far apart two categories count: all alike, or by their distance, or by its square. */
export type Weighting = 'none' | 'linear' | 'quadratic';

/** One item and the category that each of two raters put it in: whole numbers from 0, below `categories`. */
export type RatedPair = readonly [number, number];

export interface KappaOptions {
  /** How many categories there are, used or not, in their order. */
  readonly categories: number;
  readonly weighting: Weighting;
}

export interface BootstrapKappaOptions extends KappaOptions {
  readonly random: Random;
  readonly resamples?: number;
  readonly level?: number;
}

/** Of the resamples, the share that must have a κ for its interval to be given. */
const LEAST_DEFINED = 0.5;

/**
 * The agreement seen between two raters: the share of items that both put in one category, or weighted, the mean of
 * 1 − distance. Null for no item.
 */
export function observedAgreement(pairs: readonly RatedPair[], options: KappaOptions): number | null {
  if (pairs.length === 0) return null;
  const agreement = agreementsOf(options);
  return pairs.reduce((sum, [a, b]) => sum + agreement(a, b), 0) / pairs.length;
}

/**
 * Cohen's κ: the agreement beyond chance, (seen − expected) / (1 − expected), where the expected one is that of two
 * raters who keep to their own shares of the categories (Cohen, Educational and Psychological Measurement 20, 1960).
 * Weighted, agreement is 1 − |i − j| / (c − 1), or that squared (Cohen, Psychological Bulletin 70, 1968). From −1 to 1;
 * null for no item, and where both raters know but one category: then chance explains everything.
 */
export function cohensKappa(pairs: readonly RatedPair[], options: KappaOptions): number | null {
  const { categories } = options;
  for (const category of pairs.flat()) {
    if (!Number.isInteger(category) || category < 0 || category >= categories) {
      throw new RangeError(`${category} is none of the ${categories} categories`);
    }
  }
  const n = pairs.length;
  const seen = observedAgreement(pairs, options);
  if (seen === null) return null;
  const agreement = agreementsOf(options);
  const first = countsOf(pairs, 0, categories);
  const second = countsOf(pairs, 1, categories);
  let expected = 0;
  for (let a = 0; a < categories; a += 1) {
    for (let b = 0; b < categories; b += 1) expected += first[a]! * second[b]! * agreement(a, b);
  }
  expected /= n * n;
  // Whole counts make this exact where there is one category; weights may leave a rounding error.
  return 1 - expected < 1e-12 ? null : (seen - expected) / (1 - expected);
}

/**
 * A percentile bootstrap interval for κ over *independent* items. Resamples that happen upon one category only have no
 * κ and are left out; null where those are half of them or more, and for fewer than two items.
 */
export function bootstrapKappaInterval(
  pairs: readonly RatedPair[],
  { random, resamples = 2000, level = 0.95, ...options }: BootstrapKappaOptions,
): [number, number] | null {
  const n = pairs.length;
  if (n < 2 || cohensKappa(pairs, options) === null) return null;
  const kappas: number[] = [];
  for (let resample = 0; resample < resamples; resample += 1) {
    const drawn = Array.from({ length: n }, () => pairs[random.integer(n)]!);
    const kappa = cohensKappa(drawn, options);
    if (kappa !== null) kappas.push(kappa);
  }
  if (kappas.length < LEAST_DEFINED * resamples) return null;
  const sorted = sortSamples(Float64Array.from(kappas));
  const tail = (1 - level) / 2;
  return [quantile(sorted, tail), quantile(sorted, 1 - tail)];
}

function agreementsOf({ categories, weighting }: KappaOptions): (a: number, b: number) => number {
  const widest = Math.max(1, categories - 1);
  switch (weighting) {
    case 'none':
      return (a, b) => (a === b ? 1 : 0);
    case 'linear':
      return (a, b) => 1 - Math.abs(a - b) / widest;
    case 'quadratic':
      return (a, b) => 1 - ((a - b) / widest) ** 2;
  }
}

function countsOf(pairs: readonly RatedPair[], rater: 0 | 1, categories: number): Float64Array {
  const counts = new Float64Array(categories);
  for (const pair of pairs) counts[pair[rater]] = counts[pair[rater]]! + 1;
  return counts;
}
