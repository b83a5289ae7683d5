import { type Milliseconds, milliseconds } from './units.ts';

/**
 * The only source of time in the pure rooms and the engine. The real one is `system/clock.ts`; tests turn a
 * `ManualClock` by hand and never sleep.
 */
export interface Clock {
  /** Monotonic time, in milliseconds with a fraction. Its zero means nothing. */
  now(): Milliseconds;
  /** Wall-clock time, in whole milliseconds since 1970 (UTC). */
  epoch(): number;
  /** Resolves once `duration` has passed; rejects with the signal's reason when that aborts first. */
  sleep(duration: Milliseconds, signal?: AbortSignal): Promise<void>;
}

interface Sleeper {
  readonly due: number;
  readonly wake: () => void;
}

/** A clock that stands still until it is told to move: `advance` wakes every sleeper whose time has come, in order. */
export class ManualClock implements Clock {
  #now: number;
  readonly #epochOffset: number;
  #sleepers: Sleeper[] = [];

  constructor(start = 0, epochAtZero = Date.UTC(2026, 0, 1)) {
    this.#now = start;
    this.#epochOffset = epochAtZero;
  }

  now(): Milliseconds {
    return milliseconds(this.#now);
  }

  epoch(): number {
    return Math.floor(this.#epochOffset + this.#now);
  }

  sleep(duration: Milliseconds, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const onAbort = (): void => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        reject(signal?.reason);
      };
      const wake = (): void => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      };
      const sleeper: Sleeper = { due: this.#now + duration, wake };
      this.#sleepers.push(sleeper);
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  /** How many sleepers wait: lets a test know that the code under test has gone to sleep. */
  get sleeping(): number {
    return this.#sleepers.length;
  }

  /** When the next sleeper is due, or undefined when none waits. */
  get nextDue(): number | undefined {
    return this.#sleepers.reduce<number | undefined>(
      (next, { due }) => (next === undefined || due < next ? due : next),
      undefined,
    );
  }

  /** Moves time forward, waking sleepers at their due times and letting their continuations run in between. */
  async advance(duration: number): Promise<void> {
    const end = this.#now + duration;
    for (;;) {
      const next = this.nextDue;
      if (next === undefined || next > end) break;
      this.#now = Math.max(this.#now, next);
      const due = this.#sleepers.filter((sleeper) => sleeper.due <= this.#now);
      this.#sleepers = this.#sleepers.filter((sleeper) => sleeper.due > this.#now);
      for (const sleeper of due) sleeper.wake();
      await settle();
    }
    this.#now = end;
    await settle();
  }
}

/** Lets promise continuations that are ready run; forty turns cover the deepest await chain of one request. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 40; turn += 1) await Promise.resolve();
}
