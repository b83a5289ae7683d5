import { LRUCache } from 'lru-cache';
import type { Clock } from '../../kernel/clock.ts';
import type { Cache } from '../ports.ts';
import { sizeOf, sizeOfText } from './size.ts';

export interface MemoryCacheOptions {
  /** Entries kept, at most; the least recently used goes first. */
  readonly entries: number;
  /** Bytes kept, at most, keys and all; a value that is larger by itself is not kept. Unbounded when left out. */
  readonly maxBytes?: number;
  /** Seconds for which an entry lives from when it was set; 0 is for ever. */
  readonly ttlSeconds: number;
  readonly clock: Clock;
}

export interface MemoryCache<V> extends Cache<V> {
  delete(key: string): void;
}

interface Held<V> {
  readonly value: V;
  readonly expires: number;
}

/** What an entry takes beside its key and value: the holder, its expiry, its places in the map and in the order. */
const ENTRY_BYTES = 160;

/**
 * A cache in this process's memory. lru-cache keeps the order; expiry is ours, because it reads the injected clock.
 * An entry found expired counts as a miss, not as an eviction: evictions say that the cache is too small.
 */
export function createMemoryCache<V>(options: MemoryCacheOptions): MemoryCache<V> {
  const { entries, maxBytes = Number.MAX_SAFE_INTEGER, ttlSeconds, clock } = options;
  let hits = 0;
  let misses = 0;
  let evictions = 0;
  const held = new LRUCache<string, Held<V>>({
    max: entries,
    maxSize: maxBytes,
    sizeCalculation: ({ value }, key) => ENTRY_BYTES + sizeOfText(key) + sizeOf(value),
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
    delete: (key) => void held.delete(key),
    statistics: () => ({ entries: held.size, bytes: held.calculatedSize, hits, misses, evictions }),
  };
}
