import { binomialCdf } from '../../src/statistics/distributions.ts';
import { wilsonInterval } from '../../src/statistics/proportions.ts';
import { orderStatisticInterval, sortSamples } from '../../src/statistics/quantiles.ts';
import { shareBounds } from '../../src/statistics/share-evidence.ts';

/** Coverage that needs no simulation: the chances of all outcomes whose interval holds the truth, added up. */

/** Of a 95 % interval for a share, from so many independent trials. */
export function shareCoverage(
  interval: (successes: number, trials: number) => readonly [number, number],
  share: number,
  trials: number,
): number {
  let covered = 0;
  for (let successes = 0; successes <= trials; successes += 1) {
    const [low, high] = interval(successes, trials);
    if (low <= share && share <= high)
      covered += binomialCdf(successes, trials, share) - binomialCdf(successes - 1, trials, share);
  }
  return covered;
}

export const clopperPearson = (successes: number, trials: number): readonly [number, number] =>
  shareBounds(successes / trials, trials);

export const wilson = (successes: number, trials: number): readonly [number, number] =>
  wilsonInterval(successes, trials)!;

/**
 * Of the order-statistic interval for the quantile `p` of a continuous population, whichever it is: the number of samples below
 * the quantile is binomial, and the interval holds it from the lower rank to one under the upper. Null where the tool withholds it.
 */
export function quantileCoverage(p: number, size: number): number | null {
  const ranks = sortSamples(Float64Array.from({ length: size }, (_, index) => index + 1));
  const between = orderStatisticInterval(ranks, p);
  if (between === null) return null;
  const [lower, upper] = between;
  return binomialCdf(upper - 1, size, p) - binomialCdf(lower - 1, size, p);
}
