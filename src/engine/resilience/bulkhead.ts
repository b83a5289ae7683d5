import { type BulkheadPolicy, BulkheadRejectedError, bulkhead } from 'cockatiel';
import type { BulkheadOptions } from './options.ts';

/** So many calls at once, so many wait; the next is refused. */
export class Bulkhead {
  readonly #policy: BulkheadPolicy;

  constructor({ concurrent, queued }: BulkheadOptions) {
    this.#policy = bulkhead(concurrent, queued);
  }

  /** Whether the next call begins at once. */
  get hasRoom(): boolean {
    return this.#policy.executionSlots > 0;
  }

  /** Calls that wait are begun in their order; `refusal` is what a call fails with for which there is not even room to wait. */
  call<T>(work: () => Promise<T>, refusal: () => Error): Promise<T> {
    if (this.hasRoom) return this.#policy.execute(work);
    return this.#policy.execute(work).catch((error) => {
      throw error instanceof BulkheadRejectedError ? refusal() : error;
    });
  }
}
