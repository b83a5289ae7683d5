import { describe, expect, it } from 'vitest';
import { renderReport } from '../../../bench/harness/report.ts';
import {
  clopperPearson,
  quantileCoverage,
  shareCoverage,
  wilson,
} from '../../../bench/statistics/calculated.ts';
import { differenceOutcomes, estimators, pseudomedian } from '../../../bench/statistics/estimators.ts';
import { POPULATIONS } from '../../../bench/statistics/populations.ts';
import type { Tallies } from '../../../bench/statistics/tallies.ts';
import { addTrials, coverageTable, judgeBounds } from '../../../bench/statistics/tallies.ts';
import { seededRandom } from '../../../src/kernel/random.ts';

const SEED = 20_260_505;
const named = (name: string) => POPULATIONS.find((population) => population.name.startsWith(name))!;

describe('calculated coverage', () => {
  it('of Clopper and Pearson is never under 95 %, of Wilson about as much', () => {
    for (const share of [0.01, 0.05, 0.3, 0.5, 0.9]) {
      expect(shareCoverage(clopperPearson, share, 60)).toBeGreaterThanOrEqual(0.95);
      expect(Math.abs(shareCoverage(wilson, share, 60) - 0.95)).toBeLessThan(0.04);
    }
    // Brown, Cai and DasGupta, Statistical Science 16, 2001: none covers all.
    expect(shareCoverage(() => [0, 1], 0.3, 10)).toBeCloseTo(1, 12);
    expect(shareCoverage(() => [0.4, 0.5], 0.3, 10)).toBe(0);
  });

  it('of order statistics is at least 95 %, and none where there is no interval', () => {
    expect(quantileCoverage(0.5, 30)).toBeCloseTo(0.957, 3);
    for (const p of [0.5, 0.9, 0.95]) expect(quantileCoverage(p, 200)!).toBeGreaterThanOrEqual(0.95);
    expect(quantileCoverage(0.99, 200)).toBeNull();
  });
});

describe('the median of the mean of two draws', () => {
  it('is the centre of a symmetric population', () => {
    expect(Math.abs(pseudomedian(named('normal')))).toBeLessThan(1e-9);
  });

  it('is known where zeros are inflated: the root of 0.36 + 0.96 m + 0.32 m² = 0.5', () => {
    // Two zeros, or one and a uniform, or two uniforms, of which the mean is at most m under a half.
    const root = (-0.96 + Math.sqrt(0.96 ** 2 + 4 * 0.32 * 0.14)) / (2 * 0.32);
    expect(pseudomedian(named('zero-inflated'))).toBeCloseTo(root, 3);
  });
});

describe('tallies', () => {
  it('count outcomes by interval, population and size, and stand as a table', () => {
    const tallies: Tallies = new Map();
    const outcomes = ['covered', 'missed', 'covered', 'withheld'] as const;
    let next = 0;
    addTrials(tallies, { trials: 4, of: 'coins', size: 30 }, () => ({ bounds: outcomes[next++]! }));
    expect(tallies.get('bounds')!.get('coins')!.get(30)).toEqual({ trials: 4, covered: 2, withheld: 1 });
    expect(coverageTable('Coverage', tallies, { sizes: [30] }).rows).toEqual([
      ['bounds', 'coins', '.667, approximate (25 % withheld)'],
    ]);
  });

  it('judge bounds, one-sided ones too', () => {
    expect(judgeBounds(null, 0)).toBe('withheld');
    expect(judgeBounds({ low: -1, high: 1 }, 0)).toBe('covered');
    expect(judgeBounds({ low: 0.5, high: Number.POSITIVE_INFINITY }, 0)).toBe('missed');
  });
});

describe('the signed-rank bounds of differences', () => {
  it.each(POPULATIONS.map((population) => [population.name, population] as const))(
    `cover at least 95 %% of them: %s (seed ${SEED})`,
    (_, population) => {
      const random = seededRandom(SEED);
      const trials = 400;
      let covered = 0;
      for (let trial = 0; trial < trials; trial += 1) {
        if (differenceOutcomes(population, 30, random)['signed rank, 95 %'] === 'covered') covered += 1;
      }
      // Binomial(400, 0.95): 380 expected, 365 or fewer in 0.1 % of seeds.
      expect(covered).toBeGreaterThan(365);
    },
  );

  it('are reported beside the other intervals', async () => {
    const report = await estimators.run(
      { positionals: [], values: { trials: '1' } },
      { root: '.', seed: SEED, progress: () => undefined },
    );
    expect(report.tables).toHaveLength(4);
    expect(renderReport(report, [])).toContain('| Clopper–Pearson | 50 % yes | .957 |');
  });
});
