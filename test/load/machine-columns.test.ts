import { describe, expect, it } from 'vitest';
import {
  laterMachine,
  type MachineSpan,
  machineColumns,
  withThreads,
} from '../../src/load/machine-columns.ts';
import { machineSchema } from '../../src/records/machine-schema.ts';
import type { ProcessFigures, Span, ThreadFigures } from '../../src/system/machine-spans.ts';

const PROCESS: ProcessFigures = {
  cpuCores: 0.123456,
  machineCpuShare: 0.98765432,
  residentBytes: 1e8,
  diskReadBytes: null,
  diskWrittenBytes: 10.6,
  loopbackBytes: 0,
  loopbackPackets: 0,
  receivedBytes: 1,
  receivedPackets: 1,
  sentBytes: 1,
  sentPackets: 1,
  openFiles: 30,
};
const THREAD: ThreadFigures = { loopUtilisation: 0.5, loopDelayMs: 1.23456, gcShare: 0, gcLongestMs: 0 };

const span = (from: number, to: number, more: Partial<MachineSpan['figures']> = {}): MachineSpan => ({
  from,
  to,
  figures: { ...PROCESS, ...THREAD, ...more },
});

describe('spans of the machine, as the record keeps them', () => {
  it('are columns with a value for each span, rounded, null where nothing was told', () => {
    const machine = machineColumns([span(-50.2, 950.4), span(950.4, 1950, { cpuCores: 2 })])!;
    expect(machineSchema.parse(machine)).toEqual(machine);
    expect(machine).toMatchObject({
      fromMs: -50,
      toMs: [950, 1950],
      cpuCores: [0.123, 2],
      machineCpuShare: [0.9877, 0.9877],
      diskReadBytes: [null, null],
      diskWrittenBytes: [11, 11],
      loopDelayMs: [1.23, 1.23],
    });
    const columns = Object.values(machine).filter((value) => Array.isArray(value));
    expect(new Set(columns.map(({ length }) => length))).toEqual(new Set([2]));
    expect(columns).toHaveLength(17);
  });

  it('are absent of a phase without any, and hold no number that JSON has not', () => {
    expect(machineColumns([])).toBeUndefined();
    expect(machineColumns([span(0, 1, { cpuCores: Number.NaN })])!.cpuCores).toEqual([null]);
  });

  it('are those that end after the warm-up, counted from its end', () => {
    const machine = machineColumns(
      [0, 1, 2, 3].map((at) => span(at * 1000, (at + 1) * 1000, { cpuCores: at })),
    );
    expect(laterMachine(machine, 1500)).toMatchObject({
      fromMs: 0,
      toMs: [500, 1500, 2500],
      cpuCores: [1, 2, 3],
    });
    expect(laterMachine(machine, 2000)).toMatchObject({ fromMs: 0, toMs: [1000, 2000], cpuCores: [2, 3] });
    expect(laterMachine(machine, 9000)).toBeUndefined();
    expect(laterMachine(undefined, 0)).toBeUndefined();
  });
});

describe('the spans of a process and of its threads', () => {
  const own = (from: number, to: number): Span<ProcessFigures> => ({ from, to, figures: PROCESS });
  const thread = (from: number, to: number, loopUtilisation: number | null, loopDelayMs: number | null) => ({
    from,
    to,
    figures: { ...THREAD, loopUtilisation, loopDelayMs },
  });

  it('have of each figure that of the thread which had most of it, in about the same time', () => {
    const spans = withThreads(
      [own(-50, 950), own(950, 1950)],
      [
        [thread(0, 1000, 0.2, 9), thread(1000, 2000, 0.9, 1)],
        [thread(30, 1040, 0.4, 2), thread(1040, 1900, 0.1, null)],
      ],
    );
    const told = spans.map(({ figures: { loopUtilisation, loopDelayMs } }) => [loopUtilisation, loopDelayMs]);
    expect(told).toEqual([
      [0.4, 9],
      [0.9, 1],
    ]);
    expect(spans[0]!.figures.cpuCores).toBe(PROCESS.cpuCores);
  });

  it('take the span around them where a thread looked less often, and null where it did not look', () => {
    const seldom = withThreads([own(0, 100), own(100, 200)], [[thread(0, 200, 0.7, 3)]]);
    expect(seldom.map(({ figures }) => figures.loopUtilisation)).toEqual([0.7, 0.7]);
    const [never] = withThreads([own(0, 100)], [[], [thread(500, 600, 1, 1)]]);
    expect(never!.figures).toMatchObject({ loopUtilisation: null, gcShare: null });
  });
});
