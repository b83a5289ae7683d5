import type { Clock } from '../../kernel/clock.ts';
import { GroundspeedError, messageOf } from '../../kernel/errors.ts';
import type { Detail } from './component.ts';

/** What a check found: small facts for the response. It throws where what it checks doesn't work. */
export type HealthCheck = () => Promise<Readonly<Record<string, Exclude<Detail, boolean>>>>;

/** How a check ended last. */
export interface CheckEnd {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly tookMs: number;
  readonly facts: Awaited<ReturnType<HealthCheck>>;
  /** Undefined where what it checks works. */
  readonly failure: { readonly code: string; readonly message: string } | undefined;
}

/**
 * The same check for many who ask: one at a time, and its result good for a while. Whoever polls a health page must not run
 * up a bill at a model's provider, nor take the engine's time.
 */
export class StandingCheck {
  readonly #check: HealthCheck;
  readonly #forMs: number;
  readonly #clock: Clock;
  #last: { readonly at: number; readonly result: ReturnType<HealthCheck> } | undefined;
  #runningSince: number | undefined;
  /** Undefined before the first end. */
  end: CheckEnd | undefined;
  runs = 0;
  errors = 0;

  constructor(check: HealthCheck, { forMs, clock }: { readonly forMs: number; readonly clock: Clock }) {
    this.#check = check;
    this.#forMs = forMs;
    this.#clock = clock;
  }

  /** For how long it has been running, in milliseconds; 0 where it does not. */
  get runningMs(): number {
    return this.#runningSince === undefined ? 0 : this.#clock.now() - this.#runningSince;
  }

  run(): ReturnType<HealthCheck> {
    const now = this.#clock.now();
    const isRunning = this.#runningSince !== undefined;
    if (this.#last === undefined || (!isRunning && now - this.#last.at >= this.#forMs)) {
      this.#last = { at: now, result: this.#started(now) };
    }
    return this.#last.result;
  }

  async #started(start: number): ReturnType<HealthCheck> {
    this.#runningSince = start;
    let facts: CheckEnd['facts'] = {};
    let failure: CheckEnd['failure'];
    try {
      facts = await this.#check();
      return facts;
    } catch (error) {
      const code = error instanceof GroundspeedError ? error.code : 'internal.bug';
      failure = { code, message: messageOf(error) };
      this.errors += 1;
      throw error;
    } finally {
      this.runs += 1;
      this.#runningSince = undefined;
      const tookMs = this.#clock.now() - start;
      this.end = { at: this.#clock.epoch(), tookMs, facts, failure };
    }
  }
}
