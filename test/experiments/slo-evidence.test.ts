import { describe, expect, it } from 'vitest';
import { evidenceOf, type JudgedPhase } from '../../src/experiments/slo-evidence.ts';
import { judgePhase, sloRecord } from '../../src/experiments/slo-record.ts';
import { seededRandom } from '../../src/kernel/random.ts';
import { ErrorClasses } from '../../src/load/error-classes.ts';
import type { PhaseSetting } from '../../src/load/phase-setting.ts';
import { PhaseRecorder } from '../../src/load/recorder.ts';
import { ResponseTable } from '../../src/load/responses.ts';
import { summarisePhase } from '../../src/load/summary.ts';
import { parseSlo } from '../../src/objectives/parse.ts';
import { RIGHT_CODES } from '../../src/records/columns.ts';
import { RESPONSE } from '../load/fake-target.ts';

const SETTING: PhaseSetting = {
  name: 'open 100/s',
  loop: 'open',
  arrivalProcess: 'constant',
  shape: null,
  order: 'shuffled',
  thinkTimeMs: null,
  cacheMode: 'as-configured',
  concurrency: null,
  offeredRate: 100,
  endedBy: null,
  startedAtEpochMs: 0,
  warmup: false,
  targetKind: 'http',
  threads: 1,
  duration: 40_000,
  elapsed: 40_000,
  deadline: 200,
  firstTokenDeadline: null,
  stageNames: [],
  usage: { cpuShare: 0.1, eventLoopUtilisation: 0.1, eventLoopDelayP99Ms: 0, residentBytes: 1e8 },
};

interface Fate {
  readonly latency: number;
  readonly first?: number;
  readonly tokens?: number;
  readonly right?: 'right' | 'wrong' | 'unscored';
  readonly fails?: 'error' | 'timeout' | 'dropped';
}

/** Four thousand independent requests, ten milliseconds apart, whose fates are drawn. */
function phase(
  fateOf: (chance: number, nth: number) => Fate,
  setting: Partial<PhaseSetting> = {},
): JudgedPhase {
  const random = seededRandom('slo evidence');
  const rows = new PhaseRecorder(4000, {
    responses: new ResponseTable(),
    errors: new ErrorClasses(),
    stages: 0,
  });
  const right = new Uint8Array(4000);
  const scores = new Float64Array(4000);
  for (let nth = 0; nth < 4000; nth += 1) {
    const fate = fateOf(random.next(), nth);
    const row = rows.arrive(nth % 9, nth * 10);
    right[row] = RIGHT_CODES.indexOf(fate.fails === undefined ? (fate.right ?? 'right') : 'wrong');
    scores[row] = right[row] === RIGHT_CODES.indexOf('right') ? 1 : 0;
    if (fate.fails === 'dropped') {
      rows.drop(row);
      continue;
    }
    rows.send(row, nth * 10 + 1);
    if (fate.first !== undefined) rows.firstToken(row, nth * 10 + fate.first);
    const end = nth * 10 + fate.latency;
    if (fate.fails === 'error') rows.fail(row, end, new Error('no'));
    else if (fate.fails === 'timeout') rows.timeOut(row, end);
    else rows.complete(row, end, { ...RESPONSE, outputTokens: fate.tokens, costUsd: 0.01 });
  }
  const measures = [{ name: 'ndcg@10', ofRow: (row: number) => scores[row]! }];
  const verdicts = { right, funnel: new Uint8Array(4000), classes: ['x'], measures };
  return { rows, verdicts, setting: { ...SETTING, ...setting } };
}

const clause = (text: string) => parseSlo(text, { isMeasure: (name) => name === 'ndcg@10' }).clauses[0]!;

