import type { Clock } from '../../kernel/clock.ts';
import type { Cache } from '../ports.ts';
import type { MemoryCache } from './memory-cache.ts';

export interface FallbackOptions<V> {
  /** The shared cache, which may be away. */
  readonly primary: Cache<V>;
  /** What stands in meanwhile. */
  readonly memory: MemoryCache<V>;
  readonly clock: Clock;
}

/** Milliseconds for which a cache that failed is left alone; then one call tries it. */
const REST_MS = 1000;

/**
 * A shared cache, and this process's memory while that is away. No call here rejects. What was kept in memory meanwhile moves to the shared
 * cache as it is asked for once that is back; a `clear` that it missed is done before it is read again.
 */
export function createFallbackCache<V>({ primary, memory, clock }: FallbackOptions<V>): Cache<V> {
  let restsUntil = Number.NEGATIVE_INFINITY;
  let away = false;
  let uncleared = false;
  let hits = 0;
  let misses = 0;

  /** Undefined where the shared cache is not to be had. */
  async function asked<T>(work: () => Promise<T>): Promise<{ readonly result: T } | undefined> {
    if (away) {
      if (clock.now() < restsUntil) return undefined;
      restsUntil = clock.now() + REST_MS; // the others go on without it while this call tries
    }
    try {
      if (uncleared) await primary.clear();
      uncleared = false;
      const result = await work();
      away = false;
      return { result };
    } catch {
      away = true;
      restsUntil = clock.now() + REST_MS;
      return undefined;
    }
  }

  async function moved(key: string, value: V, query: number | undefined): Promise<void> {
    if ((await asked(() => primary.set(key, value, query))) !== undefined) memory.delete(key);
  }

  return {
    async get(key, query) {
      const shared = await asked(() => primary.get(key, query));
      let value = shared?.result;
      if (value === undefined && (shared === undefined || memory.statistics().entries > 0)) {
        value = await memory.get(key);
        if (value !== undefined && shared !== undefined) await moved(key, value, query);
      }
      if (value === undefined) misses += 1;
      else hits += 1;
      return value;
    },
    async set(key, value, query) {
      if ((await asked(() => primary.set(key, value, query))) === undefined) await memory.set(key, value);
      else memory.delete(key);
    },
    async clear() {
      await memory.clear();
      uncleared = true;
      await asked(async () => undefined);
    },
    statistics() {
      const held = memory.statistics();
      const shared = away ? undefined : primary.statistics();
      return {
        entries: held.entries + (shared?.entries ?? 0),
        commonEntries: shared?.commonEntries ?? 0,
        bytes: held.bytes + (shared?.bytes ?? 0),
        hits,
        misses,
        evictions: held.evictions + primary.statistics().evictions,
      };
    },
  };
}
