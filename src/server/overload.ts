export interface QueueAge {
  /** What the head of a queue may have waited, in milliseconds, without anything being wrong. */
  readonly targetMs: number;
  /** For so long it must have been older, without a break. */
  readonly intervalMs: number;
}

/**
 * Tells a burst, which a queue is there to take up, from an overload, in which a queue only makes everybody late (after
 * Nichols and Jacobson, "Controlling Queue Delay", 2012): the head of the queue has been older than the target for a whole interval.
 * An overload is over once nobody had to be refused for an interval: that the queue is short again is no sign, for who is refused
 * is not in it.
 */
export class Overload {
  readonly #age: QueueAge;
  /** Since when the head has been older than the target. */
  #aboveSince: number | undefined;
  /** When somebody was refused last, or the overload began; undefined without one. */
  #shedAt: number | undefined;

  constructor(age: QueueAge) {
    this.#age = age;
  }

  /**
   * To be told whenever somebody comes or goes. Times are on one clock; `headSince` is when the head of the queue came, undefined where
   * nobody waits. Gives whether there is an overload now.
   */
  watch(now: number, headSince: number | undefined): boolean {
    const { targetMs, intervalMs } = this.#age;
    if (headSince === undefined || now - headSince <= targetMs) {
      this.#aboveSince = undefined;
      if (this.#shedAt !== undefined && now - this.#shedAt >= intervalMs) this.#shedAt = undefined;
    } else {
      this.#aboveSince ??= headSince + targetMs;
      if (now - this.#aboveSince >= intervalMs) this.#shedAt ??= now;
    }
    return this.#shedAt !== undefined;
  }

  /** Somebody is refused for it. */
  shed(now: number): void {
    this.#shedAt = now;
  }
}
