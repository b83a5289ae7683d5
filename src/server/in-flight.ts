import type { Clock } from '../kernel/clock.ts';
import { milliseconds } from '../kernel/units.ts';

/** Counts work that is under way, so that a service which goes down can wait for it. */
export class InFlight {
  #count = 0;
  #idle: (() => void)[] = [];

  get count(): number {
    return this.#count;
  }

  /** What comes back ends it; calling that again does nothing. */
  begin(): () => void {
    this.#count += 1;
    let over = false;
    return () => {
      if (over) return;
      over = true;
      this.#count -= 1;
      if (this.#count > 0) return;
      for (const wake of this.#idle.splice(0)) wake();
    };
  }

  /** Resolves once nothing is under way, to true; to false when that takes longer than the time given. */
  async drained(withinMs: number, clock: Clock): Promise<boolean> {
    if (this.#count === 0) return true;
    const waking = new AbortController();
    const idle = new Promise<boolean>((resolve) => this.#idle.push(() => resolve(true)));
    const late = clock.sleep(milliseconds(withinMs), waking.signal).then(
      () => false,
      () => true, // idle came first
    );
    try {
      return await Promise.race([idle, late]);
    } finally {
      waking.abort();
    }
  }
}
