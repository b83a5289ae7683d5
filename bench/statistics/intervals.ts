import type { Random } from '../../src/kernel/random.ts';
import {
  batchMeanInterval,
  batchQuantileInterval,
  batchShareInterval,
} from '../../src/statistics/batch-means.ts';
import { bootstrapMeanInterval } from '../../src/statistics/bootstrap.ts';
import { wilsonInterval } from '../../src/statistics/proportions.ts';
import { orderStatisticInterval, quantile, sortSamples } from '../../src/statistics/quantiles.ts';
import { type Population, sojournMean, sojournQuantile } from './populations.ts';

/** What became of one interval in one trial; withheld where the tool prints none. */
export type Outcome = 'covered' | 'missed' | 'withheld';

/** The outcome of every interval of one set of samples, by the interval's name. */
export type Outcomes = Readonly<Record<string, Outcome>>;

const QUANTILES = [0.5, 0.9, 0.95, 0.99];
const LATE_SHARES = [0.05, 0.01];

/** Intervals that take their samples for independent, over samples that are. */
export function independentOutcomes(population: Population, samples: Float64Array, random: Random): Outcomes {
  const sorted = sortSamples(samples);
  const quantiles = QUANTILES.map(
    (p) =>
      [
        `order statistics, ${named(p)}`,
        judge(orderStatisticInterval(sorted, p), population.quantile(p)),
      ] as const,
  );
  const bootstrap = judge(bootstrapMeanInterval(samples, { random }), population.mean);
  return { ...Object.fromEntries(quantiles), 'bootstrap (BCa), mean': bootstrap };
}

/** Wilson's interval over independent trials, each of which succeeds with the probability `share`. */
export function shareOutcomes(share: number, count: number, random: Random): Outcomes {
  let successes = 0;
  for (let trial = 0; trial < count; trial += 1) if (random.next() < share) successes += 1;
  return { 'Wilson, share': judge(wilsonInterval(successes, count), share) };
}

/** Intervals of one run, over the sojourn times of a queue; Wilson's beside them, as if requests were independent. */
export function queueOutcomes(utilisation: number, times: Float64Array): Outcomes {
  const sorted = sortSamples(times);
  const outcomes: Record<string, Outcome> = {
    'batch means, mean': judge(boundsOf(batchMeanInterval(times)), sojournMean(utilisation)),
  };
  for (const p of QUANTILES) {
    outcomes[`batch means, ${named(p)}`] = judge(
      boundsOf(batchQuantileInterval(times, p, { quantileAt: (at) => quantile(sorted, at) })),
      sojournQuantile(utilisation, p),
    );
  }
  for (const share of LATE_SHARES) {
    const limit = sojournQuantile(utilisation, 1 - share);
    const late = Uint8Array.from(times, (time) => (time > limit ? 1 : 0));
    const count = late.reduce((sum, one) => sum + one, 0);
    outcomes[`batch means, share late (${percent(share)})`] = judge(
      boundsOf(batchShareInterval(late)),
      share,
    );
    outcomes[`Wilson, share late (${percent(share)}): not for requests`] = judge(
      wilsonInterval(count, late.length),
      share,
    );
  }
  return outcomes;
}

function judge(interval: readonly [number, number] | null, truth: number): Outcome {
  if (interval === null) return 'withheld';
  // Bounds are samples: a sum in another order must not decide where they are the truth itself.
  const slack = 1e-12 * Math.abs(truth);
  return interval[0] <= truth + slack && truth - slack <= interval[1] ? 'covered' : 'missed';
}

const boundsOf = (interval: { low: number; high: number } | null): [number, number] | null =>
  interval && [interval.low, interval.high];

const named = (p: number): string => `p${100 * p}`;
const percent = (share: number): string => `${100 * share} %`;
