import { LRUCache } from 'lru-cache';
import type { Clock } from '../../kernel/clock.ts';
import type { Cache } from '../ports.ts';

export interface MemoryCacheOptions {
  /** Entries kept, at most; the least recently used goes first. */
  readonly entries: number;
  /** Seconds for which an entry lives from when it was set; 0 is for ever. */
  readonly ttlSeconds: number;
  readonly clock: Clock;
}

interface Held<V> {
  readonly value: V;
  readonly expires: number;
}

/**
 * A cache in this process's memory. lru-cache keeps the order; expiry is ours, because it reads the injected clock.
 * An entry found expired counts as a miss, not as an eviction: evictions say that the cache is too small.
 */
export function createMemoryCache<V>({ entries, ttlSeconds, clock }: MemoryCacheOptions): Cache<V> {
  let hits = 0;
  let misses = 0;
  let evictions = 0;
  const held = new LRUCache<string, Held<V>>({
    max: entries,
    disposeAfter: (_value, _key, reason) => {
      if (reason === 'evict') evictions += 1;
    },
  });
  const lifetime = ttlSeconds * 1000;

  return {
    async get(key) {
      const found = held.get(key);
      if (found === undefined) {
        misses += 1;
        return undefined;
      }
      if (lifetime > 0 && clock.now() >= found.expires) {
        held.delete(key);
        misses += 1;
        return undefined;
      }
      hits += 1;
      return found.value;
    },
    async set(key, value) {
      held.set(key, { value, expires: lifetime > 0 ? clock.now() + lifetime : 0 });
    },
    async clear() {
      held.clear();
    },
    statistics: () => ({ entries: held.size, hits, misses, evictions }),
  };
}
