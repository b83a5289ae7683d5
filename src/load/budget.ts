/** What a run may use up at most: requests, and money where answers tell what they cost. */
export class RunBudget {
  readonly #maxRequests: number;
  readonly #maxCostUsd: number;
  #requests = 0;
  #costUsd = 0;

  constructor(
    limits: { readonly maxRequests?: number | undefined; readonly maxCostUsd?: number | undefined } = {},
  ) {
    this.#maxRequests = limits.maxRequests ?? Number.POSITIVE_INFINITY;
    this.#maxCostUsd = limits.maxCostUsd ?? Number.POSITIVE_INFINITY;
  }

  get requestsLeft(): number {
    return Math.max(0, this.#maxRequests - this.#requests);
  }

  get watchesCost(): boolean {
    return Number.isFinite(this.#maxCostUsd);
  }

  get spentUsd(): number {
    return this.#costUsd;
  }

  /** Which limit is reached; null while the run may go on. */
  get exhaustedBy(): 'max-requests' | 'max-cost' | null {
    if (this.requestsLeft === 0) return 'max-requests';
    return this.#costUsd >= this.#maxCostUsd ? 'max-cost' : null;
  }

  spend(used: { readonly requests?: number; readonly costUsd?: number }): void {
    this.#requests += used.requests ?? 0;
    this.#costUsd += used.costUsd ?? 0;
  }
}
