interface Appointment {
  readonly at: number;
  readonly action: () => void;
}

/** Timers are kept to whole milliseconds, and may be one late: from here on the clock is watched. */
const WATCHED_MS = 1.5;

/**
 * Calls back at moments of `performance.now()`, to within some hundredths of a millisecond where the process has a core to
 * itself: a server whose answers came as late as timers do would not keep its own law.
 */
export class PunctualTimer {
  /** Ascending. */
  readonly #waiting: Appointment[] = [];
  #timer: NodeJS.Timeout | undefined;
  #watching = false;

  at(moment: number, action: () => void): void {
    let place = this.#waiting.length;
    while (place > 0 && this.#waiting[place - 1]!.at > moment) place -= 1;
    this.#waiting.splice(place, 0, { at: moment, action });
    if (place === 0) this.#arm();
  }

  /** Forgets every appointment. */
  close(): void {
    this.#waiting.length = 0;
    clearTimeout(this.#timer);
  }

  #arm(): void {
    if (this.#watching) return;
    clearTimeout(this.#timer);
    const [next] = this.#waiting;
    if (next === undefined) return;
    const delay = next.at - performance.now() - WATCHED_MS;
    if (delay >= 1) {
      this.#timer = setTimeout(() => this.#arm(), delay);
    } else {
      this.#watching = true;
      this.#watch();
    }
  }

  #watch(): void {
    while (this.#waiting.length > 0 && this.#waiting[0]!.at <= performance.now()) {
      this.#waiting.shift()!.action();
    }
    const [next] = this.#waiting;
    if (next !== undefined && next.at - performance.now() < WATCHED_MS + 1) {
      setImmediate(() => this.#watch());
      return;
    }
    this.#watching = false;
    this.#arm();
  }
}
