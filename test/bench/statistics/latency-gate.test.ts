import { describe, expect, it } from 'vitest';
import { renderReport } from '../../../bench/harness/report.ts';
import { latencyGate, tallyGate, tallyWords } from '../../../bench/statistics/latency-gate.ts';
import { drawRatios, NOISES, NORMAL } from '../../../bench/statistics/latency-noise.ts';
import { judgeRatios, LATENCY_ROWS } from '../../../bench/statistics/latency-rows.ts';
import { seededRandom } from '../../../src/kernel/random.ts';
import { mean, variance } from '../../../src/statistics/quantiles.ts';

const SEED = 20_260_505;
const RECIPE = { launches: 10, pairs: 3 };
const ALIKE = LATENCY_ROWS.map(() => 0);

describe('the simulated noise', () => {
  it.each(NOISES.map((noise) => [noise.name, noise] as const))(
    `is as wide as it says: %s (seed ${SEED})`,
    (_, noise) => {
      const random = seededRandom(SEED);
      const [one, other] = drawRatios([0.07, 0.17], { launches: 20_000, pairs: 3 }, { noise, random });
      // Heavy tails make the spread itself uncertain: four finite moments they have not.
      const slack = noise.name.startsWith('heavy') ? 0.15 : 0.03;
      expect(Math.sqrt(variance(one!)) / 0.07).toBeGreaterThan(1 - slack);
      expect(Math.sqrt(variance(one!)) / 0.07).toBeLessThan(1 + slack);
      const correlation = mean(one!.map((ratio, index) => ratio * other![index]!)) / 0.07 / 0.17;
      expect(Math.abs(correlation - noise.correlation)).toBeLessThan(0.03);
    },
  );

  it(`lies between launches for a fifth (seed ${SEED})`, () => {
    const random = seededRandom(SEED);
    const [ratios] = drawRatios([1], { launches: 20_000, pairs: 2 }, { noise: NORMAL, random });
    const products = ratios!
      .filter((_, index) => index % 2 === 0)
      .map((ratio, index) => ratio * ratios![2 * index + 1]!);
    expect(Math.abs(mean(products) - 0.2)).toBeLessThan(0.03);
  });
});

describe('the rows of a simulated gate', () => {
  const still = (by: number): Float64Array[] =>
    LATENCY_ROWS.map(() => Float64Array.from({ length: 30 }, (_, pair) => by + 1e-4 * (pair % 7) - 3e-4));

  it('fail when a second batch confirms it, and are named by what they judge', () => {
    const slow = judgeRatios([still(Math.log(1.3)), still(Math.log(1.3))]);
    expect(slow.map(({ name, verdict, primary }) => [name, verdict, primary])).toEqual([
      ['p50', 'FAIL', true],
      ['p95', 'FAIL', false],
      ['p99', 'FAIL', false],
    ]);
    expect(judgeRatios([still(Math.log(1.3))]).map(({ verdict }) => verdict)).toEqual(
      LATENCY_ROWS.map(() => 'INCONCLUSIVE'),
    );
    expect(judgeRatios([still(0)]).map(({ verdict }) => verdict)).toEqual(LATENCY_ROWS.map(() => 'PASS'));
  });
});

describe('the latency gate', () => {
  it(`rarely fails two that are alike, and never twice (seed ${SEED})`, () => {
    const trials = 500;
    const { failed, confirmed, inconclusive } = tallyGate(
      { plan: RECIPE, noise: NORMAL, shifts: ALIKE },
      trials,
      seededRandom(SEED),
    );
    // Binomial(500, 0.007): 3.5 expected, 11 or more in 0.1 % of seeds.
    expect(failed['whole gate']).toBeLessThan(11);
    expect(confirmed['whole gate']).toBe(0);
    expect(inconclusive.p50! / trials).toBeLessThan(0.25);
  });

  it(`finds twice the least change that matters, and a slowdown of 15 % (seed ${SEED})`, () => {
    const trials = 80;
    const found = (shifts: readonly number[], name: string): number =>
      tallyGate({ plan: RECIPE, noise: NORMAL, shifts }, trials, seededRandom(SEED)).confirmed[name]! /
      trials;
    for (const [row, { name, delta }] of LATENCY_ROWS.entries()) {
      const shifts = ALIKE.map((_, index) => (index === row ? Math.log1p(2 * delta) : 0));
      expect(found(shifts, name), name).toBeGreaterThan(0.9);
    }
    expect(
      found(
        ALIKE.map(() => Math.log(1.15)),
        'whole gate',
      ),
    ).toBeGreaterThan(0.95);
  });

  it(`goes with words that rarely tell two apart that are alike (seed ${SEED})`, () => {
    const trials = 300;
    const scenario = { plan: RECIPE, noise: NORMAL, shifts: ALIKE };
    const { wrong, same } = tallyWords(scenario, trials, seededRandom(SEED));
    // Binomial(300, 0.01): 3 expected, 10 or more in 0.1 % of seeds.
    expect(wrong).toBeLessThan(10);
    expect(same).toBeGreaterThan(0);
    const slow = { ...scenario, shifts: LATENCY_ROWS.map(({ delta }) => Math.log1p(3 * delta)) };
    expect(tallyWords(slow, 30, seededRandom(SEED)).wrong).toBe(30);
  });

  it('is reported with intervals of the simulation, and with what must be reached', async () => {
    const report = await latencyGate.run(
      { positionals: [], values: { trials: '20', 'power-trials': '5' } },
      { root: '.', seed: SEED, progress: () => undefined },
    );
    expect(report.tables.map(({ rows }) => rows.length)).toEqual([5, 5, 10, 5]);
    expect(report.bounds).toHaveLength(7);
    expect(renderReport(report, [])).toContain('| 10 × 3 | normal, indicators independent |');
  });
});
