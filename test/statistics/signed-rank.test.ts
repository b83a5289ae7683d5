import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normal, seededRandom } from '../../src/kernel/random.ts';
import { hodgesLehmann } from '../../src/statistics/hodges-lehmann.ts';
import { EXACT_UP_TO, signedRankBounds, signedRankP } from '../../src/statistics/signed-rank.ts';

const SEED = 20_260_505;

/** Changes of Hamilton's depression score after a tranquiliser: Hollander and Wolfe, table 3.1. */
const HAMILTON = [0.952, -0.147, 1.022, 0.43, 0.62, 0.59, 0.49, -0.08, 0.01].map((drop) => -drop);
/** Darwin's maize, cross- less self-fertilised, in eighths of an inch: Fisher, The Design of Experiments, §17. */
const MAIZE = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48];

describe('the signed-rank p', () => {
  it('is the published one', () => {
    expect(signedRankP(HAMILTON, 'less')).toBeCloseTo(0.0195, 4);
    expect(signedRankP(MAIZE, 'two-sided')).toBe(0.041259765625);
    expect(signedRankP(MAIZE, 'greater')).toBe(0.0206298828125);
    // Ten of ten on one side: 2⁻¹⁰.
    expect(signedRankP([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 'greater')).toBe(2 ** -10);
  });

  it('is the share of all assignments of signs that are as extreme, with ties and zeros', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -4, max: 4 }), { maxLength: 10 }), (values) => {
        const { greater, less } = byAllSigns(values);
        expect(signedRankP(values, 'greater')).toBeCloseTo(greater, 12);
        expect(signedRankP(values, 'less')).toBeCloseTo(less, 12);
        expect(signedRankP(values, 'two-sided')).toBeCloseTo(Math.min(1, 2 * Math.min(greater, less)), 12);
      }),
      { numRuns: 100 },
    );
  });

  it('lies in (0, 1], does not see scale, and swaps its sides with the sign', () => {
    fc.assert(
      fc.property(finite({ maxLength: 40 }), fc.double({ min: 0.5, max: 8, noNaN: true }), (values, by) => {
        for (const side of ['two-sided', 'greater', 'less'] as const) {
          const p = signedRankP(values, side);
          expect(p).toBeGreaterThan(0);
          expect(p).toBeLessThanOrEqual(1);
        }
        const turned = values.map((value) => -value);
        expect(signedRankP(turned, 'greater')).toBe(signedRankP(values, 'less'));
        expect(signedRankP(turned, 'two-sided')).toBe(signedRankP(values, 'two-sided'));
        // Whole numbers stay apart, and alike, under any factor.
        const whole = values.map(Math.round);
        const scaled = whole.map((value) => value * by);
        expect(signedRankP(scaled, 'greater')).toBe(signedRankP(whole, 'greater'));
      }),
      { numRuns: 60 },
    );
  });

  it('says nothing of nothing, and of zeros', () => {
    expect(signedRankP([], 'two-sided')).toBe(1);
    expect(signedRankP([0, -0, 0], 'greater')).toBe(1);
    expect(signedRankP([0, 1, 2, 0], 'greater')).toBe(0.25);
  });

  it('goes over to the normal approximation without a step, and never to 0', () => {
    const random = seededRandom(SEED);
    for (const shift of [0, 0.1, 0.2]) {
      const values = Array.from({ length: EXACT_UP_TO }, () => normal(random) + shift);
      const exact = signedRankP(values, 'greater');
      // One more value, of the smallest size, changes a sum of ranks of ten thousand by 1, and others by n.
      const approximate = signedRankP([...values, 1e-9], 'greater');
      expect(Math.abs(exact - approximate), `seed ${SEED}`).toBeLessThan(0.004);
    }
    const all = Array.from({ length: 3000 }, (_, index) => index + 1);
    expect(signedRankP(all, 'greater')).toBeGreaterThan(0);
    expect(signedRankP(all, 'less')).toBe(1);
  });

  it('refuses what cannot be ranked', () => {
    expect(() => signedRankP([1, Number.NaN], 'greater')).toThrow(RangeError);
    expect(() => signedRankP([1, Number.NEGATIVE_INFINITY], 'greater')).toThrow(RangeError);
  });
});

