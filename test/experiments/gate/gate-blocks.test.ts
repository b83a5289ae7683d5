import { describe, expect, it } from 'vitest';
import { gateBlocks } from '../../../src/experiments/gate/compare-records.ts';
import { failedIndicators } from '../../../src/experiments/gate/indicator-rows.ts';
import { type GateOptions, gateOptions } from '../../../src/experiments/gate/options.ts';
import { gatePolicy } from '../../../src/experiments/gate/policy.ts';
import { OVERLOAD } from '../../../src/experiments/paired/overload.ts';
import { type BlockRecord, gateSchema } from '../../../src/records/schema.ts';
import { type BlockPlan, questions, record, simulatedBlocks } from './made-records.ts';

const SEED = 47;
const SLOWER = { slowdown: () => 1.15 };
const NAMES = { baseline: 'baseline', candidate: 'candidate' };

function gate(plan: BlockPlan | BlockRecord[], options: Partial<Record<keyof GateOptions, unknown>> = {}) {
  const blocks = Array.isArray(plan) ? plan : simulatedBlocks(SEED, plan);
  const policy = gatePolicy(gateOptions.parse(options));
  const same = record(questions(200));
  return gateBlocks({ baseline: same, candidate: same, blocks, policy, seed: SEED, name: 'git:main' });
}

const rowOf = ({ rows }: ReturnType<typeof gate>, name: string) => rows.find((row) => row.name === name)!;

describe('latency, gated over interleaved blocks', () => {
  it('fails a slowdown of 15 % that a second batch confirms, and names the stage', () => {
    const result = gate({ ...SLOWER, batches: [0, 1] });
    expect(result).toMatchObject({
      verdict: 'FAIL',
      basis: 'interleaved',
      weaker: null,
      baseline: { name: 'git:main' },
    });
    const p50 = rowOf(result, 'p50');
    expect(p50).toMatchObject({ primary: true, verdict: 'FAIL', confirmed: true, n: 30, baseline: 10 });
    expect(p50.moved[0]).toMatch(/^generate 6\.00 → /);
    expect(p50.moved).toHaveLength(1);
    expect(rowOf(result, 'p95')).toMatchObject({ primary: false, verdict: 'FAIL', confirmed: true });
    expect(rowOf(result, 'error-rate')).toMatchObject({ verdict: 'PASS', confirmed: null, moved: [] });
    expect(gateSchema.parse(result).rows).toEqual(result.rows);
  });

  it('leaves a failure open that no second batch repeated', () => {
    const alone = gate(SLOWER);
    expect(rowOf(alone, 'p50')).toMatchObject({
      verdict: 'INCONCLUSIVE',
      confirmed: false,
      why: expect.stringMatching(/no second batch/),
    });
    expect(alone.verdict).toBe('INCONCLUSIVE');
    const once = gate({ batches: [0, 1], slowdown: (batch) => (batch === 0 ? 1.15 : 1) });
    expect(rowOf(once, 'p50')).toMatchObject({
      verdict: 'INCONCLUSIVE',
      confirmed: false,
      why: expect.stringMatching(/did not confirm/),
    });
  });

  it('passes two that are alike where they are quiet enough, and is inconclusive where they are not', () => {
    const quiet = gate({ noise: 0.02 });
    expect(quiet.verdict).toBe('PASS');
    expect(quiet.unseen).toMatch(
      /^cannot see slowdowns under [\d.]+ % of p50, slowdowns under [\d.]+ % of p95$/,
    );
    const loud = gate({ noise: 0.4 });
    expect(rowOf(loud, 'p50').verdict).toBe('INCONCLUSIVE');
    expect(rowOf(loud, 'p50').why).toMatch(
      /^may be [\d.]+ % slower \(99.5 %, one-sided\); 5 % would matter$/,
    );
  });

  it('passes a candidate that is faster', () => {
    expect(rowOf(gate({ slowdown: () => 0.8 }), 'p50')).toMatchObject({
      verdict: 'PASS',
      why: expect.stringMatching(/^not worse at all/),
    });
  });

  it('never fails by fewer than eight pairs', () => {
    const row = rowOf(gate({ launches: 7, pairs: 1, batches: [0, 1], slowdown: () => 3 }), 'p50');
    expect(row).toMatchObject({
      verdict: 'INCONCLUSIVE',
      n: 7,
      interval: null,
      why: expect.stringMatching(/8 at least/),
    });
    expect(rowOf(gate({ launches: 8, pairs: 1, batches: [0, 1], slowdown: () => 3 }), 'p50').verdict).toBe(
      'FAIL',
    );
  });

  it('holds shares and rates against their own scale', () => {
    const options = { indicators: { p50: {}, 'error-rate': {}, throughput: {} } };
    const result = gate({ batches: [0, 1], slowdown: () => 1.3, errorRate: 0.04 }, options);
    expect(rowOf(result, 'error-rate')).toMatchObject({ verdict: 'FAIL', estimate: 0.04, delta: 0.01 });
    expect(rowOf(result, 'throughput')).toMatchObject({ verdict: 'FAIL' });
    expect(rowOf(result, 'throughput').why).toMatch(/% lower/);
  });

  it('says that an indicator is missing, not that it held', () => {
    const row = rowOf(gate({}, { indicators: { p50: {}, p99: {} } }), 'p99');
    expect(row).toMatchObject({
      verdict: 'INCONCLUSIVE',
      n: 0,
      baseline: null,
      why: 'no pair of blocks could carry p99',
    });
    const none = gate([]);
    expect(none).toMatchObject({
      verdict: 'INCONCLUSIVE',
      weaker: expect.stringMatching(/no pair of blocks/),
    });
  });

  it('leaves out an invalid block with its partner, and distrusts a run that lost a quarter of its pairs', () => {
    const invalid = (launches: number): BlockPlan => ({
      noise: 0.02,
      change: ({ launch, variant }) =>
        launch < launches && variant === 'candidate'
          ? { valid: false, invalidReasons: ['the generator fell behind'], indicators: { p50: 1000 } }
          : {},
    });
    const few = gate(invalid(1));
    expect(rowOf(few, 'p50')).toMatchObject({
      verdict: 'PASS',
      n: 27,
      why: expect.stringMatching(/3 pairs with an invalid block/),
    });
    const many = gate(invalid(4));
    expect(many).toMatchObject({
      verdict: 'INCONCLUSIVE',
      invalid: [expect.stringMatching(/12 of 30 pairs.*fell behind/)],
    });
    expect(rowOf(many, 'p50').verdict).toBe('INCONCLUSIVE');
  });

  it('says where the time went when no stage took it', () => {
    const blocks = simulatedBlocks(SEED, {
      batches: [0, 1],
      slowdown: () => 1.2,
      change: () => ({ stagesMs: { retrieve: 4 } }),
    });
    expect(rowOf(gate(blocks), 'p50').moved[0]).toMatch(/^outside the stages/);
    const hidden = blocks.map((block) => ({ ...block, stagesMs: {} }));
    expect(rowOf(gate(hidden), 'p50').moved).toEqual([]);
  });

  it('cries wolf in at most 7 of 1,000 batches, and in none that is confirmed; finds 2 δ in 95 of 100', () => {
    const policy = gatePolicy(gateOptions.parse({}));
    const fails = (seed: number, factor: number, batch: number): boolean => {
      const blocks = simulatedBlocks(seed, { batches: [0, 1], slowdown: () => factor });
      return failedIndicators({ blocks, ...NAMES, policy }, batch).length > 0;
    };
    const seeds = Array.from({ length: 1000 }, (_, seed) => seed);
    const alarms = seeds.filter((seed) => fails(seed, 1, 0));
    expect(alarms.length).toBeLessThanOrEqual(7);
    expect(alarms.filter((seed) => fails(seed, 1, 1))).toEqual([]);
    const found = seeds.slice(0, 100).filter((seed) => fails(seed, 1.1, 0) && fails(seed, 1.1, 1));
    expect(found.length).toBeGreaterThanOrEqual(95);
  });
});

