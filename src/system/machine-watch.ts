import type { Clock } from '../kernel/clock.ts';
import { watchCollections } from './collections.ts';
import { watchLoopDelay, watchLoopUtilisation } from './event-loop.ts';
import { type MachineReading, readMachine } from './machine-readings.ts';
import {
  halved,
  joinSpans,
  type MachineFigures,
  type ProcessFigures,
  type Span,
  type ThreadFigures,
  usedBetween,
} from './machine-spans.ts';

/** Milliseconds between two looks. */
const EVERY = 1000;

/** More spans than this are made half as many: a run of a day must not make a record of megabytes. */
const MOST_SPANS = 600;

/** A last span shorter than this share of a look is part of the one before it. */
const SHORTEST_LAST = 0.25;

/** Tells what was used since the last lap, which is so many seconds ago. */
export interface Meter<Figures> {
  lap(seconds: number): Figures;
  stop(): void;
}

/** Its first lap counts from now. */
export function processMeter(read: () => MachineReading = readMachine): Meter<ProcessFigures> {
  let last = read();
  return {
    lap(seconds) {
      const now = read();
      const used = usedBetween(last, now, seconds);
      last = now;
      return used;
    },
    stop: () => undefined,
  };
}

/** Of the thread that calls it. */
export function threadMeter(): Meter<ThreadFigures> {
  const [readLoop, delay, collections] = [watchLoopUtilisation(), watchLoopDelay(), watchCollections()];
  return {
    lap(seconds) {
      const { total, longest } = collections.lap();
      return {
        loopUtilisation: readLoop(),
        loopDelayMs: delay.lap(),
        gcShare: Math.min(1, total / 1000 / seconds),
        gcLongestMs: longest,
      };
    },
    stop() {
      delay.stop();
      collections.stop();
    },
  };
}

/** Of the process and of its main thread together. */
export function machineMeter(): Meter<MachineFigures> {
  const [ofProcess, ofThread] = [processMeter(), threadMeter()];
  return {
    lap: (seconds) => ({ ...ofProcess.lap(seconds), ...ofThread.lap(seconds) }),
    stop: () => ofThread.stop(),
  };
}

/** Takes a meter's laps as spans of time. Where looks are late, spans are longer; where spans become many, too. */
export class SpanRecorder<Figures extends Partial<MachineFigures>> {
  readonly #meter: Meter<Figures>;
  readonly #clock: Clock;
  #spans: Span<Figures>[] = [];
  #last: number;
  /** Looks that make one span: twice as many with each halving. */
  #looks = 1;
  #looked = 0;

  constructor(meter: Meter<Figures>, clock: Clock) {
    this.#meter = meter;
    this.#clock = clock;
    this.#last = clock.now();
  }

  look(): void {
    this.#looked += 1;
    if (this.#looked % this.#looks !== 0 || !this.#take()) return;
    if (this.#spans.length < MOST_SPANS) return;
    this.#spans = halved(this.#spans);
    this.#looks *= 2;
    this.#looked = 0;
  }

  /** The spans up to now, their times counted from `origin` on the recorder's clock. */
  end(origin: number): Span<Figures>[] {
    this.#take();
    this.#meter.stop();
    const [last, before] = [this.#spans.at(-1), this.#spans.at(-2)];
    if (last && before && last.to - last.from < SHORTEST_LAST * (before.to - before.from)) {
      this.#spans.splice(-2, 2, joinSpans(before, last));
    }
    return this.#spans.map((span) => ({ ...span, from: span.from - origin, to: span.to - origin }));
  }

  /** False where no time has passed, or the clock was set back: then nothing can be said by second. */
  #take(): boolean {
    const [from, to] = [this.#last, this.#clock.now()];
    if (!(to > from)) return false;
    this.#last = to;
    this.#spans.push({ from, to, figures: this.#meter.lap((to - from) / 1000) });
    return true;
  }
}

export interface MachineWatch<Figures> {
  /** Ends the watch. Spans count from `origin`; none but by the first call. */
  stop(origin: number): readonly Span<Figures>[];
}

/** Looks each second, by a timer that keeps no process alive: it is late where the event loop is. */
export function watchSpans<Figures extends Partial<MachineFigures>>(
  meter: Meter<Figures>,
  clock: Clock,
): MachineWatch<Figures> {
  const recorder = new SpanRecorder(meter, clock);
  const timer = setInterval(() => recorder.look(), EVERY).unref();
  let stopped = false;
  return {
    stop(origin) {
      if (stopped) return [];
      stopped = true;
      clearInterval(timer);
      return recorder.end(origin);
    },
  };
}
