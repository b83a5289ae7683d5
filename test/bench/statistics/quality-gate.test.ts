import { describe, expect, it } from 'vitest';
import { renderReport } from '../../../bench/harness/report.ts';
import { countAlarms, countVerdicts, qualityGate } from '../../../bench/statistics/quality-gate.ts';
import { judgeLoss, QUALITY_RULE } from '../../../bench/statistics/quality-rule.ts';
import { FLIPPED, GRADED, STEPPED } from '../../../bench/statistics/question-losses.ts';
import type { QuestionPair } from '../../../src/experiments/gate/common-questions.ts';
import { gateOptions } from '../../../src/experiments/gate/options.ts';
import { gatePolicy } from '../../../src/experiments/gate/policy.ts';
import { qualityRows } from '../../../src/experiments/gate/quality-rows.ts';
import { seededRandom } from '../../../src/kernel/random.ts';
import type { QuestionRecord } from '../../../src/records/schema.ts';
import { mean } from '../../../src/statistics/quantiles.ts';

const SEED = 20_260_505;
const MEASURE = 'ndcg@10';

function question(id: string, scored: number): QuestionRecord {
  return {
    id,
    question: id,
    kind: null,
    difficulty: null,
    tags: [],
    answerable: true,
    must: false,
    expected: { answers: [], forbidden: [], evidence: [], relevant: [] },
    returned: null,
    error: null,
    right: 'unscored',
    funnel: 'unscored',
    firstRelevantRank: null,
    scores: { [MEASURE]: scored },
    latencyMs: null,
  };
}

describe('the simulated losses of questions', () => {
  it.each([GRADED, STEPPED, FLIPPED].map((shape) => [shape.name, shape] as const))(
    `have the mean that was asked for: %s (seed ${SEED})`,
    (_, shape) => {
      const random = seededRandom(SEED);
      for (const loss of [0, 0.05]) {
        const losses = Float64Array.from({ length: 100_000 }, () => shape.draw(loss, random));
        expect(Math.abs(mean(losses) - loss)).toBeLessThan(0.006);
        expect(losses.filter((one) => one === 0).length / losses.length).toBeGreaterThan(0.59);
      }
    },
  );
});

describe('the rule of the simulation', () => {
  it(`is the gate's own (seed ${SEED})`, () => {
    const { alpha, leastLoss, delta } = QUALITY_RULE;
    const policy = gatePolicy(
      gateOptions.parse({
        measures: { [MEASURE]: {} },
        indicators: {},
        alpha,
        leastLoss,
        nonInferiority: delta,
      }),
    );
    const random = seededRandom(SEED);
    const verdicts = new Set<string>();
    for (const loss of [0, 0.04, 0.12]) {
      for (const [index, spread] of [0.2, 1, 1.4].entries()) {
        const losses = Float64Array.from({ length: 80 }, () => spread * GRADED.draw(loss / spread, random));
        const pairs = Array.from(losses, (lost, at): QuestionPair => {
          const [before, after] = [question(`q${at}`, 0.5), question(`q${at}`, 0.5 - lost)];
          return { before, after };
        });
        const [row] = qualityRows({ pairs, policy, seed: index });
        verdicts.add(row!.verdict);
        expect(judgeLoss(losses, random), `loss ${loss}, spread ${spread}`).toBe(row!.verdict);
      }
    }
    expect([...verdicts].sort()).toEqual(['FAIL', 'INCONCLUSIVE', 'PASS']);
  });

  it('passes what did not change at all', () => {
    expect(judgeLoss(new Float64Array(60), seededRandom(SEED))).toBe('PASS');
  });
});

describe('the quality gate', () => {
  it.each([1, 3])(`rarely fails two that are alike, by %i rows (seed ${SEED})`, (rows) => {
    const trials = rows === 1 ? 300 : 100;
    const alarms = countAlarms({ shape: GRADED, questions: 60, rows, trials }, seededRandom(SEED));
    // Binomial(300, 0.01): 3 expected, 10 or more in 0.1 % of seeds.
    expect(alarms).toBeLessThan(10);
  });

  it(`sees a loss of 0.05 with 200 questions, as a rule (seed ${SEED})`, () => {
    const { FAIL } = countVerdicts(
      { shape: GRADED, questions: 200, loss: 0.05, trials: 40 },
      seededRandom(SEED),
    );
    expect(FAIL).toBeGreaterThan(34);
  });

  it('is reported with intervals of the simulation, and with what must be reached', async () => {
    const report = await qualityGate.run(
      { positionals: [], values: { trials: '2', 'verdict-trials': '1' } },
      { root: '.', seed: SEED, progress: () => undefined },
    );
    expect(report.tables.map(({ rows }) => rows.length)).toEqual([6, 16]);
    expect(report.bounds).toHaveLength(1);
    expect(renderReport(report, [])).toContain('500 questions');
  });
});
