import type { Clock } from '../../kernel/clock.ts';
import { messageOf } from '../../kernel/errors.ts';
import { withoutSecrets } from '../service-error.ts';
import type { CircuitBreaker } from './breaker.ts';
import type { Dependency } from './options.ts';
import type { DependencyHealth } from './policy.ts';

/** Weight of the latest call in the mean time of a call: the mean looks back on some twenty calls. */
const WEIGHT = 0.1;
/** One bit for each of the latest calls. */
const LATEST = 0xf_ffff;

/** What is known of a dependency from the calls to it. */
export class CallFigures {
  readonly #clock: Clock;
  #meanMs: number | null = null;
  #calls = 0;
  #errors = 0;
  #retries = 0;
  /** On the clock. */
  #lastCall: number | null = null;
  #lastError: unknown;
  #failed = false;
  /** The latest calls as bits: 1 is a failure. */
  #latest = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What a call takes that is answered, on average, in milliseconds; null before the first. */
  get meanMs(): number | null {
    return this.#meanMs;
  }

  began(now: number, again: boolean): void {
    this.#calls += 1;
    if (again) this.#retries += 1;
    this.#lastCall = now;
  }

  succeeded(durationMs: number): void {
    this.#meanMs = this.#meanMs === null ? durationMs : this.#meanMs + WEIGHT * (durationMs - this.#meanMs);
    this.#latest = (this.#latest << 1) & LATEST;
  }

  failed(error: unknown): void {
    this.#errors += 1;
    this.#lastError = error;
    this.#failed = true;
    this.#latest = ((this.#latest << 1) | 1) & LATEST;
  }

  health(dependency: Dependency, breaker?: Pick<CircuitBreaker, 'state' | 'opensInMs'>): DependencyHealth {
    const { state = 'closed', opensInMs } = breaker ?? {};
    const wavering = state === 'half-open' || this.#latest !== 0;
    return {
      dependency,
      status: state === 'open' ? 'unhealthy' : wavering ? 'degraded' : 'healthy',
      breaker: state,
      responseTimeMs: this.#meanMs,
      calls: this.#calls,
      errors: this.#errors,
      retries: this.#retries,
      lastCallAt:
        this.#lastCall === null
          ? null
          : Math.floor(this.#clock.epoch() - (this.#clock.now() - this.#lastCall)),
      lastError: this.#failed ? withoutSecrets(messageOf(this.#lastError)) : null,
      opensInSeconds: opensInMs === undefined ? null : opensInMs / 1000,
    };
  }
}
