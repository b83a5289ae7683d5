/** So many of the latest are looked at: enough for a mean, and not older than the load. */
const LATEST = 64;

/** How long places were held of late, in milliseconds. */
export class HoldTimes {
  readonly #latest: number[] = [];
  #count = 0;

  /** Of the latest 64; 0 before the first. */
  get meanMs(): number {
    return this.#latest.reduce((sum, ms) => sum + ms, 0) / Math.max(1, this.#latest.length);
  }

  /** The shortest of them: nothing can be expected to be done sooner. 0 before the first. */
  get leastMs(): number {
    return this.#count === 0 ? 0 : Math.min(...this.#latest);
  }

  add(ms: number): void {
    this.#latest[this.#count % LATEST] = ms;
    this.#count += 1;
  }
}
