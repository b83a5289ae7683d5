import { describe, expect, it } from 'vitest';
import { normal, seededRandom } from '../../src/kernel/random.ts';
import { hodgesLehmann } from '../../src/statistics/hodges-lehmann.ts';
import { leastLogRatio } from '../../src/statistics/paired-power.ts';
import { quantile, sortSamples } from '../../src/statistics/quantiles.ts';
import { signedRankBounds, signedRankP } from '../../src/statistics/signed-rank.ts';

const SEED = 20_260_505;
const RUNS = 1500;
/** Of a share of .8 over so many runs, four standard errors, and what 2,000 draws leave open. */
const CHANCE = 4 * Math.sqrt((0.8 * 0.2) / RUNS) + 0.02;
const ALPHA = 0.005;

interface Plan {
  readonly pairs: number;
  readonly sd: number;
  readonly beyond: number;
}

/** How often such a change is found, by the test and not by its bounds. */
function found(change: number, { pairs, sd, beyond }: Plan): number {
  const random = seededRandom(SEED).fork(`${pairs}/${sd}/${beyond}`);
  let count = 0;
  for (let run = 0; run < RUNS; run += 1) {
    const differences = Array.from({ length: pairs }, () => change + sd * normal(random));
    if (signedRankP(differences, 'greater') <= ALPHA && hodgesLehmann(differences)! > beyond) count += 1;
  }
  return count / RUNS;
}

describe('the least change that pairs find', () => {
  it.each([
    { pairs: 8, sd: 1, beyond: 0 },
    { pairs: 12, sd: 0.17, beyond: 0 },
    { pairs: 29, sd: 0.07, beyond: 0 },
    { pairs: 30, sd: 0.07, beyond: 0 },
    { pairs: 12, sd: 0.07, beyond: Math.log(1.05) },
    { pairs: 30, sd: 0.17, beyond: Math.log(1.1) },
    { pairs: 60, sd: 0.07, beyond: Math.log(1.05) },
  ])(`is found in four of five simulated runs: %o (seed ${SEED})`, (plan) => {
    const least = leastLogRatio({ ...plan, alpha: ALPHA, power: 0.8 });
    expect(Math.abs(found(least, plan) - 0.8)).toBeLessThan(CHANCE);
  });

  it('grows with the spread and the power asked for, and shrinks with pairs', () => {
    for (const pairs of [10, 29, 30, 100]) {
      const plan = { sd: 0.1, pairs, alpha: ALPHA, power: 0.8 };
      const least = leastLogRatio(plan);
      expect(leastLogRatio({ ...plan, sd: 0.2 })).toBeCloseTo(2 * least, 9);
      expect(leastLogRatio({ ...plan, power: 0.95 })).toBeGreaterThan(least);
      expect(leastLogRatio({ ...plan, pairs: 2 * pairs })).toBeLessThan(least);
      expect(leastLogRatio({ ...plan, beyond: 0.3 })).toBeGreaterThan(Math.max(least, 0.3));
      expect(leastLogRatio(plan)).toBe(least);
    }
  });

  it('is what samples drawn anew for each spread come to', () => {
    const drawnAnew = ({ pairs, sd, beyond }: Plan, alpha: number): number => {
      const random = seededRandom('paired power');
      const shifts = Array.from({ length: 2000 }, () => {
        const noise = Array.from({ length: pairs }, () => sd * normal(random));
        return Math.max(-signedRankBounds(noise, alpha)!.low, beyond - hodgesLehmann(noise)!);
      });
      return quantile(sortSamples(shifts), 0.8);
    };
    for (const pairs of [8, 13, 29]) {
      for (const sd of [0.004, 0.17, 3]) {
        for (const beyond of [0, 0.05, 1]) {
          const least = leastLogRatio({ sd, pairs, alpha: ALPHA, power: 0.8, beyond });
          expect(least / drawnAnew({ pairs, sd, beyond }, ALPHA)).toBeCloseTo(1, 10);
        }
      }
    }
  });

  it('is none, however large, where so few pairs never reach alpha; and beyond δ where nothing is noisy', () => {
    expect(leastLogRatio({ sd: 0.1, pairs: 7, alpha: ALPHA, power: 0.8 })).toBe(Number.POSITIVE_INFINITY);
    expect(leastLogRatio({ sd: 0.1, pairs: 0, alpha: ALPHA, power: 0.8 })).toBe(Number.POSITIVE_INFINITY);
    expect(leastLogRatio({ sd: 0, pairs: 10, alpha: ALPHA, power: 0.8, beyond: 0.05 })).toBe(0.05);
  });
});
