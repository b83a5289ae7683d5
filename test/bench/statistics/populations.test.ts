import { describe, expect, it } from 'vitest';
import {
  POPULATIONS,
  sojournMean,
  sojournQuantile,
  sojournTimes,
} from '../../../bench/statistics/populations.ts';
import { seededRandom } from '../../../src/kernel/random.ts';
import { mean, quantile, sortSamples } from '../../../src/statistics/quantiles.ts';

const COUNT = 40_000;

describe('populations', () => {
  it.each(POPULATIONS)('$name: what is drawn has the mean and the quantiles that it says', (population) => {
    const random = seededRandom(population.name);
    const samples = Float64Array.from({ length: COUNT }, () => population.draw(random));
    expect(mean(samples)).toBeCloseTo(population.mean, 1);
    const sorted = sortSamples(samples);
    for (const p of [0.25, 0.5, 0.9]) {
      expect(quantile(sorted, p)).toBeCloseTo(population.quantile(p), 1);
    }
  });

  it('sojourn times of a queue are exponential from the first customer on', () => {
    const first = Float64Array.from(
      { length: COUNT },
      (_, seed) => sojournTimes(0.8, 1, seededRandom(seed))[0]!,
    );
    expect(mean(first) / sojournMean(0.8)).toBeCloseTo(1, 1);
    expect(quantile(sortSamples(first), 0.9) / sojournQuantile(0.8, 0.9)).toBeCloseTo(1, 1);
    const run = sojournTimes(0.5, COUNT, seededRandom('run'));
    expect(mean(run) / sojournMean(0.5)).toBeCloseTo(1, 1);
  });
});
