import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ErrorClasses } from '../../src/load/error-classes.ts';
import { PhaseRecorder } from '../../src/load/recorder.ts';
import { ResponseTable } from '../../src/load/responses.ts';
import { stageShare } from '../../src/load/stage-share.ts';
import { RESPONSE } from './fake-target.ts';

const NAMES = ['embed', 'generate', 'queue'];

interface Row {
  readonly latency: number;
  readonly lag?: number;
  /** In the order of the names; undefined for a timeout. */
  readonly told?: readonly number[] | undefined;
}

const times = (count: number, row: Row): Row[] => Array.from({ length: count }, () => row);

function shareOf(requests: readonly Row[]) {
  const rows = new PhaseRecorder(requests.length, {
    responses: new ResponseTable(),
    errors: new ErrorClasses(),
    stages: NAMES.length,
  });
  for (const [index, { latency, lag = 0, told }] of requests.entries()) {
    const row = rows.arrive(0, index * 10);
    rows.send(row, index * 10 + lag);
    if (told) rows.complete(row, index * 10 + latency, { ...RESPONSE, stages: told });
    else rows.timeOut(row, index * 10 + latency);
  }
  const latency = Float64Array.from(requests, (row) => row.latency);
  return stageShare(rows, { latency, room: new Float64Array(requests.length), names: NAMES });
}

const sumOf = (parts: Readonly<Record<string, number>>): number =>
  Object.values(parts).reduce((sum, value) => sum + value, 0);

describe('where the time of the slowest goes', () => {
  it('is told part by part: stages, queue, lag, and what nobody accounts for', () => {
    const share = shareOf([
      ...times(985, { latency: 20, told: [2, 10, 1], lag: 1 }),
      ...times(15, { latency: 200, told: [2, 12, 150], lag: 30 }),
    ]);
    expect(share).toEqual({
      stageShare: {
        typical: { embed: 2, generate: 10, queue: 1, lag: 1, outside: 6 },
        slowest: { embed: 2, generate: 12, queue: 150, lag: 30, outside: 6 },
      },
      stageBasis: {
        slowestFrom: 0.99,
        typical: { requests: 985, told: 985 },
        slowest: { requests: 15, told: 15, timeouts: 0 },
      },
    });
  });

  it('is withheld where the slowest are timeouts, which tell nothing: no others are taken for them', () => {
    const { stageShare, stageBasis } = shareOf([
      ...times(1000, { latency: 20, told: [2, 10, 1] }),
      ...times(40, { latency: 50, told: [2, 40, 1] }),
      ...times(20, { latency: 1001 }),
    ]);
    expect(stageShare).toBeNull();
    expect(stageBasis).toMatchObject({
      slowestFrom: 0.99,
      slowest: { requests: 20, told: 0, timeouts: 20 },
    });
  });

  it('says how many of the slowest are left out, where the most of them told', () => {
    const { stageShare, stageBasis } = shareOf([
      ...times(1000, { latency: 20, told: [2, 10, 1] }),
      ...times(8, { latency: 100, told: [2, 80, 1] }),
      ...times(5, { latency: 1001 }),
    ]);
    expect(stageBasis!.slowest).toEqual({ requests: 13, told: 8, timeouts: 5 });
    expect(stageShare!.slowest).toMatchObject({ generate: 80, outside: 17 });
  });

  it('does not call the slowest ten p99 where p99 has fewer', () => {
    const { stageBasis } = shareOf(
      Array.from({ length: 400 }, (_, index) => ({ latency: 20 + index, told: [1, 1, 1] })),
    );
    expect(stageBasis).toMatchObject({ slowestFrom: 0.975, slowest: { requests: 10 } });
  });

  it('does not believe parts that are longer than the whole', () => {
    const { stageShare, stageBasis } = shareOf(times(100, { latency: 20, told: [1, 2, 5000] }));
    expect(stageShare).toBeNull();
    expect(stageBasis!.slowest).toEqual({ requests: 100, told: 0, timeouts: 0 });
  });

  it('has no part that nobody told: no queue is not a queue of 0', () => {
    const { stageShare } = shareOf(times(100, { latency: 20, told: [1, 2, Number.NaN] }));
    expect(stageShare!.typical).toEqual({ embed: 1, generate: 2, lag: 0, outside: 17 });
  });

  it('adds up to the latency of those who told, whatever they told', () => {
    const row = fc
      .record({
        told: fc.option(
          fc.array(fc.double({ min: 0, max: 30, noNaN: true }), { minLength: 3, maxLength: 3 }),
          { nil: undefined, freq: 10 },
        ),
        lag: fc.double({ min: 0, max: 20, noNaN: true }),
        rest: fc.double({ min: 0.1, max: 50, noNaN: true }),
      })
      .map(({ told, lag, rest }) => ({
        told,
        lag,
        latency: lag + rest + (told ?? []).reduce((sum, value) => sum + value, 0),
      }));
    fc.assert(
      fc.property(fc.array(row, { minLength: 40, maxLength: 120 }), (rows) => {
        const { stageShare, stageBasis } = shareOf(rows);
        if (!stageShare) return;
        const sorted = rows.map(({ latency }) => latency).sort((a, b) => a - b);
        const slowest = rows.filter(({ latency }) => latency >= sorted[sorted.length - 10]!);
        expect(stageBasis!.slowest.requests).toBe(slowest.length);
        const told = slowest.filter((one) => one.told !== undefined);
        expect(stageBasis!.slowest.told).toBe(told.length);
        const mean = told.reduce((sum, { latency }) => sum + latency, 0) / told.length;
        expect(sumOf(stageShare.slowest)).toBeCloseTo(mean, 3);
      }),
    );
  });
});
