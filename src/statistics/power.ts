/**
 * How small a difference a comparison of two variants on the same questions can detect. All is for a two-sided test of
 * one comparison; several comparisons, or a one-sided gate at a smaller α, see less or more accordingly.
 */

import { bisect, normalQuantile, studentQuantile } from './distributions.ts';

export interface PowerOptions {
  /** How often a difference of that size is found when it is there. */
  readonly power?: number;
  /** How often a difference is found when there is none. */
  readonly alpha?: number;
}

const POWER = 0.8;
const ALPHA = 0.05;

/** Under two questions there is no variance to test with. */
const LEAST_FOR_MEAN = 2;

/**
 * The least difference of two paired means that n questions detect, where the differences per question have standard
 * deviation `sd`: (t₁₋α/₂ + t_power) · sd / √n, with n − 1 degrees of freedom (Snedecor and Cochran, Statistical Methods, 8th
 * ed., §6.14; Student's quantiles in the normal ones' place serve small n). In the measure's own unit. Null where n is
 * under 2.
 */
export function leastMeanDifference(
  { n, sd }: { readonly n: number; readonly sd: number },
  { power = POWER, alpha = ALPHA }: PowerOptions = {},
): number | null {
  if (n < LEAST_FOR_MEAN) return null;
  const t = studentQuantile(1 - alpha / 2, n - 1) + studentQuantile(power, n - 1);
  return (t * sd) / Math.sqrt(n);
}

/**
 * The least difference of two paired shares that n questions detect by McNemar's test, where the variants disagree on a
 * share `discordance` of the questions: the δ with z_power · √(ψ − δ²) = δ · √n − z₁₋α/₂ · √ψ (Miettinen, Biometrics 24,
 * 1968; Connor, Biometrics 43, 1987). Null where not even a variant that wins all disagreements would be told apart, or
 * where fewer than ten disagreements are to be expected, for which the normal approximation does not hold.
 */
export function leastShareDifference(
  { n, discordance }: { readonly n: number; readonly discordance: number },
  { power = POWER, alpha = ALPHA }: PowerOptions = {},
): number | null {
  if (n * discordance < LEAST_DISCORDANT) return null;
  const least = normalQuantile(1 - alpha / 2) * Math.sqrt(discordance);
  const z = normalQuantile(power);
  const surplus = (delta: number): number =>
    delta * Math.sqrt(n) - least - z * Math.sqrt(Math.max(0, discordance - delta * delta));
  // A difference cannot exceed the disagreement that makes it.
  return surplus(discordance) < 0 ? null : bisect(surplus, 0, discordance);
}

const LEAST_DISCORDANT = 10;

/** How many questions detect a difference of two paired means: the smallest n for which `leastMeanDifference` is at most `difference`. */
export function questionsForMean(
  { difference, sd }: { readonly difference: number; readonly sd: number },
  options: PowerOptions = {},
): number | null {
  return smallest((n) => leastMeanDifference({ n, sd }, options), difference);
}

/** How many questions detect a difference of two paired shares, as `leastShareDifference` has it. */
export function questionsForShare(
  { difference, discordance }: { readonly difference: number; readonly discordance: number },
  options: PowerOptions = {},
): number | null {
  return smallest((n) => leastShareDifference({ n, discordance }, options), difference);
}

/** More questions than anybody has. */
const MOST_QUESTIONS = 2 ** 40;

/** The smallest n at which a falling function is at most `bound`; null where none is small enough to be had. */
function smallest(least: (n: number) => number | null, bound: number): number | null {
  if (!(bound > 0)) return null;
  const enough = (n: number): boolean => (least(n) ?? Number.POSITIVE_INFINITY) <= bound;
  let high = 2;
  while (!enough(high)) {
    high *= 2;
    if (high > MOST_QUESTIONS) return null;
  }
  let low = high / 2;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (enough(middle)) high = middle;
    else low = middle;
  }
  return high;
}