describe('absolute objectives of interleaved blocks', () => {
  it('are judged by the blocks of the candidate, whatever the baseline did', () => {
    const slo = 'p50 < 9ms, p95 < 2s, error < 1%, ttft.p95 < 1s, right >= 80%';
    const result = gate({ noise: 0.02 }, { slo });
    const verdicts = Object.fromEntries(
      result.rows.filter(({ subject }) => subject === 'slo').map(({ name, verdict }) => [name, verdict]),
    );
    expect(verdicts).toEqual({
      'p50 < 9ms': 'FAIL',
      'p95 < 2s': 'PASS',
      'error < 1%': 'PASS',
      'ttft.p95 < 1s': 'INCONCLUSIVE',
      'right >= 80%': 'PASS',
    });
    expect(rowOf(result, 'p95 < 2s').why).toMatch(/30 blocks at 350\/s/);
    expect(result.verdict).toBe('FAIL');
  });
});

describe('a load that is not held', () => {
  const overloading = (variant: 'baseline' | 'candidate' | 'both', share = 0.4): BlockPlan => ({
    batches: [0, 1],
    slowdown: () => 40,
    change: (block) =>
      variant === 'both' || block.variant === variant
        ? { indicators: { ...block.indicators, [OVERLOAD]: share } }
        : {},
  });

  it('by the candidate is a FAIL, and the first thing that is said of it', () => {
    const result = gate(overloading('candidate'));
    expect(result).toMatchObject({ verdict: 'FAIL', invalid: [] });
    const { why, moved } = rowOf(result, 'p50');
    expect(why).toMatch(/^\d+(\.\d)? times as slow over 30 pairs/);
    expect(moved[0]).toMatch(/^does not hold 350 requests\/s: 40\.0 % of it was more than was answered/);
    expect(moved[1]).toMatch(/^generate /);
  });

  it('by the baseline makes the run invalid, and says what to do', () => {
    for (const variant of ['baseline', 'both'] as const) {
      const result = gate(overloading(variant));
      expect(result.verdict).toBe('INCONCLUSIVE');
      expect(result.invalid.join()).toMatch(
        /the baseline itself does not hold 350 requests\/s: in 60 of 60 blocks, 40\.0 % .*lower --rate/,
      );
    }
  });

  it('in a few blocks of the baseline is a hiccup', () => {
    const few = gate({
      noise: 0.02,
      change: ({ variant, launch, indicators }) =>
        variant === 'baseline' && launch < 2 ? { indicators: { ...indicators, [OVERLOAD]: 0.4 } } : {},
    });
    expect(few).toMatchObject({ verdict: 'PASS', invalid: [] });
  });

  it('shows in errors, too, beyond those of questions asked one at a time', () => {
    const shedding = gate({
      change: ({ variant, indicators }) =>
        variant === 'baseline' ? { indicators: { ...indicators, 'error-rate': 0.3 } } : {},
    });
    expect(shedding.invalid.join()).toMatch(/30\.0 % of requests failed under it, 0\.0 % of questions/);
  });
});
