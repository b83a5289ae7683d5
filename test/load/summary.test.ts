import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FUNNEL } from '../../src/judging/returned.ts';
import { ErrorClasses } from '../../src/load/error-classes.ts';
import type { PhaseSetting } from '../../src/load/phase-setting.ts';
import { PhaseRecorder } from '../../src/load/recorder.ts';
import { ResponseTable } from '../../src/load/responses.ts';
import { summarisePhase } from '../../src/load/summary.ts';
import type { TargetResponse } from '../../src/load/target.ts';
import { RIGHT_CODES } from '../../src/records/columns.ts';
import { phaseSchema } from '../../src/records/schema.ts';
import { RESPONSE } from './fake-target.ts';

const SETTING: PhaseSetting = {
  name: 'open 50 % uncached',
  loop: 'open',
  arrivalProcess: 'constant',
  shape: null,
  order: null,
  thinkTimeMs: null,
  targetKind: 'in-process',
  threads: 1,
  firstTokenDeadline: null,
  cacheMode: 'uncached',
  concurrency: null,
  offeredRate: 100,
  duration: 10_000,
  elapsed: 10_100,
  endedBy: null,
  deadline: 100,
  startedAtEpochMs: 0,
  stageNames: ['one', 'two'],
  warmup: false,
  usage: { cpuShare: 0.5, eventLoopUtilisation: 0.5, eventLoopDelayP99Ms: 1, residentBytes: 1e8 },
};

type Fate = 'right' | 'wrong' | 'unscored' | 'error' | 'timeout' | 'dropped';

interface Row {
  readonly fate: Fate;
  readonly latency: number;
  /** Since the due time; no first token without. */
  readonly first?: number;
  /** Empty where the target hides them. */
  readonly stages?: readonly number[];
  readonly cache?: TargetResponse['cache'];
  readonly degraded?: TargetResponse['degraded'];
}

/** A phase of constant arrivals, 10 ms apart, whose rows met the given fates. */
function phase(rows: readonly Row[], setting: Partial<PhaseSetting> = {}) {
  const recorder = new PhaseRecorder(rows.length, {
    responses: new ResponseTable(),
    errors: new ErrorClasses(),
    stages: 2,
  });
  const right = new Uint8Array(rows.length);
  const funnel = new Uint8Array(rows.length);
  for (const [index, one] of rows.entries()) {
    const { fate, latency, first, stages = RESPONSE.stages, cache = 'miss', degraded } = one;
    const due = index * 10;
    const row = recorder.arrive(index % 7, due);
    right[row] = RIGHT_CODES.indexOf(fate === 'right' || fate === 'unscored' ? fate : 'wrong');
    funnel[row] = FUNNEL.indexOf(
      fate === 'right'
        ? latency > 100
          ? 'right-late'
          : 'right-in-time'
        : fate === 'wrong'
          ? 'answered-wrong'
          : fate,
    );
    if (fate !== 'dropped') recorder.send(row, due + 1);
    if (first !== undefined) recorder.firstToken(row, due + first);
    if (fate === 'dropped') recorder.drop(row);
    else if (fate === 'error') recorder.fail(row, due + latency, new Error('no'));
    else if (fate === 'timeout') recorder.timeOut(row, due + latency);
    else recorder.complete(row, due + latency, { ...RESPONSE, stages, cache, degraded });
  }
  return summarisePhase(recorder, { right, funnel, classes: FUNNEL }, { ...SETTING, ...setting });
}

const times = (count: number, row: Row): Row[] => Array.from({ length: count }, () => row);

