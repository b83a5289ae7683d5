import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/kernel/random.ts';
import { holm } from '../../src/statistics/holm.ts';
import { flipsFor, pairedRandomisation } from '../../src/statistics/randomisation.ts';

const SEED = 'randomisation';

/** Every one of the 2ⁿ assignments of signs. */
function exactP(differences: readonly number[]): number {
  const observed = Math.abs(differences.reduce((total, value) => total + value, 0));
  let beyond = 0;
  for (let signs = 0; signs < 2 ** differences.length; signs += 1) {
    const flipped = differences.reduce(
      (total, value, index) => total + ((signs >> index) & 1 ? value : -value),
      0,
    );
    if (Math.abs(flipped) >= observed - 1e-9) beyond += 1;
  }
  return beyond / 2 ** differences.length;
}

describe('the paired randomisation test', () => {
  it('comes near the share of all assignments of signs, counted out', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 1, maxLength: 10 }),
        fc.integer(),
        (differences, seed) => {
          const found = pairedRandomisation(differences, { random: seededRandom(seed), flips: 20_000 });
          // Five standard errors of a share of 20,000.
          expect(Math.abs(found - exactP(differences))).toBeLessThan(0.018);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('finds nothing where nothing differs, and the same on either side', () => {
    const differences = [0.2, 0, -0.1, 0.4, 0.3, 0, 0.1];
    const p = (values: readonly number[]): number =>
      pairedRandomisation(values, { random: seededRandom(SEED), flips: 10_000 });
    expect(p([0, 0, 0])).toBe(1);
    expect(p([])).toBe(1);
    expect(p(differences.map((value) => -value))).toBeCloseTo(p(differences), 1);
    expect(p(differences)).toBe(p(differences)); // by its seed
  });

  it('never says 0, and says as little as its flips allow where all lean one way', () => {
    const p = pairedRandomisation(new Float64Array(200).fill(0.1), {
      random: seededRandom(SEED),
      flips: 10_000,
    });
    expect(p).toBeCloseTo(1 / 10_001, 10);
  });

  it('has flips enough for the tests that are read together', () => {
    expect(flipsFor(1, 0.05)).toBe(10_000);
    expect(flipsFor(108, 0.05)).toBe(43_200);
    const smallest = 1 / (flipsFor(108, 0.05) + 1);
    expect(holm(Array.from({ length: 108 }, () => smallest))[0]!).toBeLessThan(0.01);
  });

  it('cries wolf about as often as it may, on scores that lie at a few values, with many ties', () => {
    const random = seededRandom(SEED);
    const runs = 400;
    let alarms = 0;
    for (let run = 0; run < runs; run += 1) {
      const differences = Array.from({ length: 120 }, () => {
        if (random.next() < 0.6) return 0;
        const size = [0.11, 0.37, 0.5, 1][random.integer(4)]!;
        return random.next() < 0.5 ? size : -size;
      });
      if (pairedRandomisation(differences, { random, flips: 999 }) <= 0.05) alarms += 1;
    }
    // Binomial(400, 0.05): 20 expected, 36 or more in 0.1 % of seeds.
    expect(alarms, `seed ${SEED}`).toBeLessThan(36);
    expect(alarms, `seed ${SEED}`).toBeGreaterThan(6);
  });

  it('finds a loss of 0.05 with 200 questions of which most tie, as a rule', () => {
    const random = seededRandom(SEED);
    let found = 0;
    for (let run = 0; run < 60; run += 1) {
      // As the statistics page has it: 60 % ties, the others spread around the loss.
      const differences = Array.from({ length: 200 }, () =>
        random.next() < 0.6 ? 0 : 0.125 + 0.25 * (random.next() + random.next() + random.next() - 1.5),
      );
      if (pairedRandomisation(differences, { random, flips: 999 }) <= 0.01) found += 1;
    }
    expect(found, `seed ${SEED}`).toBeGreaterThan(54);
  });
});
