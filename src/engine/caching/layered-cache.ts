import type { Clock } from '../../kernel/clock.ts';
import { GroundspeedError } from '../../kernel/errors.ts';
import type { Cache, CacheStatistics } from '../ports.ts';
import { Flights } from './flights.ts';

/** A value as it lies in a cache. */
export interface Kept<V> {
  readonly value: V;
  /** Epoch milliseconds. */
  readonly storedAt: number;
  /** US dollars that computing it took, and that each hit spares. */
  readonly costUsd: number;
}

/**
 * `hit`: within its lifetime. `stale`: past it by `staleSeconds` at most. `expired`: older, in a cache that another process bounds
 * otherwise; good for nothing but a degraded answer.
 */
export type Freshness = 'hit' | 'stale' | 'expired';

export interface Found<V> {
  readonly value: V;
  readonly state: Freshness;
  readonly ageSeconds: number;
  readonly costUsd: number;
}

/** What could be handed out at once. */
export interface Reached<V> {
  readonly value: V;
  readonly state: 'hit' | 'stale';
  readonly ageSeconds: number;
}

export interface Passed<V> {
  readonly value: V;
  readonly state: 'hit' | 'stale' | 'miss';
  /** A miss that somebody else's computation answered. */
  readonly shared: boolean;
  /** 0 for a miss. */
  readonly ageSeconds: number;
}

/**
 * Makes a value anew. The signal aborts when nobody waits any more; `background`: nobody waits at all, a stale value has been
 * handed out.
 */
export type Compute<V> = (signal: AbortSignal, background: boolean) => Promise<V>;

/** How long somebody waits for another's computation. */
export interface Patience {
  /** Aborts when he leaves or his time is up: he is rejected with its reason. */
  readonly signal: AbortSignal | undefined;
  /** Called once he waits no more. */
  end(): void;
}

export interface PassOptions<V> {
  /** Number of the question that asks. */
  readonly query?: number | undefined;
  /** The asker's: whoever leaves is rejected with its reason, and the computation goes on while others wait for it. */
  readonly signal?: AbortSignal | undefined;
  /** Of one who waits for somebody else's computation, which knows nothing of his time. By default `signal` alone counts. */
  readonly patience?: () => Patience;
  /** US dollars that computing the value took. */
  readonly costUsd?: (value: V) => number;
  /** False for a value that only those get who wait for it now. By default all are kept. */
  readonly keep?: (value: V) => boolean;
  /**
   * Whether a computation failed for a reason of whoever started it (left, out of time), so that the others who waited compute anew,
   * together, once. By default where it was withdrawn.
   */
  readonly ownFailure?: (error: unknown) => boolean;
}

export interface LayerStatistics extends CacheStatistics {
  /** Values served past their lifetime. */
  readonly stale: number;
  /** Misses that somebody else's computation answered; not among `misses`. */
  readonly shared: number;
  /** Calls of the cache behind that failed, and values that could not be made anew in the background. */
  readonly failures: number;
  /** US dollars that hits, stale and shared values spared. */
  readonly savedUsd: number;
}

export interface LayerOptions<V> {
  readonly cache: Cache<Kept<V>>;
  readonly clock: Clock;
  /** Seconds for which a value is fresh; 0 is for ever. */
  readonly ttlSeconds: number;
  /** Seconds after that for which it is served all the same, while a new one is made. */
  readonly staleSeconds: number;
  /** Lets go of whatever the cache holds open. */
  readonly close?: () => Promise<void>;
}

/**
 * One layer of caching before a `Cache`: freshness, single flight, stale-while-revalidate, and what it saves. A cache that fails is
 * a cache that holds nothing: no call here rejects because of it.
 */
export class LayeredCache<V> {
  readonly #options: LayerOptions<V>;
  readonly #flights = new Flights<V>();
  readonly #closing = new AbortController();
  #hits = 0;
  #stale = 0;
  #misses = 0;
  #shared = 0;
  #failures = 0;
  #savedUsd = 0;

  constructor(options: LayerOptions<V>) {
    this.#options = options;
  }

  /** A fresh value, or nothing. */
  async get(key: string): Promise<V | undefined> {
    return (await this.reach(key))?.value;
  }

  /** What is there, fresh or, where it can be made anew in the background, stale. */
  async reach(
    key: string,
    compute?: Compute<V>,
    options: PassOptions<V> = {},
  ): Promise<Reached<V> | undefined> {
    const found = await this.#read(key, options.query);
    const reached = this.#reached(key, found, compute, options);
    if (reached === undefined) this.#misses += 1;
    return reached;
  }

  /** Makes what `reach` has not found: once for all who do so at the same time. */
  async make(key: string, compute: Compute<V>, options: PassOptions<V> = {}): Promise<Passed<V>> {
    this.#misses -= 1; // it is counted again, or as shared
    return this.#compute(key, compute, options);
  }

  async set(
    key: string,
    value: V,
    { costUsd = 0, query }: { readonly costUsd?: number; readonly query?: number | undefined } = {},
  ): Promise<void> {
    const { cache, clock } = this.#options;
    try {
      await cache.set(key, { value, storedAt: clock.epoch(), costUsd }, query);
    } catch {
      this.#failures += 1;
    }
  }

