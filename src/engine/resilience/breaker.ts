import {
  type CircuitBreakerPolicy,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhen,
  type IBackoff,
  type IBreaker,
} from 'cockatiel';
import type { Clock } from '../../kernel/clock.ts';
import { FailureRate } from './failure-rate.ts';
import type { BreakerOptions } from './options.ts';
import type { BreakerState } from './policy.ts';

export interface BreakerSetting {
  readonly options: BreakerOptions;
  readonly clock: Clock;
  readonly changed: (from: BreakerState, to: BreakerState) => void;
}

/** What a call's end means. */
export interface Verdicts {
  succeeded(): void;
  /** Gives whether the dependency is at fault. */
  failed(error: unknown): boolean;
}

/**
 * A circuit breaker on cockatiel's state machine, with what that leaves to its users: while a call tries whether the dependency is back,
 * others are refused rather than kept waiting for it, to come all at once; time is the engine's clock, so that no jump of the
 * calendar holds it open; a call from before a change of state has no say in the new one.
 */
export class CircuitBreaker {
  readonly #setting: BreakerSetting;
  readonly #policy: CircuitBreakerPolicy;
  #state: BreakerState = 'closed';
  #opensAt = 0;
  /** Counts the changes of state. */
  #era = 0;

  constructor(setting: BreakerSetting) {
    const { options, clock } = setting;
    this.#setting = setting;
    const counter: IBreaker =
      options.mode === 'rate' ? new FailureRate(options, clock) : new ConsecutiveBreaker(options.failures);
    const fresh = counter.state;
    this.#policy = circuitBreaker(
      handleWhen((error) => !(error instanceof Spared)),
      { halfOpenAfter: { next: () => this.#wait() }, breaker: counter },
    );
    this.#policy.onStateChange((state) => {
      if (state === CircuitState.Open) {
        this.#opensAt = clock.now() + options.resetSeconds * 1000;
        this.#become('open');
      } else if (state === CircuitState.Closed) {
        counter.state = fresh;
        this.#become('closed');
      }
    });
  }

  get state(): BreakerState {
    return this.#state;
  }

  /** Whether a call would be refused now. */
  get refuses(): boolean {
    return this.#state !== 'closed' && (this.#state === 'half-open' || !this.#isDue());
  }

  /** Milliseconds until a call is let through; undefined where the breaker is not open. */
  get opensInMs(): number | undefined {
    return this.#state === 'open' ? Math.max(0, this.#opensAt - this.#setting.clock.now()) : undefined;
  }

  /**
   * Calls `work` in this very turn. Only to be asked where it does not refuse. `probe`: this is the one call that tries
   * whether the dependency is back.
   */
  call<T>(work: (probe: boolean) => Promise<T>, verdicts: Verdicts): Promise<T> {
    const probe = this.#state === 'open';
    if (!this.#setting.options.enabled) return reported(work(false), verdicts);
    if (probe) this.#become('half-open');
    const era = this.#era;
    const attempt = (): Promise<T> =>
      work(probe).then(
        (value) => {
          verdicts.succeeded();
          return value;
        },
        (error) => {
          const counts = verdicts.failed(error);
          throw counts && era === this.#era ? error : new Spared(error);
        },
      );
    return this.#policy.execute(attempt).catch((error) => {
      throw error instanceof Spared ? error.error : error;
    });
  }

  #isDue(): boolean {
    return this.#setting.clock.now() >= this.#opensAt;
  }

  #become(state: BreakerState): void {
    if (state === this.#state) return;
    const from = this.#state;
    this.#state = state;
    this.#era += 1;
    this.#setting.changed(from, state);
  }

  /** cockatiel compares this with the time that the calendar says has passed: it is always more, or always less. */
  #wait(): IBackoff<unknown> {
    const isDue = (): boolean => this.#isDue();
    return {
      get duration() {
        return isDue() ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
      },
      next: () => this.#wait(),
    };
  }
}

/** A failure that is not the dependency's: the breaker takes it for an answer. */
class Spared {
  readonly error: unknown;

  constructor(error: unknown) {
    this.error = error;
  }
}

function reported<T>(call: Promise<T>, verdicts: Verdicts): Promise<T> {
  return call.then(
    (value) => {
      verdicts.succeeded();
      return value;
    },
    (error) => {
      verdicts.failed(error);
      throw error;
    },
  );
}
