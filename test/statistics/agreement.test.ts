import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/kernel/random.ts';
import {
  bootstrapKappaInterval,
  cohensKappa,
  observedAgreement,
  type RatedPair,
} from '../../src/statistics/agreement.ts';

/** The items of a table of counts: rows are the first rater's categories, columns the second's. */
const items = (table: readonly (readonly number[])[]): RatedPair[] =>
  table.flatMap((row, first) =>
    row.flatMap((count, second) => Array.from({ length: count }, (): RatedPair => [first, second])),
  );

/** Fleiss, Levin and Paik, Statistical Methods for Rates and Proportions, 3rd ed. 2003, table 18.1. */
const DIAGNOSES = items([
  [75, 1, 4],
  [5, 4, 1],
  [0, 0, 10],
]);
/** Altman, Practical Statistics for Medical Research, 1991, §14.3: two radiologists on 85 xeromammograms. */
const MAMMOGRAMS = items([
  [21, 12, 0, 0],
  [4, 17, 1, 0],
  [3, 9, 15, 2],
  [0, 0, 0, 1],
]);

describe("Cohen's κ", () => {
  it('of fifty yes-or-no ratings: seen 0.7, expected 0.5, κ 0.4', () => {
    const pairs = items([
      [20, 5],
      [10, 15],
    ]);
    expect(observedAgreement(pairs, { categories: 2, weighting: 'none' })).toBeCloseTo(0.7, 12);
    expect(cohensKappa(pairs, { categories: 2, weighting: 'none' })).toBeCloseTo(0.4, 12);
    // Of two categories the distance is all or nothing: every weighting is the same.
    expect(cohensKappa(pairs, { categories: 2, weighting: 'linear' })).toBeCloseTo(0.4, 12);
    expect(cohensKappa(pairs, { categories: 2, weighting: 'quadratic' })).toBeCloseTo(0.4, 12);
  });

  it("of Fleiss' diagnoses: 0.89 seen, 0.66 expected, κ 0.68", () => {
    expect(observedAgreement(DIAGNOSES, { categories: 3, weighting: 'none' })).toBeCloseTo(0.89, 12);
    expect(cohensKappa(DIAGNOSES, { categories: 3, weighting: 'none' })).toBeCloseTo(0.23 / 0.34, 10);
  });

  it("of Altman's mammograms: 0.4728, with linear weights 0.5684, as Stata prints them", () => {
    expect(observedAgreement(MAMMOGRAMS, { categories: 4, weighting: 'none' })).toBeCloseTo(0.6353, 4);
    expect(cohensKappa(MAMMOGRAMS, { categories: 4, weighting: 'none' })).toBeCloseTo(0.4728, 4);
    expect(observedAgreement(MAMMOGRAMS, { categories: 4, weighting: 'linear' })).toBeCloseTo(0.8667, 4);
    expect(cohensKappa(MAMMOGRAMS, { categories: 4, weighting: 'linear' })).toBeCloseTo(0.5684, 4);
  });

  it('is null where there is nothing to compare, or only one category', () => {
    const options = { categories: 2, weighting: 'none' } as const;
    expect(cohensKappa([], options)).toBeNull();
    expect(observedAgreement([], options)).toBeNull();
    expect(
      cohensKappa(
        [
          [1, 1],
          [1, 1],
        ],
        options,
      ),
    ).toBeNull();
  });

  it('refuses a category that is none', () => {
    expect(() => cohensKappa([[0, 2]], { categories: 2, weighting: 'none' })).toThrow(RangeError);
    expect(() => cohensKappa([[0.5, 1]], { categories: 2, weighting: 'none' })).toThrow(RangeError);
  });

  const pairs = fc.array(fc.tuple(fc.nat({ max: 4 }), fc.nat({ max: 4 })), { minLength: 1, maxLength: 40 });
  const weighting = fc.constantFrom('none', 'linear', 'quadratic');

  it('lies between −1 and 1, does not depend on who is first, and is 1 for perfect agreement alone', () => {
    fc.assert(
      fc.property(pairs, weighting, (rated, weights) => {
        const options = { categories: 5, weighting: weights };
        const kappa = cohensKappa(rated, options);
        const swapped = rated.map(([a, b]): RatedPair => [b, a]);
        if (kappa === null) {
          expect(cohensKappa(swapped, options)).toBeNull();
          return;
        }
        expect(kappa).toBeGreaterThanOrEqual(-1 - 1e-9);
        expect(kappa).toBeLessThanOrEqual(1 + 1e-9);
        expect(cohensKappa(swapped, options)).toBeCloseTo(kappa, 9);
        expect(kappa > 1 - 1e-9).toBe(rated.every(([a, b]) => a === b));
      }),
    );
  });
});

describe('the interval of κ', () => {
  const options = { categories: 4, weighting: 'linear' } as const;

  it('holds κ, and is near the one that the large-sample error gives', () => {
    const [low, high] = bootstrapKappaInterval(MAMMOGRAMS, { ...options, random: seededRandom(1) })!;
    expect(low).toBeLessThan(0.5684);
    expect(high).toBeGreaterThan(0.5684);
    // The standard error of a weighted κ of 85 items lies near 0.06.
    expect(high - low).toBeGreaterThan(0.16);
    expect(high - low).toBeLessThan(0.34);
  });

  it('is the same for the same seed, and narrows with more items', () => {
    const width = (of: readonly RatedPair[]) => {
      const [low, high] = bootstrapKappaInterval(of, {
        ...options,
        random: seededRandom(3),
        resamples: 500,
      })!;
      return high - low;
    };
    expect(width(MAMMOGRAMS)).toBe(width(MAMMOGRAMS));
    const four = Array.from({ length: 4 }, () => MAMMOGRAMS).flat();
    expect(width(four)).toBeLessThan(0.7 * width(MAMMOGRAMS));
  });

  it('is null for a single item, and where most resamples know one category', () => {
    expect(bootstrapKappaInterval([[0, 1]], { ...options, random: seededRandom(1) })).toBeNull();
    expect(
      bootstrapKappaInterval(
        [
          [0, 0],
          [1, 1],
        ],
        { ...options, random: seededRandom(1) },
      ),
    ).toBeNull();
  });

  it('covers the true κ about as often as it says', () => {
    const truth = seededRandom(11);
    let covered = 0;
    const runs = 120;
    for (let run = 0; run < runs; run += 1) {
      // Rater B repeats rater A's fair coin with probability 0.8: agreement 0.9 of 0.5 expected, κ 0.6 + 0.2 = 0.8.
      const drawn = Array.from({ length: 80 }, (): RatedPair => {
        const a = truth.integer(2);
        return [a, truth.next() < 0.8 ? a : truth.integer(2)];
      });
      const interval = bootstrapKappaInterval(drawn, {
        categories: 2,
        weighting: 'none',
        random: truth.fork(`run${run}`),
        resamples: 300,
      })!;
      if (interval[0] <= 0.8 && 0.8 <= interval[1]) covered += 1;
    }
    expect(covered / runs).toBeGreaterThan(0.87);
  });
});
