import type { TokenUsage } from '../../engine/ports.ts';

export interface Price {
  /** US dollars per million tokens. */
  readonly input: number;
  readonly output: number;
}

/**
 * What calls to a model cost, and whether another may be made. Each call reserves the most that it can cost before it is
 * sent, so that a ceiling holds whatever is in flight.
 */
export class Budget {
  readonly #price: Price | undefined;
  readonly #ceiling: number;
  #spent = 0;
  #reserved = 0;
  #usage: TokenUsage = { inputTokens: 0, outputTokens: 0 };
  #waiting: (() => void)[] = [];

  /** `ceiling`: US dollars; without a price nothing can be held to it. */
  constructor(price: Price | undefined, ceiling: number | undefined) {
    this.#price = price;
    this.#ceiling = ceiling ?? Number.POSITIVE_INFINITY;
  }

  get usage(): TokenUsage {
    return this.#usage;
  }

  /** US dollars; null where the price of the model is not known. */
  get spentUsd(): number | null {
    return this.#price === undefined ? null : this.#spent;
  }

  /** Resolves to what was reserved, once it is free; undefined where the ceiling is too near for such a call. */
  async reserve(most: TokenUsage): Promise<number | undefined> {
    const cost = this.#costOf(most);
    while (this.#spent + this.#reserved + cost > this.#ceiling) {
      if (this.#reserved === 0) return undefined;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#reserved += cost;
    return cost;
  }

  /** A call is over; `usage` is undefined where it cost nothing. */
  settle(reserved: number, usage: TokenUsage | undefined): void {
    this.#reserved = Math.max(0, this.#reserved - reserved);
    // Floating point leaves crumbs, and a crumb would be waited for.
    if (this.#reserved < 1e-12) this.#reserved = 0;
    if (usage !== undefined) {
      this.#spent += this.#costOf(usage);
      this.#usage = {
        inputTokens: this.#usage.inputTokens + usage.inputTokens,
        outputTokens: this.#usage.outputTokens + usage.outputTokens,
      };
    }
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }

  #costOf({ inputTokens, outputTokens }: TokenUsage): number {
    const { input, output } = this.#price ?? { input: 0, output: 0 };
    return (inputTokens * input + outputTokens * output) / 1_000_000;
  }
}
