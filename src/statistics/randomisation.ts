import type { Random } from '../kernel/random.ts';

/** Sign flips, at least: fewer could not tell a p of 0.01 well. */
const LEAST_FLIPS = 10_000;

/** So many flips that the smallest p there can be, times `tests`, stays well below `alpha`: else nothing could ever be found. */
export function flipsFor(tests: number, alpha: number): number {
  return Math.max(LEAST_FLIPS, Math.ceil((20 * tests) / alpha));
}

export interface RandomisationOptions {
  readonly random: Random;
  /** Of the signs, at random. */
  readonly flips: number;
}

/**
 * The paired randomisation test of a mean difference, two-sided: were the two systems alike, each question's difference
 * might as well bear the other sign; p is the share of such assignments whose mean is as far from 0, the one that was
 * observed among them, (b + 1) / (B + 1) (Smucker, Allan and Carterette, CIKM 2007). 1 where nothing differs.
 */
export function pairedRandomisation(
  differences: ArrayLike<number>,
  { random, flips }: RandomisationOptions,
): number {
  const differing = Float64Array.from(differences).filter((difference) => difference !== 0);
  if (differing.length === 0) return 1;
  const observed = Math.abs(sum(differing));
  // Sums of the same numbers in another order differ by rounding.
  const asFar = observed - 1e-9 * Math.max(1, observed);
  let beyond = 0;
  for (let flip = 0; flip < flips; flip += 1)
    if (Math.abs(flippedSum(differing, random)) >= asFar) beyond += 1;
  return (beyond + 1) / (flips + 1);
}

function sum(values: Float64Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

const BITS = 30;

/** The sum with a fair sign for each. A random number's bits serve for thirty of them. */
function flippedSum(values: Float64Array, random: Random): number {
  let total = 0;
  for (let from = 0; from < values.length; from += BITS) {
    let bits = random.integer(2 ** BITS);
    const to = Math.min(from + BITS, values.length);
    for (let index = from; index < to; index += 1) {
      total += bits & 1 ? values[index]! : -values[index]!;
      bits >>>= 1;
    }
  }
  return total;
}
