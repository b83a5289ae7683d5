import type { Clock } from '../kernel/clock.ts';
import type { ProcessFigures, Span, ThreadFigures } from '../system/machine-spans.ts';
import { machineMeter, processMeter, threadMeter, watchSpans } from '../system/machine-watch.ts';
import { type ProcessUsage, watchProcessUsage } from '../system/usage.ts';
import { type MachineSpan, withThreads } from './machine-columns.ts';

/** What a phase used, as a whole and by second. */
export interface Used<Figures> {
  readonly usage: ProcessUsage;
  /** Counted from the beginning of the phase. */
  readonly spans: readonly Span<Figures>[];
}

export interface GeneratorWatch<Figures> {
  /** Ends the watch; `origin` is the moment on the watch's clock at which the phase began. */
  stop(origin: number): Used<Figures>;
  /** Ends it where nobody wants to know any more. */
  close(): void;
}

/** Of a phase that this very thread drives. */
export const watchHere = (clock: Clock): GeneratorWatch<MachineSpan['figures']> =>
  watchWith(machineMeter(), clock);

/** Of the process whose threads drive it: each of them watches itself. */
export const watchProcessOf = (clock: Clock): GeneratorWatch<ProcessFigures> =>
  watchWith(processMeter(), clock);

/** Of one of those threads. */
export const watchThread = (clock: Clock): GeneratorWatch<ThreadFigures> => watchWith(threadMeter(), clock);

function watchWith<Figures extends Partial<MachineSpan['figures']>>(
  meter: Parameters<typeof watchSpans<Figures>>[0],
  clock: Clock,
): GeneratorWatch<Figures> {
  const stopUsage = watchProcessUsage();
  const machine = watchSpans(meter, clock);
  let used: Used<Figures> | undefined;
  const stop = (origin: number): Used<Figures> => {
    used ??= { usage: stopUsage(), spans: machine.stop(origin) };
    return used;
  };
  return { stop, close: () => void stop(0) };
}

/** Of several threads: CPU, memory and traffic of the whole process, the busiest event loop, the worst delay. */
export function usedTogether(
  whole: Used<ProcessFigures>,
  threads: readonly Used<ThreadFigures>[],
): Used<MachineSpan['figures']> {
  const usages = threads.map(({ usage }) => usage);
  return {
    usage: {
      ...whole.usage,
      eventLoopUtilisation: Math.max(...usages.map(({ eventLoopUtilisation }) => eventLoopUtilisation)),
      eventLoopDelayP99Ms: Math.max(...usages.map(({ eventLoopDelayP99Ms }) => eventLoopDelayP99Ms ?? 0)),
    },
    spans: withThreads(
      whole.spans,
      threads.map(({ spans }) => spans),
    ),
  };
}