  /** Whatever is there, however old. Counts as no request. */
  look(key: string): Promise<Found<V> | undefined> {
    return this.#read(key, undefined);
  }

  /**
   * The value under `key`, or what `compute` makes of it: once for all who ask at the same time, and in the background where there
   * is a stale one to hand out.
   */
  async through(key: string, compute: Compute<V>, options: PassOptions<V> = {}): Promise<Passed<V>> {
    const { signal, query } = options;
    signal?.throwIfAborted();
    const found = await this.#lookUp(key, query);
    signal?.throwIfAborted();
    const reached = this.#reached(key, found, compute, options);
    if (reached === undefined) return this.#compute(key, compute, options);
    const { value, state, ageSeconds } = reached;
    return { value, state, shared: false, ageSeconds };
  }

  async clear(): Promise<void> {
    try {
      await this.#options.cache.clear();
    } catch {
      this.#failures += 1;
    }
  }

  /** Stops what is being computed, and lets go of the cache. */
  async close(): Promise<void> {
    const reason = new GroundspeedError('engine.closed', 'The engine has been closed');
    this.#closing.abort(reason);
    this.#flights.close(reason);
    await this.#options.close?.();
  }

  statistics(): LayerStatistics {
    const { entries, commonEntries = 0, bytes, evictions } = this.#options.cache.statistics();
    return {
      entries,
      commonEntries,
      bytes,
      hits: this.#hits,
      stale: this.#stale,
      misses: this.#misses,
      shared: this.#shared,
      evictions,
      failures: this.#failures,
      savedUsd: this.#savedUsd,
    };
  }

  /** Looks again where a computation ended meanwhile: it may have been this very one, stored just after the look. */
  async #lookUp(key: string, query: number | undefined): Promise<Found<V> | undefined> {
    for (;;) {
      const { ended } = this.#flights;
      const found = await this.#read(key, query);
      if (found !== undefined || ended === this.#flights.ended) return found;
    }
  }

  async #read(key: string, query: number | undefined): Promise<Found<V> | undefined> {
    const { cache, clock, ttlSeconds, staleSeconds } = this.#options;
    let kept: Kept<V> | undefined;
    try {
      kept = await cache.get(key, query);
    } catch {
      this.#failures += 1;
    }
    if (kept === undefined) return undefined;
    const { value, storedAt, costUsd } = kept;
    const ageSeconds = Math.max(0, (clock.epoch() - storedAt) / 1000);
    const fresh = ttlSeconds === 0 || ageSeconds < ttlSeconds;
    const state = fresh ? 'hit' : ageSeconds < ttlSeconds + staleSeconds ? 'stale' : 'expired';
    return { value, state, ageSeconds, costUsd };
  }

  #reached(
    key: string,
    found: Found<V> | undefined,
    compute: Compute<V> | undefined,
    options: PassOptions<V>,
  ): Reached<V> | undefined {
    if (found === undefined) return undefined;
    const { value, state, ageSeconds, costUsd } = found;
    if (state === 'expired' || (state === 'stale' && compute === undefined)) return undefined;
    this.#savedUsd += costUsd;
    if (state === 'hit') this.#hits += 1;
    else {
      this.#stale += 1;
      this.#refresh(key, compute!, options);
    }
    return { value, state, ageSeconds };
  }

  async #compute(key: string, compute: Compute<V>, options: PassOptions<V>): Promise<Passed<V>> {
    const { signal, costUsd, ownFailure = wasWithdrawn } = options;
    for (let again = false; ; again = true) {
      const shared = this.#flights.has(key);
      const patience = shared ? options.patience?.() : undefined;
      const leaves = patience === undefined ? signal : patience.signal;
      try {
        const value = await this.#flights.join(key, this.#kept(key, compute, options), leaves);
        if (shared) {
          this.#shared += 1;
          this.#savedUsd += costUsd?.(value) ?? 0;
        } else {
          this.#misses += 1;
        }
        return { value, state: 'miss', shared, ageSeconds: 0 };
      } catch (error) {
        const anew =
          shared && !again && !leaves?.aborted && !this.#closing.signal.aborted && ownFailure(error);
        if (anew) continue;
        if (!shared) this.#misses += 1;
        throw error;
      } finally {
        patience?.end();
      }
    }
  }

  #kept(
    key: string,
    compute: Compute<V>,
    { costUsd, keep, query }: PassOptions<V>,
    background = false,
  ): (signal: AbortSignal) => Promise<V> {
    return async (signal) => {
      const value = await compute(signal, background);
      if (!signal.aborted && (keep === undefined || keep(value))) {
        await this.set(key, value, { costUsd: costUsd?.(value) ?? 0, query });
      }
      return value;
    };
  }

  #refresh(key: string, compute: Compute<V>, options: PassOptions<V>): void {
    if (this.#closing.signal.aborted || this.#flights.has(key)) return;
    this.#flights.join(key, this.#kept(key, compute, options, true), undefined).catch(() => {
      this.#failures += 1;
    });
  }
}

function wasWithdrawn(error: unknown): boolean {
  return error instanceof GroundspeedError && error.code === 'query.aborted';
}
