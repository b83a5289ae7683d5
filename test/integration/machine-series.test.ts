import { afterEach, describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/kernel/random.ts';
import { ErrorClasses } from '../../src/load/error-classes.ts';
import { runPhase } from '../../src/load/phase.ts';
import type { LoadContext } from '../../src/load/phase-plan.ts';
import { ResponseTable } from '../../src/load/responses.ts';
import { machineSchema } from '../../src/records/machine-schema.ts';
import { systemClock } from '../../src/system/clock.ts';
import { closeAll, QUESTIONS, serve, targetOf, wholeAnswer } from '../load/targets/http/driving.ts';

afterEach(closeAll);

async function driven({ duration, signal }: { duration: number; signal?: AbortSignal }) {
  const server = await serve(wholeAnswer);
  const context: LoadContext = {
    target: targetOf({ url: server.url, headers: {} }),
    questions: QUESTIONS.map(({ text }) => text),
    clock: systemClock,
    random: seededRandom(7),
    responses: new ResponseTable(),
    errors: new ErrorClasses(),
    timeoutMs: 5000,
    deadlineMs: 1000,
    maxInFlight: 100,
    arrivals: 'constant',
    ...(signal && { signal }),
    onEvent: () => undefined,
  };
  const plan = { name: 'open', loop: 'open', rate: 100, duration, cacheMode: 'as-configured' } as const;
  return (await runPhase(plan, context)).setting;
}

describe('a phase of load', () => {
  it('keeps what was used of the machine, by second, until its last answer', async () => {
    const { machine, usage, elapsed } = await driven({ duration: 2300 });
    expect(machineSchema.parse(machine)).toEqual(machine);
    const { fromMs, toMs, ...columns } = machine!;
    expect(fromMs).toBeLessThanOrEqual(0);
    expect(toMs.length).toBeGreaterThanOrEqual(1);
    expect(toMs.at(-1)!).toBeGreaterThan(elapsed - 100);
    for (const [name, column] of Object.entries(columns)) expect(column, name).toHaveLength(toMs.length);
    expect(columns.residentBytes.every((bytes) => bytes! > 1e6)).toBe(true);
    // The same CPU as that of the phase as a whole, and the same loop.
    const length = (index: number): number => toMs[index]! - (index === 0 ? fromMs : toMs[index - 1]!);
    const mean = (column: readonly (number | null)[]): number =>
      column.reduce<number>((sum, value, index) => sum + value! * length(index), 0) / (toMs.at(-1)! - fromMs);
    expect(mean(columns.cpuCores)).toBeCloseTo(usage.cpuShare, 1);
    expect(mean(columns.loopUtilisation)).toBeCloseTo(usage.eventLoopUtilisation, 1);
    if (process.platform !== 'linux') return;
    // The target is on this machine: every request went over loopback.
    expect(columns.loopbackBytes.every((bytes) => bytes! > 0)).toBe(true);
    expect(mean(columns.loopbackPackets)).toBeGreaterThan(100);
  });

  it('keeps that of one that ended before its time, too', async () => {
    const { machine, endedBy } = await driven({ duration: 5000, signal: AbortSignal.timeout(300) });
    expect(endedBy).toBe('interrupted');
    expect(machine!.toMs).toHaveLength(1);
    expect(machine!.toMs[0]!).toBeLessThan(3000);
  });
});
