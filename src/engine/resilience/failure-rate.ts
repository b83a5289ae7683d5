import type { IBreaker } from 'cockatiel';
import type { Clock } from '../../kernel/clock.ts';
import type { BreakerOptions } from './options.ts';

/** Parts into which the window is cut: what is looked back on is exact to a part. */
const PARTS = 10;

/** Fails once enough of the latest calls have failed: at least `rate` of at least `leastCalls` within the window. */
export class FailureRate implements IBreaker {
  readonly #options: Pick<BreakerOptions, 'rate' | 'leastCalls'>;
  readonly #clock: Clock;
  readonly #partMs: number;
  /** By part of time; those before the window are dropped. */
  #parts: { readonly index: number; calls: number; failures: number }[] = [];

  constructor(options: Pick<BreakerOptions, 'rate' | 'leastCalls' | 'windowSeconds'>, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
    this.#partMs = (options.windowSeconds * 1000) / PARTS;
  }

  /** Nothing of it is worth carrying over: setting it forgets all calls. */
  get state(): unknown {
    return undefined;
  }

  set state(_: unknown) {
    this.#parts = [];
  }

  success(): void {
    this.#now().calls += 1;
  }

  failure(): boolean {
    const now = this.#now();
    now.calls += 1;
    now.failures += 1;
    let calls = 0;
    let failures = 0;
    for (const part of this.#parts) {
      calls += part.calls;
      failures += part.failures;
    }
    return calls >= this.#options.leastCalls && failures >= this.#options.rate * calls;
  }

  #now(): { calls: number; failures: number } {
    const index = Math.floor(this.#clock.now() / this.#partMs);
    const last = this.#parts.at(-1);
    if (last?.index === index) return last;
    const part = { index, calls: 0, failures: 0 };
    this.#parts = [...this.#parts.filter((other) => other.index > index - PARTS), part];
    return part;
  }
}
