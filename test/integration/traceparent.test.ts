import { afterEach, describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/kernel/random.ts';
import { ErrorClasses } from '../../src/load/error-classes.ts';
import { runPhase } from '../../src/load/phase.ts';
import type { LoadContext } from '../../src/load/phase-plan.ts';
import { ResponseTable } from '../../src/load/responses.ts';
import { requestTrace, traceparent } from '../../src/records/trace-ids.ts';
import { systemClock } from '../../src/system/clock.ts';
import { closeAll, QUESTIONS, serve, targetOf, wholeAnswer } from '../load/targets/http/driving.ts';

afterEach(closeAll);

async function driven(traceShare: number | undefined, headers: Record<string, string> = {}) {
  const server = await serve(wholeAnswer);
  const context: LoadContext = {
    target: targetOf({ url: server.url, headers }),
    questions: QUESTIONS.map(({ text }) => text),
    clock: systemClock,
    random: seededRandom(7),
    responses: new ResponseTable(),
    errors: new ErrorClasses(),
    timeoutMs: 5000,
    deadlineMs: 1000,
    maxInFlight: 100,
    arrivals: 'poisson',
    traceShare,
    onEvent: () => undefined,
  };
  const plan = { name: 'open', loop: 'open', rate: 200, duration: 500, cacheMode: 'as-configured' } as const;
  const { rows, setting } = await runPhase(plan, context);
  return { server, rows, setting };
}

describe('a load that begins traces', () => {
  it('tells the target of those that its key says, and of no other', async () => {
    const { server, rows, setting } = await driven(0.3);
    const expected = Array.from({ length: rows.rows }, (_, row) =>
      requestTrace(setting.tracing!, { question: rows.question[row]!, due: rows.due[row]! }),
    ).flatMap((trace) => (trace ? [traceparent(trace)] : []));
    const told = server.requests.flatMap(({ headers }) => headers.traceparent ?? []);
    expect(told.sort()).toEqual(expected.sort());
    expect(new Set(told).size).toBe(told.length);
    expect(told.length).toBeGreaterThan(0);
    expect(told.length).toBeLessThan(rows.rows);
  });

  it('draws another key for each run, though seed and schedule are the same', async () => {
    const keys = [await driven(1), await driven(1)].map(({ setting }) => setting.tracing?.key);
    expect(new Set(keys).size).toBe(2);
  });

  it('leaves a traceparent of the description alone, and sends none by default', async () => {
    const own = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    const { server } = await driven(1, { traceparent: own });
    expect(new Set(server.requests.map(({ headers }) => headers.traceparent))).toEqual(new Set([own]));
    const { server: other, setting } = await driven(undefined);
    expect(other.requests.some(({ headers }) => 'traceparent' in headers)).toBe(false);
    expect(setting.tracing).toBeUndefined();
  });
});
