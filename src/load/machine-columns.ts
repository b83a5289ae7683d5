import type { MachineRecord } from '../records/schema.ts';
import {
  type FigureName,
  MACHINE_FIGURES,
  type MachineFigures,
  type ProcessFigures,
  type Span,
  type ThreadFigures,
} from '../system/machine-spans.ts';

/** Spans of time as the record keeps them. */

export type MachineSpan = Span<MachineFigures>;

const NAMES = Object.keys(MACHINE_FIGURES) as FigureName[];

/** Decimals that are kept: of shares, cores and milliseconds more say nothing, of bytes and packets none does. */
const DECIMALS: Partial<Record<FigureName, number>> = {
  cpuCores: 3,
  machineCpuShare: 4,
  loopUtilisation: 4,
  gcShare: 4,
  loopDelayMs: 2,
  gcLongestMs: 2,
};

/** Undefined of none. */
export function machineColumns(spans: readonly MachineSpan[]): MachineRecord | undefined {
  const [first] = spans;
  if (first === undefined) return undefined;
  const columns = NAMES.map((name) => {
    const decimals = DECIMALS[name] ?? 0;
    return [name, spans.map(({ figures }) => rounded(figures[name], decimals))] as const;
  });
  return {
    fromMs: Math.round(first.from) + 0, // no −0, which JSON cannot keep
    toMs: spans.map(({ to }) => Math.round(to)),
    ...(Object.fromEntries(columns) as Record<FigureName, (number | null)[]>),
  };
}

function rounded(value: number | null, decimals: number): number | null {
  return value === null || !Number.isFinite(value) ? null : Number(value.toFixed(decimals));
}

/** What is left of a phase whose beginning was warm-up: the spans that end after it, counted from its end. */
export function laterMachine(machine: MachineRecord | undefined, from: number): MachineRecord | undefined {
  if (machine === undefined) return undefined;
  const first = machine.toMs.findIndex((to) => to > from);
  if (first < 0) return undefined;
  const begins = first === 0 ? machine.fromMs : machine.toMs[first - 1]!;
  const columns = NAMES.map((name) => [name, machine[name].slice(first)] as const);
  return {
    fromMs: Math.max(0, Math.round(begins - from)),
    toMs: machine.toMs.slice(first).map((to) => Math.round(to - from)),
    ...(Object.fromEntries(columns) as Record<FigureName, (number | null)[]>),
  };
}

/**
 * The spans of a process, with what its generator threads had meanwhile: of each figure that of the thread which had most of
 * it. Threads look by timers of their own, so that theirs are the spans whose middle lies in that of the process.
 */
export function withThreads(
  spans: readonly Span<ProcessFigures>[],
  threads: readonly (readonly Span<ThreadFigures>[])[],
): MachineSpan[] {
  return spans.map(({ from, to, figures }) => {
    const meanwhile = threads.flatMap((thread) => spansWithin(thread, from, to));
    const most = (name: keyof ThreadFigures): number | null => {
      const told = meanwhile.flatMap(({ figures: own }) => own[name] ?? []);
      return told.length === 0 ? null : Math.max(...told);
    };
    return {
      from,
      to,
      figures: {
        ...figures,
        loopUtilisation: most('loopUtilisation'),
        loopDelayMs: most('loopDelayMs'),
        gcShare: most('gcShare'),
        gcLongestMs: most('gcLongestMs'),
      },
    };
  });
}

/** Where none has its middle there, the one that the time itself has its middle in. */
function spansWithin(
  thread: readonly Span<ThreadFigures>[],
  from: number,
  to: number,
): readonly Span<ThreadFigures>[] {
  const within = thread.filter((span) => contains({ from, to }, (span.from + span.to) / 2));
  return within.length > 0 ? within : thread.filter((span) => contains(span, (from + to) / 2));
}

const contains = ({ from, to }: { from: number; to: number }, at: number): boolean => from <= at && at < to;
