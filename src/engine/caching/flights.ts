interface Flight<V> {
  readonly result: Promise<V>;
  readonly control: AbortController;
  /** Those who still wait for it. */
  waiting: number;
}

/**
 * Single flight: whoever asks for a key that is being computed waits for that computation. It goes on while anybody waits, and
 * is told to stop once the last has left. It is forgotten as it ends, so that a failure is never handed to a later asker.
 */
export class Flights<V> {
  readonly #flights = new Map<string, Flight<V>>();
  #ended = 0;

  /** How many have ended so far: tells whoever looked elsewhere meanwhile to look again. */
  get ended(): number {
    return this.#ended;
  }

  has(key: string): boolean {
    return this.#flights.has(key);
  }

  /** Rejects with the signal's reason once that aborts, whatever the flight does. */
  async join(
    key: string,
    compute: (signal: AbortSignal) => Promise<V>,
    signal: AbortSignal | undefined,
  ): Promise<V> {
    signal?.throwIfAborted();
    const flight = this.#flights.get(key) ?? this.#start(key, compute);
    flight.waiting += 1;
    try {
      return await (signal === undefined ? flight.result : unlessAborted(flight.result, signal));
    } finally {
      flight.waiting -= 1;
      if (flight.waiting === 0) this.#abandon(key, flight);
    }
  }

  /** Tells every computation to stop. */
  close(reason: unknown): void {
    for (const { control } of this.#flights.values()) control.abort(reason);
  }

  #start(key: string, compute: (signal: AbortSignal) => Promise<V>): Flight<V> {
    const control = new AbortController();
    const result = compute(control.signal).finally(() => {
      this.#ended += 1;
      if (this.#flights.get(key)?.control === control) this.#flights.delete(key);
    });
    const flight: Flight<V> = { result, control, waiting: 0 };
    this.#flights.set(key, flight);
    result.catch(() => undefined);
    return flight;
  }

  /** Whoever asks from now on starts anew: the one that was left is stopping. */
  #abandon(key: string, flight: Flight<V>): void {
    if (this.#flights.get(key) !== flight) return;
    this.#flights.delete(key);
    flight.control.abort();
  }
}

function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const leave = (): void => reject(signal.reason);
    signal.addEventListener('abort', leave, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
  });
}