describe('what a phase shows of a clause', () => {
  it('is, of a quantile, the share that was slower, failed, timed out or was dropped', () => {
    const mixed = phase((chance) => {
      if (chance < 0.02) return { latency: 500 };
      if (chance < 0.03) return { latency: 5, fails: 'error' };
      if (chance < 0.04) return { latency: 1000, fails: 'timeout' };
      if (chance < 0.05) return { latency: 0, fails: 'dropped' };
      return { latency: 20 + 100 * chance };
    });
    const { observed, tested, size } = evidenceOf(clause('p90 < 200ms'), mixed);
    expect(size).toBe(4000);
    expect(tested.estimate).toBeCloseTo(0.05, 2);
    expect(tested.low!).toBeLessThan(0.05);
    expect(tested.high!).toBeGreaterThan(0.05);
    expect(tested.high!).toBeLessThan(0.1);
    expect(observed!).toBeGreaterThan(100);
    expect(evidenceOf(clause('error < 5%'), mixed).tested.estimate).toBeCloseTo(0.03, 2);
  });

  it('separates right in time from right at any time, of what could be scored', () => {
    const mixed = phase((chance) => {
      if (chance < 0.1) return { latency: 300 };
      if (chance < 0.3) return { latency: 20, right: 'wrong' };
      if (chance < 0.34) return { latency: 20, right: 'unscored' };
      return { latency: 20 };
    });
    const scored = evidenceOf(clause('right >= 50%'), mixed);
    expect(scored.size).toBeLessThan(3900);
    expect(scored.tested.estimate).toBeCloseTo(0.76 / 0.96, 1);
    const attained = evidenceOf(clause('attainment >= 50%'), mixed);
    expect(attained.tested.estimate).toBeCloseTo(0.66 / 0.96, 1);
    const { low, high, estimate } = attained.tested;
    expect(low! < estimate! && estimate! < high!).toBe(true);
    const goodput = evidenceOf(clause('goodput >= 50/s'), mixed).tested;
    expect(goodput.estimate! / estimate!).toBeCloseTo(attained.size / 40, 6);
  });

  it('agrees with the summary of the phase, figure by figure', () => {
    const mixed = phase((chance) => ({
      latency: 20 + 200 * chance,
      first: 10,
      tokens: 11,
      right: chance < 0.2 ? 'wrong' : 'right',
    }));
    const summary = summarisePhase(mixed.rows, mixed.verdicts, mixed.setting);
    const estimate = (text: string): number | null => evidenceOf(clause(text), mixed).tested.estimate;
    const observed = (text: string): number | null => evidenceOf(clause(text), mixed).observed;
    expect(observed('p95 < 1s')).toBe(summary.latencyMs.p95);
    expect(observed('service.p95 < 1s')).toBe(summary.serviceMs.p95);
    expect(observed('ttft.p95 < 1s')).toBe(summary.firstTokenMs!.p95);
    expect(observed('tpot.p95 < 1s')).toBe(summary.perTokenMs!.p95);
    expect(estimate('mean < 1s')).toBeCloseTo(summary.latencyMs.mean!, 9);
    expect(estimate('attainment >= 1%')).toBeCloseTo(summary.attainment!, 9);
    expect(estimate('right >= 1%')).toBeCloseTo(summary.right!, 9);
    expect(estimate('goodput >= 1/s')).toBeCloseTo(summary.goodputPerSecond!, 9);
    expect(estimate('throughput >= 1/s')).toBeCloseTo(summary.throughputPerSecond, 9);
    expect(estimate('ndcg@10 >= .1')).toBeCloseTo(summary.measures[0]!.mean!, 9);
    expect(estimate('cost < $1')).toBeCloseTo(summary.cost!.perQueryUsd!, 6);
    expect(estimate('cost.right < $1')).toBeCloseTo(summary.cost!.perRightUsd!, 6);
    expect(estimate('cost.good < $1')).toBeCloseTo(summary.cost!.perGoodUsd!, 6);
  });

  it('is withheld where requests are too few, with the reason', () => {
    const mixed = phase(() => ({ latency: 20 }));
    const few = new PhaseRecorder(16, {
      responses: new ResponseTable(),
      errors: new ErrorClasses(),
      stages: 0,
    });
    for (let nth = 0; nth < 30; nth += 1) {
      few.send(few.arrive(0, nth), nth);
      few.complete(nth, nth + 5, RESPONSE);
    }
    const { tested, reason } = evidenceOf(clause('error < 1%'), { ...mixed, rows: few });
    expect(tested).toMatchObject({ estimate: 0, low: null, high: null });
    expect(reason).toContain('30 requests are too few');
  });
});

describe('an SLO over the phases of a load', () => {
  const fast = phase((chance) => ({ latency: 20 + 50 * chance }));
  const slow = phase((chance) => ({ latency: 20 + 500 * chance }));
  const slo = parseSlo('p95 < 200ms, error < 1%', { isMeasure: () => false });
  const recorded = (judged: JudgedPhase, valid = true) => ({
    judged,
    record: { ...summarisePhase(judged.rows, judged.verdicts, judged.setting), valid },
  });

  it('passes where every clause holds, and fails where one is missed anywhere', () => {
    expect(judgePhase(slo, fast).map(({ verdict }) => verdict)).toEqual(['PASS', 'PASS']);
    expect(judgePhase(slo, slow).map(({ verdict }) => verdict)).toEqual(['FAIL', 'PASS']);
    expect(sloRecord(slo, [recorded(fast)])).toMatchObject({ verdict: 'PASS' });
    expect(sloRecord(slo, [recorded(fast), recorded(slow)])).toMatchObject({ verdict: 'FAIL' });
  });

  it('never passes on an invalid phase, and never judges a warm-up', () => {
    expect(sloRecord(slo, [recorded(fast, false)])!.verdict).toBe('INCONCLUSIVE');
    const warmup = { judged: slow, record: { ...recorded(slow).record, warmup: true } };
    expect(sloRecord(slo, [warmup, recorded(fast)])).toMatchObject({ verdict: 'PASS', phases: [{}] });
  });

  it('says nothing where deadlines alone were given', () => {
    expect(sloRecord(parseSlo('deadline 2s', { isMeasure: () => false }), [recorded(fast)])).toBeNull();
  });
});
