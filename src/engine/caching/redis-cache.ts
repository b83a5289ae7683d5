import type { Clock } from '../../kernel/clock.ts';
import { sha256 } from '../../kernel/digest.ts';
import type { Cache } from '../ports.ts';
import type { RedisConnection } from './redis-connection.ts';
import { decodeValue, encodeValue } from './value-format.ts';

export interface RedisCacheOptions {
  readonly connection: RedisConnection;
  /** Names what it holds; caches of one name share everything. */
  readonly name: string;
  /** Entries kept, at most, whoever has set them; the least recently used goes first. */
  readonly entries: number;
  /** Bytes kept, at most, as they lie in Redis. */
  readonly maxBytes?: number;
  readonly ttlSeconds: number;
  /** Its wall clock says when a value is over; Redis's own removes it in any case. */
  readonly clock: Clock;
}

/** Part of every name: another one where the layout changes, so that versions side by side don't read each other's. */
const LAYOUT = 1;
/** The name of a value and its digest in two tables, as Redis holds them. */
const ENTRY_BYTES = 330;
const DIGEST = 32;

/**
 * A cache in Redis that several processes share: bounds, entries and bytes are those of all of them, as of the last command;
 * hits, misses and evictions are this process's, so that those of several add up. Keys are hashed: no question stands in a
 * name.
 */
export function createRedisCache<V>(options: RedisCacheOptions): Cache<V> {
  const { connection, entries, maxBytes = Number.MAX_SAFE_INTEGER, ttlSeconds, clock } = options;
  const prefix = `groundspeed:${LAYOUT}:{${options.name}}`;
  const lifetime = Math.ceil(ttlSeconds * 1000);
  const known = { entries: 0, bytes: 0 };
  let evictions = 0;
  let hits = 0;
  let misses = 0;
  const digest = (key: string): string => sha256(key).slice(0, DIGEST);
  const learn = ([held, bytes]: readonly unknown[]): void => {
    known.entries = Number(held);
    known.bytes = Number(bytes);
  };

  return {
    async get(key) {
      const [bytes, ...state] = await connection.run('get', prefix, [digest(key)]);
      learn(state);
      const found = bytes instanceof Buffer ? decodeValue(bytes, clock.epoch()) : undefined;
      if (found === undefined) {
        misses += 1;
        if (bytes instanceof Buffer) learn(await connection.run('forget', prefix, [digest(key)]));
        return undefined;
      }
      hits += 1;
      return found.value as V;
    },
    async set(key, value) {
      const bytes = encodeValue(value, lifetime > 0 ? clock.epoch() + lifetime : 0);
      const parts = [digest(key), bytes, lifetime, entries, maxBytes, ENTRY_BYTES];
      const state = await connection.run('set', prefix, parts);
      learn(state);
      evictions += Number(state[2]);
    },
    async clear() {
      do learn(await connection.run('clear', prefix));
      while (known.entries > 0);
    },
    statistics: () => ({ ...known, commonEntries: known.entries, hits, misses, evictions }),
  };
}
