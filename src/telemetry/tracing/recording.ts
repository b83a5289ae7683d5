import type { Clock } from '../../kernel/clock.ts';
import type { QueryTrace } from './query-trace.ts';
import { type Calendar, calendarAt } from './write-spans.ts';

type Step = (trace: QueryTrace) => void;

/** What was told of one question, and when: times on the engine's clock. */
export interface Recorded {
  readonly start: number;
  readonly end: number;
  readonly steps: readonly { readonly at: number; readonly step: Step }[];
  readonly calendar: Calendar;
}

/** Keeps what is told of a sampled question while that is under way, and does nothing else: the question is being timed. */
export class Recording {
  readonly #start: number;
  readonly #clock: Clock;
  readonly #calendar: Calendar;
  readonly #ended: (recorded: Recorded) => void;
  readonly #steps: { readonly at: number; readonly step: Step }[] = [];

  constructor(start: number, clock: Clock, ended: (recorded: Recorded) => void) {
    this.#start = start;
    this.#clock = clock;
    this.#calendar = calendarAt(clock.now(), clock.epoch());
    this.#ended = ended;
  }

  keep(step: Step): void {
    this.#steps.push({ at: this.#clock.now(), step });
  }

  end(): void {
    this.#ended({
      start: this.#start,
      end: this.#clock.now(),
      steps: this.#steps,
      calendar: this.#calendar,
    });
  }
}
