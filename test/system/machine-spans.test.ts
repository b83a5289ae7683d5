import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MachineReading } from '../../src/system/machine-readings.ts';
import {
  halved,
  joinSpans,
  type Span,
  type ThreadFigures,
  usedBetween,
} from '../../src/system/machine-spans.ts';

const NETWORK = { receivedBytes: 0, receivedPackets: 0, sentBytes: 0, sentPackets: 0 };

function reading(more: Partial<MachineReading> = {}): MachineReading {
  return {
    cpuSeconds: 10,
    processors: { busy: 100, idle: 300 },
    residentBytes: 1000,
    disk: { read: 0, written: 0 },
    network: { loopback: NETWORK, external: NETWORK },
    openFiles: 20,
    ...more,
  };
}

describe('what was used between two readings', () => {
  it('is told by second: of counters the rise, of levels the last', () => {
    const loopback = { ...NETWORK, sentBytes: 5000, sentPackets: 50 };
    const external = { receivedBytes: 100, receivedPackets: 2, sentBytes: 300, sentPackets: 6 };
    const used = usedBetween(
      reading(),
      reading({
        cpuSeconds: 11,
        processors: { busy: 103, idle: 301 },
        residentBytes: 3000,
        disk: { read: 4096, written: 0 },
        network: { loopback, external },
        openFiles: 25,
      }),
      2,
    );
    expect(used).toEqual({
      cpuCores: 0.5,
      machineCpuShare: 0.75,
      residentBytes: 3000,
      diskReadBytes: 2048,
      diskWrittenBytes: 0,
      loopbackBytes: 2500,
      loopbackPackets: 25,
      receivedBytes: 50,
      receivedPackets: 1,
      sentBytes: 150,
      sentPackets: 3,
      openFiles: 25,
    });
  });

  it('is null where the system does not tell it, and never 0', () => {
    const bare = { processors: undefined, disk: undefined, network: undefined, openFiles: undefined };
    for (const [before, after] of [
      [reading(bare), reading(bare)],
      [reading(), reading(bare)],
      [reading(bare), reading()],
    ] as const) {
      const { machineCpuShare, diskReadBytes, loopbackBytes, sentPackets } = usedBetween(before, after, 1);
      expect([machineCpuShare, diskReadBytes, loopbackBytes, sentPackets]).toEqual([null, null, null, null]);
    }
  });

  it('is null of a counter that fell, and of processors that did not move', () => {
    const before = reading({ network: { loopback: NETWORK, external: { ...NETWORK, sentBytes: 9 } } });
    const { sentBytes, receivedBytes, machineCpuShare } = usedBetween(before, reading(), 1);
    expect([sentBytes, receivedBytes, machineCpuShare]).toEqual([null, 0, null]);
  });

  it('has a share of the processors within 0 and 1, even where idle time falls', () => {
    const after = reading({ processors: { busy: 101, idle: 299 } });
    expect(usedBetween(reading(), after, 1).machineCpuShare).toBe(1);
  });
});

const figure = fc.option(fc.double({ min: 0, max: 100, noNaN: true }), { nil: null });
const threads = fc.array(
  fc.record({ length: fc.integer({ min: 1, max: 5000 }), utilisation: figure, delay: figure }),
  { minLength: 1, maxLength: 40 },
);

function spansOf(parts: readonly { length: number; utilisation: number | null; delay: number | null }[]) {
  let at = 0;
  return parts.map(({ length, utilisation, delay }): Span<ThreadFigures> => {
    const from = at;
    at += length;
    const figures = { loopUtilisation: utilisation, loopDelayMs: delay, gcShare: 0, gcLongestMs: null };
    return { from, to: at, figures };
  });
}

describe('spans taken together', () => {
  it('keep means by time and the most, whatever is joined with what', () => {
    fc.assert(
      fc.property(threads, (parts) => {
        const told = parts.map((part) => ({ ...part, utilisation: part.utilisation ?? 0 }));
        const spans = spansOf(told);
        let shorter = halved(spans);
        while (shorter.length > 1) shorter = halved(shorter);
        const [whole] = shorter;
        const length = told.reduce((sum, part) => sum + part.length, 0);
        const mean = told.reduce((sum, part) => sum + part.utilisation * part.length, 0) / length;
        const delays = told.flatMap(({ delay }) => delay ?? []);
        expect(whole).toMatchObject({ from: 0, to: length });
        expect(whole!.figures.loopUtilisation).toBeCloseTo(mean, 6);
        expect(whole!.figures.loopDelayMs).toBe(delays.length === 0 ? null : Math.max(...delays));
        expect(whole!.figures.gcLongestMs).toBeNull();
      }),
    );
  });

  it('lack nothing that one of them knows', () => {
    const [one, other] = spansOf([
      { length: 10, utilisation: null, delay: 3 },
      { length: 30, utilisation: 0.5, delay: null },
    ]);
    expect(joinSpans(one!, other!).figures).toMatchObject({ loopUtilisation: 0.5, loopDelayMs: 3 });
  });

  it('are half as many, the odd one as it was', () => {
    const spans = spansOf(Array.from({ length: 5 }, () => ({ length: 10, utilisation: 1, delay: 1 })));
    expect(halved(spans).map(({ from, to }) => [from, to])).toEqual([
      [0, 20],
      [20, 40],
      [40, 50],
    ]);
    expect(halved([])).toEqual([]);
  });
});
