import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exponential, seededRandom } from '../../src/kernel/random.ts';
import {
  canCarry,
  carriedQuantile,
  mean,
  orderStatisticInterval,
  quantile,
  sortSamples,
  variance,
} from '../../src/statistics/quantiles.ts';

describe('quantile', () => {
  it('is the smallest sample that the share does not exceed', () => {
    const sorted = sortSamples([15, 20, 35, 40, 50]);
    expect([0.05, 0.3, 0.4, 0.5, 1].map((p) => quantile(sorted, p))).toEqual([15, 20, 20, 35, 50]);
  });

  it('leaves out what did not happen', () => {
    expect([...sortSamples([3, Number.NaN, 1])]).toEqual([1, 3]);
  });

  it('has at least the share of samples at or below it, and the next smaller sample does not', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 300 }),
        fc.integer({ min: 1, max: 999 }),
        (samples, perMille) => {
          const sorted = sortSamples(samples);
          const p = perMille / 1000;
          const value = quantile(sorted, p);
          const atMost = samples.filter((sample) => sample <= value).length;
          const less = samples.filter((sample) => sample < value).length;
          expect(atMost * 1000).toBeGreaterThanOrEqual(perMille * samples.length);
          expect(less * 1000).toBeLessThan(perMille * samples.length);
        },
      ),
    );
  });
});

describe('what n can carry', () => {
  it.each([
    [0.5, 6],
    [0.95, 72],
    [0.99, 368],
    [0.999, 3688],
  ])('prints p%s from %i samples on', (p, least) => {
    expect(canCarry(least - 1, p)).toBe(false);
    expect(canCarry(least, p)).toBe(true);
    const samples = (n: number) => sortSamples(Float64Array.from({ length: n }, (_, i) => i));
    expect(carriedQuantile(samples(least - 1), p)).toBeNull();
    expect(carriedQuantile(samples(least), p)).not.toBeNull();
    expect(orderStatisticInterval(samples(least - 1), p)).toBeNull();
    expect(orderStatisticInterval(samples(least), p)).not.toBeNull();
  });
});

describe('order-statistic interval', () => {
  it('takes the ranks of the published table: the 6th and 15th of 20 samples bound the median', () => {
    expect(
      orderStatisticInterval(sortSamples(Float64Array.from({ length: 20 }, (_, i) => i + 1)), 0.5),
    ).toEqual([6, 15]);
  });

  it('covers the true quantile in at least 95 % of seeded samples', () => {
    const random = seededRandom(20_260_101);
    const truth = -Math.log(0.1); // p90 of an exponential of mean 1
    let covered = 0;
    for (let trial = 0; trial < 1000; trial += 1) {
      const sorted = sortSamples(Float64Array.from({ length: 200 }, () => exponential(random)));
      const [low, high] = orderStatisticInterval(sorted, 0.9)!;
      if (low <= truth && truth <= high) covered += 1;
    }
    expect(covered).toBeGreaterThanOrEqual(940); // 950 less one and a half standard errors
  });
});

describe('moments', () => {
  it('are those of the definition', () => {
    expect(mean([1, 2, 3, 4])).toBe(2.5);
    expect(variance([1, 2, 3, 4])).toBeCloseTo(5 / 3, 12);
  });
});
