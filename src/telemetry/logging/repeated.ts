/** Milliseconds within which the same thing is said once. */
export const QUIET_MS = 10_000;

interface Said {
  at: number;
  /** Since it was last said. */
  count: number;
}

/**
 * Says what happens often at most every ten seconds, with how often it happened since it was last said: a thousand refusals a
 * second must not become a thousand lines. Keys come from a closed set.
 */
export class Repeated {
  readonly #now: () => number;
  readonly #say: (key: string, count: number) => void;
  readonly #known = new Map<string, Said>();

  constructor(now: () => number, say: (key: string, count: number) => void) {
    this.#now = now;
    this.#say = say;
  }

  happened(key: string): void {
    const now = this.#now();
    const said = this.#known.get(key);
    if (said === undefined) {
      this.#known.set(key, { at: now, count: 0 });
      this.#say(key, 1);
      return;
    }
    said.count += 1;
    if (now - said.at < QUIET_MS) return;
    this.#say(key, said.count);
    said.at = now;
    said.count = 0;
  }

  /** Says what has happened since it was last said. */
  end(): void {
    for (const [key, { count }] of this.#known) if (count > 0) this.#say(key, count);
    this.#known.clear();
  }
}
