import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ErrorClasses } from '../../src/load/error-classes.ts';
import { PhaseRecorder } from '../../src/load/recorder.ts';
import { ResponseTable } from '../../src/load/responses.ts';
import { slowestRequests } from '../../src/load/slowest.ts';
import { requestTrace } from '../../src/records/trace-ids.ts';
import { RESPONSE } from './fake-target.ts';

const NAMES = ['one', 'two'];

function recorded(latencies: readonly number[]) {
  const rows = new PhaseRecorder(latencies.length, {
    responses: new ResponseTable(),
    errors: new ErrorClasses(),
    stages: 2,
  });
  for (const [index, latency] of latencies.entries()) {
    const row = rows.arrive(index % 3, index * 10);
    rows.send(row, index * 10 + 1);
    if (Number.isNaN(latency)) rows.fail(row, index * 10 + 5, new Error('no'));
    else rows.complete(row, index * 10 + latency, { ...RESPONSE, stages: index % 2 ? [1, 2] : undefined });
  }
  return { rows, latency: Float64Array.from(latencies) };
}

describe('the slowest requests of a phase', () => {
  it('are the ten with the longest latency, slowest first', () => {
    const latency = fc.oneof(fc.integer({ min: 2, max: 30 }), fc.constant(Number.NaN));
    fc.assert(
      fc.property(fc.array(latency, { maxLength: 40 }), (latencies) => {
        const { rows, latency } = recorded(latencies);
        const slowest = slowestRequests(rows, { latency, names: NAMES, tracing: undefined });
        const sorted = latencies.filter((value) => !Number.isNaN(value)).sort((a, b) => b - a);
        expect(slowest.map(({ latencyMs }) => latencyMs)).toEqual(sorted.slice(0, 10));
      }),
    );
  });

  it('bear their parts, and the trace that their request began', () => {
    const { rows, latency } = recorded([20, 30, 25]);
    const tracing = { key: '0011223344556677', share: 1 };
    const slowest = slowestRequests(rows, { latency, names: NAMES, tracing });
    expect(slowest[0]).toMatchObject({
      question: 1,
      dueMs: 10,
      lagMs: 1,
      outcome: 'completed',
      stagesMs: { one: 1, two: 2 },
    });
    expect(slowest[1]?.stagesMs).toBeNull();
    for (const { question, dueMs, traceId } of slowest) {
      expect(traceId).toBe(requestTrace(tracing, { question, due: dueMs })?.traceId);
    }
  });
});
