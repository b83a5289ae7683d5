import type { ResilienceOptions } from './options.ts';

/**
 * A token bucket that keeps retries from multiplying load: each call brings `share` of a token, each retry takes a whole
 * one, and no more than `reserve` are saved up. Over n calls there are at most `reserve + share · n` retries.
 */
export class RetryBudget {
  readonly #share: number;
  readonly #reserve: number;
  #tokens: number;

  constructor({ share, reserve }: ResilienceOptions['retryBudget']) {
    this.#share = share;
    this.#reserve = reserve;
    this.#tokens = reserve;
  }

  /** A call was made, for the first time. */
  earn(): void {
    this.#tokens = Math.min(this.#reserve, this.#tokens + this.#share);
  }

  /** Takes a retry out of the budget; false where there is none. */
  spend(): boolean {
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
