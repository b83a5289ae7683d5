import type { MachineReading } from './machine-readings.ts';

/**
 * What was used of the machine in one span of time, and how spans become longer ones: means by their length, or the most.
 * Pure. Null where the system does not tell it.
 */

/** Of one thread: its event loop, and its garbage collector. */
export const THREAD_FIGURES = {
  /** Share of the time that the loop was busy. */
  loopUtilisation: 'mean',
  /** Milliseconds that it was late by, at most. */
  loopDelayMs: 'most',
  /** Share of the time that garbage collections held it up. */
  gcShare: 'mean',
  /** Milliseconds of the longest collection. */
  gcLongestMs: 'most',
} as const satisfies Record<string, Rule>;

/** Of the process, and of the whole machine. Disk and network in bytes and packets a second. */
export const PROCESS_FIGURES = {
  /** CPU seconds of the process per second. */
  cpuCores: 'mean',
  /** Share of the time of all processors that some program had. */
  machineCpuShare: 'mean',
  residentBytes: 'most',
  diskReadBytes: 'mean',
  diskWrittenBytes: 'mean',
  /** Over loopback, on which everything that is sent is received. */
  loopbackBytes: 'mean',
  loopbackPackets: 'mean',
  receivedBytes: 'mean',
  receivedPackets: 'mean',
  sentBytes: 'mean',
  sentPackets: 'mean',
  openFiles: 'most',
} as const satisfies Record<string, Rule>;

export const MACHINE_FIGURES = { ...PROCESS_FIGURES, ...THREAD_FIGURES } as const;

type Rule = 'mean' | 'most';
export type ThreadFigures = Record<keyof typeof THREAD_FIGURES, number | null>;
export type ProcessFigures = Record<keyof typeof PROCESS_FIGURES, number | null>;
export type MachineFigures = ThreadFigures & ProcessFigures;
export type FigureName = keyof MachineFigures;

export interface Span<Figures> {
  /** Milliseconds. */
  readonly from: number;
  readonly to: number;
  readonly figures: Figures;
}

/** Two spans as one. A figure that one of them lacks is that of the other. */
export function joinSpans<Figures extends Partial<MachineFigures>>(
  one: Span<Figures>,
  other: Span<Figures>,
): Span<Figures> {
  const [weight, weightOfOther] = [one.to - one.from, other.to - other.from];
  const join = (name: FigureName): number | null => {
    const [a, b] = [one.figures[name] ?? null, other.figures[name] ?? null];
    if (a === null || b === null) return a ?? b;
    if (MACHINE_FIGURES[name] === 'most') return Math.max(a, b);
    return (a * weight + b * weightOfOther) / (weight + weightOfOther);
  };
  const names = Object.keys(one.figures) as FigureName[];
  return {
    from: Math.min(one.from, other.from),
    to: Math.max(one.to, other.to),
    figures: Object.fromEntries(names.map((name) => [name, join(name)])) as Figures,
  };
}

/** Half as many spans, each about twice as long. */
export function halved<Figures extends Partial<MachineFigures>>(
  spans: readonly Span<Figures>[],
): Span<Figures>[] {
  return spans.flatMap((span, index) => {
    if (index % 2 === 1) return [];
    const next = spans[index + 1];
    return [next === undefined ? span : joinSpans(span, next)];
  });
}

/** What was used between two readings that lie so many seconds (more than 0) apart. */
export function usedBetween(before: MachineReading, after: MachineReading, seconds: number): ProcessFigures {
  const rate = (count: (reading: MachineReading) => number | undefined): number | null => {
    const [first, last] = [count(before), count(after)];
    // A counter that fell began anew, with an interface that came back: there is no telling what it counted meanwhile.
    return first === undefined || last === undefined || last < first ? null : (last - first) / seconds;
  };
  return {
    cpuCores: rate(({ cpuSeconds }) => cpuSeconds),
    machineCpuShare: machineShare(before, after),
    residentBytes: after.residentBytes,
    diskReadBytes: rate(({ disk }) => disk?.read),
    diskWrittenBytes: rate(({ disk }) => disk?.written),
    loopbackBytes: rate(({ network }) => network?.loopback.sentBytes),
    loopbackPackets: rate(({ network }) => network?.loopback.sentPackets),
    receivedBytes: rate(({ network }) => network?.external.receivedBytes),
    receivedPackets: rate(({ network }) => network?.external.receivedPackets),
    sentBytes: rate(({ network }) => network?.external.sentBytes),
    sentPackets: rate(({ network }) => network?.external.sentPackets),
    openFiles: after.openFiles ?? null,
  };
}

/** Idle time may fall by a tick on some kernels: that is none. */
function machineShare(
  { processors: one }: MachineReading,
  { processors: two }: MachineReading,
): number | null {
  if (one === undefined || two === undefined) return null;
  const busy = Math.max(0, two.busy - one.busy);
  const idle = Math.max(0, two.idle - one.idle);
  return busy + idle > 0 ? busy / (busy + idle) : null;
}
