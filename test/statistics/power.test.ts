import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normal, seededRandom } from '../../src/kernel/random.ts';
import { normalQuantile, studentQuantile } from '../../src/statistics/distributions.ts';
import {
  leastMeanDifference,
  leastShareDifference,
  questionsForMean,
  questionsForShare,
} from '../../src/statistics/power.ts';

const SEED = 20_260_101;
const RUNS = 4000;
/** Of a share of .8 over so many runs, four standard errors. */
const CHANCE = 4 * Math.sqrt((0.8 * 0.2) / RUNS);

/** How often the paired t test finds a difference of two means. */
function powerOfT(n: number, sd: number, difference: number): number {
  const random = seededRandom(SEED).fork(`t/${n}/${sd}/${difference}`);
  const critical = studentQuantile(0.975, n - 1);
  let found = 0;
  for (let run = 0; run < RUNS; run += 1) {
    let sum = 0;
    let squares = 0;
    for (let at = 0; at < n; at += 1) {
      const value = difference + sd * normal(random);
      sum += value;
      squares += value * value;
    }
    const mean = sum / n;
    const error = Math.sqrt((squares - n * mean * mean) / (n - 1) / n);
    if (Math.abs(mean / error) > critical) found += 1;
  }
  return found / RUNS;
}

/** How often McNemar's test finds a difference of two shares. */
function powerOfMcNemar(n: number, discordance: number, difference: number): number {
  const random = seededRandom(SEED).fork(`share/${n}/${discordance}/${difference}`);
  const critical = normalQuantile(0.975);
  const wins = (discordance + difference) / 2;
  let found = 0;
  for (let run = 0; run < RUNS; run += 1) {
    let won = 0;
    let lost = 0;
    for (let at = 0; at < n; at += 1) {
      const drawn = random.next();
      if (drawn < wins) won += 1;
      else if (drawn < discordance) lost += 1;
    }
    if (won + lost > 0 && Math.abs(won - lost) / Math.sqrt(won + lost) >= critical) found += 1;
  }
  return found / RUNS;
}

describe('the least difference of two means', () => {
  it.each([
    [10, 0.3],
    [20, 0.25],
    [60, 0.25],
    [400, 0.3],
  ])(`is found in four of five simulated comparisons of %i questions, sd %f (seed ${SEED})`, (n, sd) => {
    const least = leastMeanDifference({ n, sd })!;
    expect(Math.abs(powerOfT(n, sd, least) - 0.8)).toBeLessThan(CHANCE + (n < 20 ? 0.02 : 0));
  });

  it('is the textbook number: (1.96 + 0.84) sd / √n for many questions', () => {
    expect(leastMeanDifference({ n: 1_000_000, sd: 1 })).toBeCloseTo(2.8016 / 1000, 6);
  });

  it('is none for a single question', () => {
    expect(leastMeanDifference({ n: 1, sd: 0.3 })).toBeNull();
    expect(leastMeanDifference({ n: 0, sd: 0.3 })).toBeNull();
  });

  it('grows with the spread and the power asked for, and shrinks with questions', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 5000 }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        (n, sd) => {
          const least = leastMeanDifference({ n, sd })!;
          expect(leastMeanDifference({ n: n + 1, sd })!).toBeLessThan(least);
          expect(leastMeanDifference({ n, sd: sd * 1.1 })!).toBeGreaterThan(least);
          expect(leastMeanDifference({ n, sd }, { power: 0.9 })!).toBeGreaterThan(least);
          expect(leastMeanDifference({ n, sd }, { alpha: 0.01 })!).toBeGreaterThan(least);
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe('the least difference of two shares', () => {
  it.each([
    [60, 0.3],
    [100, 0.2],
    [400, 0.2],
    [400, 0.1],
    [2000, 0.15],
  ])(
    `is found in four of five simulated comparisons of %i questions, discordance %f (seed ${SEED})`,
    (n, discordance) => {
      const least = leastShareDifference({ n, discordance })!;
      // Counts of disagreements are whole numbers: under some thirty of them the power comes in steps.
      expect(Math.abs(powerOfMcNemar(n, discordance, least) - 0.8)).toBeLessThan(
        CHANCE + (n * discordance < 50 ? 0.035 : 0.01),
      );
    },
  );

  it("is Connor's: 0.1 at discordance 0.3 takes 234 pairs at a power of .8", () => {
    // n = (z₁₋α/₂·√ψ + z_power·√(ψ − δ²))² / δ²
    const n = ((1.959964 * Math.sqrt(0.3) + 0.841621 * Math.sqrt(0.29)) / 0.1) ** 2;
    expect(questionsForShare({ difference: 0.1, discordance: 0.3 })).toBe(Math.ceil(n));
    expect(Math.ceil(n)).toBe(234);
  });

  it('is none where too few disagreements are to be expected', () => {
    expect(leastShareDifference({ n: 49, discordance: 0.2 })).toBeNull();
    expect(leastShareDifference({ n: 50, discordance: 0.2 })).not.toBeNull();
    expect(leastShareDifference({ n: 1000, discordance: 0 })).toBeNull();
  });

  it('never exceeds the discordance, and shrinks with questions', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 20, max: 5000 }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        (n, discordance) => {
          const least = leastShareDifference({ n, discordance });
          if (least === null) return;
          expect(least).toBeGreaterThan(0);
          expect(least).toBeLessThanOrEqual(discordance);
          expect(leastShareDifference({ n: n + 1, discordance })!).toBeLessThan(least);
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('the number of questions', () => {
  it('is the smallest that detects the difference', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.005, max: 0.5, noNaN: true }), (difference) => {
        const n = questionsForMean({ difference, sd: 0.25 })!;
        expect(leastMeanDifference({ n, sd: 0.25 })!).toBeLessThanOrEqual(difference);
        if (n > 2) expect(leastMeanDifference({ n: n - 1, sd: 0.25 })!).toBeGreaterThan(difference);
      }),
      { numRuns: 50 },
    );
  });

  it('is none for no difference, nor for one larger than the discordance allows', () => {
    expect(questionsForMean({ difference: 0, sd: 0.25 })).toBeNull();
    expect(questionsForMean({ difference: Number.NaN, sd: 0.25 })).toBeNull();
    expect(questionsForShare({ difference: 0.1, discordance: 0 })).toBeNull();
  });
});
