import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normal, seededRandom } from '../../src/kernel/random.ts';
import { hodgesLehmann } from '../../src/statistics/hodges-lehmann.ts';
import { walshAverage, walshCount, walshSample } from '../../src/statistics/walsh.ts';

const SEED = 20_260_505;

/** All averages of pairs, made one by one. */
function averages(values: readonly number[]): number[] {
  return values
    .flatMap((one, index) => values.slice(index).map((other) => one / 2 + other / 2))
    .sort((a, b) => a - b);
}

const samples = fc.array(
  fc.oneof(
    fc.integer({ min: -5, max: 5 }),
    fc.double({ min: -1e9, max: 1e9, noNaN: true }).map((value) => Math.round(value * 1e3) / 1e3),
  ),
  { minLength: 1, maxLength: 30 },
);

describe('Walsh averages', () => {
  it('are found by rank without being made', () => {
    fc.assert(
      fc.property(samples, (values) => {
        const sample = walshSample(values)!;
        const all = averages(values);
        expect(all).toHaveLength(walshCount(values.length));
        const found = all.map((_, index) => walshAverage(sample, index + 1));
        for (const [index, average] of all.entries()) expect(Math.abs(found[index]! - average)).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  it('are found among neighbouring doubles, and over many orders of magnitude', () => {
    const next = 1 + Number.EPSILON;
    const close = walshSample([1, next, next + Number.EPSILON])!;
    expect([1, 2, 3, 4, 5, 6].map((rank) => walshAverage(close, rank))).toEqual(
      averages([1, next, next + Number.EPSILON]),
    );
    const far = [-1e300, -1, -1e-200, 0, 1e-300, 1, 1e300];
    const sample = walshSample(far)!;
    for (const [index, average] of averages(far).entries()) {
      expect(Math.abs(walshAverage(sample, index + 1) - average)).toBe(0);
    }
  });
});

describe('the Hodges–Lehmann estimate', () => {
  it('is the published one', () => {
    // Hollander and Wolfe, Nonparametric Statistical Methods, example 3.3.
    const changes = [-0.952, 0.147, -1.022, -0.43, -0.62, -0.59, -0.49, 0.08, -0.01];
    expect(hodgesLehmann(changes)).toBeCloseTo(-0.46, 12);
  });

  it('is none of no values, and refuses what is no number', () => {
    expect(hodgesLehmann([])).toBeNull();
    expect(hodgesLehmann([0.25])).toBe(0.25);
    expect(() => hodgesLehmann([1, Number.NaN, 2])).toThrow(RangeError);
    expect(() => hodgesLehmann([1, Number.POSITIVE_INFINITY])).toThrow(RangeError);
  });

  it('is the median of all averages, lies among the values, and turns with their sign', () => {
    fc.assert(
      fc.property(samples, (values) => {
        const all = averages(values);
        const middle = Math.floor(all.length / 2);
        const median = all.length % 2 === 1 ? all[middle]! : all[middle - 1]! / 2 + all[middle]! / 2;
        const estimate = hodgesLehmann(values)!;
        expect(Math.abs(estimate - median)).toBe(0);
        expect(estimate).toBeGreaterThanOrEqual(Math.min(...values));
        expect(estimate).toBeLessThanOrEqual(Math.max(...values));
        expect(Math.abs(hodgesLehmann(values.map((value) => -value))! + estimate)).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  it('moves and stretches with the values, whatever their order', () => {
    const whole = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(
        whole,
        fc.integer({ min: -50, max: 50 }),
        fc.integer({ min: 1, max: 9 }),
        (values, by, factor) => {
          const moved = values.map((value) => factor * value + by).reverse();
          expect(hodgesLehmann(moved)).toBeCloseTo(factor * hodgesLehmann(values)! + by, 9);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('takes ten thousand values, and a wild one hardly moves it', () => {
    const random = seededRandom(SEED);
    const values = Array.from({ length: 10_000 }, () => 3 + normal(random));
    expect(Math.abs(hodgesLehmann(values)! - 3), `seed ${SEED}`).toBeLessThan(0.05);
    const few = values.slice(0, 30);
    expect(Math.abs(hodgesLehmann([...few, 1e9])! - hodgesLehmann(few)!), `seed ${SEED}`).toBeLessThan(0.2);
  });
});