describe('a phase, summarised', () => {
  it('counts goodput as right and in time, on the same requests', () => {
    const summary = phase([
      ...times(500, { fate: 'right', latency: 20 }),
      ...times(200, { fate: 'right', latency: 150 }),
      ...times(300, { fate: 'wrong', latency: 20 }),
    ]);
    expect(summary.attainment).toBeCloseTo(0.5, 12);
    expect(summary.goodputPerSecond).toBeCloseTo(50, 9);
    expect(summary.funnel).toMatchObject({ 'right-in-time': 500, 'right-late': 200, 'answered-wrong': 300 });
    expect(() => phaseSchema.parse(summary)).not.toThrow();
  });

  it('counts errors, timeouts and drops against attainment, and in the error rate', () => {
    const summary = phase([
      ...times(940, { fate: 'right', latency: 20 }),
      ...times(20, { fate: 'error', latency: 5 }),
      ...times(20, { fate: 'timeout', latency: 1001 }),
      ...times(20, { fate: 'dropped', latency: 0 }),
    ]);
    expect(summary.attainment).toBeCloseTo(0.94, 12);
    expect(summary.errorRate).toBeCloseTo(0.06, 12);
    expect(summary.completed + summary.errors + summary.timeouts + summary.dropped).toBe(summary.arrivals);
    expect(Object.values(summary.funnel).reduce((sum, count) => sum + count, 0)).toBe(summary.arrivals);
    expect(summary.valid).toBe(false);
    expect(summary.invalidReasons.join()).toContain('dropped');
  });

  it('counts latency from the due time over completed requests and timeouts, at their value, and leaves errors out', () => {
    const summary = phase([
      ...times(90, { fate: 'right', latency: 20 }),
      ...times(10, { fate: 'timeout', latency: 1001 }),
      ...times(50, { fate: 'error', latency: 1 }),
    ]);
    expect(summary.latencyMs).toMatchObject({ p50: 20, p90: 20, p95: 1001, max: 1001 });
    expect(summary.lagMs.p50).toBe(1);
    expect(summary.serviceMs.p50).toBe(19);
  });

  it('prints no quantile that the requests cannot carry', () => {
    const summary = phase(times(100, { fate: 'right', latency: 20 }));
    expect(summary.latencyMs.p95).toBe(20);
    expect(summary.latencyMs.p99).toBeNull();
  });

  it('withholds attainment above 5 % unscored arrivals, and says how many', () => {
    const rows = (unscored: number) => [
      ...times(1000 - unscored, { fate: 'right', latency: 20 }),
      ...times(unscored, { fate: 'unscored', latency: 20 }),
    ];
    expect(phase(rows(50)).attainment).toBe(1);
    expect(phase(rows(51))).toMatchObject({ attainment: null, goodputPerSecond: null, unscoredShare: 0.051 });
  });

  it('calls a run invalid that was not sent on schedule', () => {
    const late = phase(times(1000, { fate: 'right', latency: 20 }), { duration: 5_000 });
    expect(late.valid).toBe(false);
    expect(late.invalidReasons.join()).toContain('schedule');
  });

  it('rates an interrupted phase over the time that it lasted, and does not trust it', () => {
    const summary = phase(times(100, { fate: 'right', latency: 20 }), {
      duration: 1000,
      elapsed: 1400,
      endedBy: 'interrupted',
    });
    expect(summary).toMatchObject({ scheduledSeconds: 1, achievedRate: 100, valid: false });
    expect(summary.goodputPerSecond).toBeCloseTo(100, 9);
    expect(summary.throughputPerSecond).toBeCloseTo(100 / 1.4, 9);
    expect(summary.invalidReasons).toEqual(['interrupted after 1.0 s']);
  });

  it('counts a repeat as a question that was asked before in the phase', () => {
    expect(phase(times(14, { fate: 'right', latency: 20 })).repeatShare).toBe(0.5);
    expect(phase(times(7, { fate: 'right', latency: 20 })).repeatShare).toBe(0);
  });

  it('tells the first token of completed requests only', () => {
    const summary = phase([
      ...times(50, { fate: 'right', latency: 20, first: 5 }),
      ...times(50, { fate: 'error', latency: 90, first: 80 }),
    ]);
    expect(summary.firstTokenMs).toMatchObject({ p50: 5, max: 5 });
    expect(phase(times(50, { fate: 'right', latency: 20 })).firstTokenMs).toBeNull();
  });

  it('distrusts a phase in which nothing was answered', () => {
    const summary = phase(times(1000, { fate: 'error', latency: 1 }));
    expect(summary).toMatchObject({ attainment: 0, goodputPerSecond: 0, errorRate: 1, valid: false });
    expect(summary.latencyMs).toEqual({ p50: null, p90: null, p95: null, p99: null, mean: null, max: null });
    expect(() => phaseSchema.parse(JSON.parse(JSON.stringify(summary)))).not.toThrow();
  });

  it('divides latency into stages, lag and the rest, which add up to it', () => {
    const rows = [
      ...times(90, { fate: 'right', latency: 20, stages: [4, 6] }),
      ...times(10, { fate: 'right', latency: 50, stages: [4, 16] }),
    ];
    expect(phase(rows).stageShare).toEqual({
      typical: { one: 4, two: 6, lag: 1, outside: 9 },
      slowest: { one: 4, two: 16, lag: 1, outside: 29 },
    });
  });

  it('tells no stages of a target that hides them, nor of a handful of requests', () => {
    expect(phase(times(100, { fate: 'right', latency: 20, stages: [] })).stageShare).toBeNull();
    expect(phase(times(39, { fate: 'right', latency: 20 })).stageShare).toBeNull();
    expect(phase(times(100, { fate: 'timeout', latency: 20 }))).toMatchObject({ stageShare: null });
    expect(phase(times(100, { fate: 'timeout', latency: 20 })).stageBasis).toBeUndefined();
  });

  it('counts response hits as cache hits, and only queries whose target tells', () => {
    const of = (cache: TargetResponse['cache'], count: number) =>
      times(count, { fate: 'right', latency: 20, cache });
    expect(phase([...of('response', 30), ...of('retrieval', 10), ...of('miss', 60)])).toMatchObject({
      cacheHitRate: 0.3,
      cacheStates: { response: 30, retrieval: 10, miss: 60 },
    });
    expect(phase([...of('response', 10), ...of('unknown', 90)]).cacheHitRate).toBe(1);
    expect(phase(of('unknown', 90)).cacheHitRate).toBeNull();
  });

  it('counts how full answers were, of completed requests', () => {
    const of = (degraded: TargetResponse['degraded'], count: number, fate: Fate = 'right') =>
      times(count, { fate, latency: 20, degraded });
    const rows = [...of('none', 5), ...of('keyword', 3), ...of(undefined, 2), ...of('canned', 1, 'wrong')];
    expect(phase([...rows, ...of('none', 4, 'error')]).degraded).toEqual({
      none: 5,
      keyword: 3,
      unknown: 2,
      canned: 1,
    });
  });

  it('is a record without NaN, whatever became of the requests', () => {
    const fates = ['right', 'wrong', 'unscored', 'error', 'timeout', 'dropped'] as const;
    const row = fc.record({
      fate: fc.constantFrom(...fates),
      latency: fc.double({ min: 2, max: 500, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 150 }), (rows) => {
        const summary = phase(rows);
        expect(phaseSchema.parse(JSON.parse(JSON.stringify(summary)))).toEqual(summary);
        const { completed, errors, timeouts, dropped, arrivals, attainment, unscoredShare } = summary;
        expect(completed + errors + timeouts + dropped).toBe(arrivals);
        const scored = Math.round(arrivals * (1 - unscoredShare));
        const good = rows.filter(({ fate, latency }) => fate === 'right' && latency <= 100).length;
        if (attainment !== null) expect(attainment).toBeCloseTo(good / scored, 9);
      }),
      { numRuns: 60 },
    );
  });

  it('sums up nothing as nothing, not as zero', () => {
    expect(phase([])).toMatchObject({
      attainment: null,
      cacheHitRate: null,
      latencyMs: { p50: null, mean: null },
    });
  });
});
