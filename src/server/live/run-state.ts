import type { ExperimentEvent } from '../../experiments/events.ts';
import type { LoadTick } from '../../load/events.ts';
import { LiveHistory, type LivePhase, type LivePoint } from './history.ts';

export interface Finish {
  /** Where the report was written. */
  readonly reportPath?: string;
  /** Of the SLO; left out where there was none to judge. */
  readonly verdict?: 'PASS' | 'FAIL' | 'INCONCLUSIVE';
  /** One line on how it came to that: "p95 312 ms, objective < 200 ms". */
  readonly detail?: string;
}

/** A part of the run that is no load phase: an index being built, questions being asked one by one. */
export interface LivePart {
  readonly name: string;
  readonly step: number | null;
  readonly steps: number | null;
  readonly done: number | null;
  readonly total: number | null;
  readonly unit: string | null;
}

/** All that a page needs that was opened just now. */
export interface Snapshot {
  readonly phases: readonly LivePhase[];
  readonly points: readonly LivePoint[];
  /** Null while a load phase runs. */
  readonly part: LivePart | null;
  /** What was noted last: how large the run will be. */
  readonly note: string | null;
  readonly warnings: readonly string[];
  readonly finish: Finish | null;
}

/** What is sent to the pages: the name of the event and its data. */
export type Message =
  | readonly ['snapshot', Snapshot]
  | readonly ['point', { readonly point: LivePoint; readonly phase: LivePhase | null }]
  | readonly ['part', LivePart]
  | readonly ['note', string]
  | readonly ['warning', string]
  | readonly ['finish', Finish];

type Progressed = Extract<ExperimentEvent, { type: 'part.progress' }>;

const MOST_WARNINGS = 100;
/** Parts count fast; four times a second is all that an eye can follow. */
const PART_EVERY_MS = 250;
/** Ticks that have not come for so long do not come any more. */
const TICKS_END_MS = 2000;

/** The run as the page knows it: takes the run's events, and tells what is new to whoever looks on. */
export class RunState {
  readonly #history = new LiveHistory();
  readonly #warnings: string[] = [];
  #part: LivePart | null = null;
  #partAt = Number.NEGATIVE_INFINITY;
  #tickAt = Number.NEGATIVE_INFINITY;
  #note: string | null = null;
  #finish: Finish | null = null;

  snapshot(): Snapshot {
    const { points, phases } = this.#history;
    return {
      phases,
      points,
      part: this.#part,
      note: this.#note,
      warnings: this.#warnings,
      finish: this.#finish,
    };
  }

  get isFinished(): boolean {
    return this.#finish !== null;
  }

  /** Takes an event that came `now` milliseconds after the run began; undefined where there is nothing new to show. */
  take(event: ExperimentEvent, now: number): Message | undefined {
    switch (event.type) {
      case 'load.tick':
        return this.#tick(event, now);
      case 'part.started': {
        const { name, step, steps } = event;
        this.#partAt = now;
        return this.#show({ name, step, steps, done: null, total: null, unit: null });
      }
      case 'part.progress':
        return this.#progress(event, now);
      case 'part.noted':
        this.#note = event.text;
        return ['note', event.text];
      case 'warning':
        return this.#warn(event.message);
      case 'part.finished':
        return undefined;
    }
  }

  #tick(tick: LoadTick, now: number): Message {
    this.#tickAt = now;
    this.#part = null;
    const { point, phase, thinned } = this.#history.add(tick, now);
    return thinned ? ['snapshot', this.snapshot()] : ['point', { point, phase: phase ?? null }];
  }

  #progress({ name, done, total, unit }: Progressed, now: number): Message | undefined {
    // While ticks come they tell more than how many seconds are over.
    if (unit === 'seconds' && now - this.#tickAt < TICKS_END_MS) return undefined;
    if (now - this.#partAt < PART_EVERY_MS) return undefined;
    this.#partAt = now;
    const { step = null, steps = null } = this.#part ?? {};
    return this.#show({ name, step, steps, done, total: total ?? null, unit });
  }

  finish(finish: Finish): Message {
    this.#finish = finish;
    this.#part = null;
    return ['finish', finish];
  }

  #show(part: LivePart): Message {
    this.#part = part;
    return ['part', part];
  }

  #warn(message: string): Message | undefined {
    if (this.#warnings.length >= MOST_WARNINGS) return undefined;
    this.#warnings.push(message);
    return ['warning', message];
  }
}