describe('the signed-rank bounds', () => {
  it('are the published ones', () => {
    const bounds = signedRankBounds(HAMILTON, 0.0196)!;
    expect(bounds.low).toBeCloseTo(-0.786, 12);
    expect(bounds.high).toBeCloseTo(-0.01, 12);
  });

  it('are the values of the centre that the test does not reject, at whatever sample without ties', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 1, max: 1e6 }), { minLength: 5, maxLength: 24 }),
        fc.constantFrom(0.005, 0.025, 0.05, 0.2),
        (whole, alpha) => {
          const values = whole.map((value) => Math.sqrt(value));
          const bounds = signedRankBounds(values, alpha);
          if (bounds === null) {
            expect(2 ** -values.length).toBeGreaterThan(alpha);
            return;
          }
          const p = (centre: number, side: 'greater' | 'less'): number =>
            signedRankP(
              values.map((value) => value - centre),
              side,
            );
          const step = 1e-7;
          expect(p(bounds.low - step, 'greater')).toBeLessThanOrEqual(alpha);
          expect(p(bounds.low + step, 'greater')).toBeGreaterThan(alpha);
          expect(p(bounds.high + step, 'less')).toBeLessThanOrEqual(alpha);
          expect(p(bounds.high - step, 'less')).toBeGreaterThan(alpha);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('are none where so few values never reach alpha: under eight at 0.005', () => {
    const values = [1, 2, 3, 4, 5, 6, 7, 8];
    expect(signedRankBounds(values.slice(1), 0.005)).toBeNull();
    expect(signedRankBounds(values, 0.005)).toEqual({ low: 1, high: 8 });
    expect(signedRankBounds([], 0.5)).toBeNull();
  });

  it('hold the estimate, move and stretch with the values, and turn with the sign', () => {
    fc.assert(
      fc.property(
        finite({ minLength: 8, maxLength: 60 }),
        fc.double({ min: -100, max: 100, noNaN: true }),
        (values, shift) => {
          const { low, high } = signedRankBounds(values, 0.005)!;
          const estimate = hodgesLehmann(values)!;
          expect(low).toBeLessThanOrEqual(estimate);
          expect(high).toBeGreaterThanOrEqual(estimate);
          const moved = signedRankBounds(
            values.map((value) => 3 * value + shift),
            0.005,
          )!;
          expect(moved.low).toBeCloseTo(3 * low + shift, 6);
          expect(moved.high).toBeCloseTo(3 * high + shift, 6);
          const turned = signedRankBounds(
            values.map((value) => -value),
            0.005,
          )!;
          expect(Math.abs(turned.high + low) + Math.abs(turned.low + high)).toBe(0);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('narrow as more is allowed outside, on either side of the exact sizes', () => {
    const random = seededRandom(SEED);
    for (const size of [30, EXACT_UP_TO, EXACT_UP_TO + 1, 500]) {
      const values = Array.from({ length: size }, () => normal(random));
      const wide = signedRankBounds(values, 0.005)!;
      const narrow = signedRankBounds(values, 0.05)!;
      expect(wide.low).toBeLessThan(narrow.low);
      expect(narrow.high).toBeLessThan(wide.high);
      expect(wide.high - wide.low, `seed ${SEED}`).toBeLessThan(6.5 / Math.sqrt(size));
    }
  });

  it(`hold the centre of heavy-tailed differences with many ties as often as they say (seed ${SEED})`, () => {
    const random = seededRandom(SEED);
    const runs = 2000;
    let below = 0;
    let beyond = 0;
    for (let run = 0; run < runs; run += 1) {
      const values = Array.from({ length: 30 }, () =>
        Math.round(2 * normal(random) * Math.abs(normal(random))),
      );
      const { low, high } = signedRankBounds(values, 0.05)!;
      if (low > 0) below += 1;
      if (high < 0) beyond += 1;
    }
    // Binomial(2000, 0.05): 100 expected at most, 130 or more in 0.1 % of seeds.
    expect(Math.max(below, beyond)).toBeLessThan(130);
  });
});

function finite(sizes: { minLength?: number; maxLength: number }): fc.Arbitrary<number[]> {
  return fc.array(
    fc.integer({ min: -1e6, max: 1e6 }).map((value) => value / 128),
    sizes,
  );
}

/** Both tails over the 2ⁿ assignments of signs to the midranks of what is not zero, the long way. */
function byAllSigns(values: readonly number[]): { greater: number; less: number } {
  const kept = values.filter((value) => value !== 0);
  const rankOf = (value: number): number => {
    const smaller = kept.filter((other) => Math.abs(other) < Math.abs(value)).length;
    const alike = kept.filter((other) => Math.abs(other) === Math.abs(value)).length;
    return smaller + (alike + 1) / 2;
  };
  const ranks = kept.map(rankOf);
  const observed = kept.reduce((sum, value, index) => sum + (value > 0 ? ranks[index]! : 0), 0);
  let atLeast = 0;
  let atMost = 0;
  for (let signs = 0; signs < 2 ** kept.length; signs += 1) {
    const sum = ranks.reduce((total, rank, index) => total + ((signs >> index) & 1 ? rank : 0), 0);
    if (sum >= observed) atLeast += 1;
    if (sum <= observed) atMost += 1;
  }
  return { greater: atLeast / 2 ** kept.length, less: atMost / 2 ** kept.length };
}
