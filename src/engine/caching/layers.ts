import type { Clock } from '../../kernel/clock.ts';
import type { Answer, Finding } from '../answer.ts';
import type { CacheLayer } from '../events.ts';
import type { EngineOptions } from '../options.ts';
import type { Cache } from '../ports.ts';
import { createFallbackCache } from './fallback-cache.ts';
import { type Kept, LayeredCache } from './layered-cache.ts';
import { createMemoryCache } from './memory-cache.ts';
import { createRedisCache } from './redis-cache.ts';
import { connectRedis, type RedisConnection } from './redis-connection.ts';
import { createSemanticCache, type SemanticCache } from './semantic-cache.ts';

/** A whole answer, and how its passages were found: an answer's trace is made from the latter when it is asked for. */
export interface CachedAnswer {
  readonly answer: Answer;
  readonly finding: Finding;
}

/** One cache a layer; a layer that is off has none. */
export interface CacheLayers {
  readonly embedding: LayeredCache<Float32Array> | undefined;
  readonly retrieval: LayeredCache<Finding> | undefined;
  readonly response: LayeredCache<CachedAnswer> | undefined;
  readonly semantic: SemanticCache<CachedAnswer> | undefined;
}

/** Puts something before a layer's cache: a policy, faults. */
export type CacheDecorator = <V>(layer: CacheLayer, cache: Cache<V>) => Cache<V>;

type StoredLayer = Exclude<CacheLayer, 'semantic'>;

const MEGABYTE = 1_000_000;

/** Opens no connection: the first question does. Throws `config.invalid` for a `caching.redisUrl` that is none. */
export function createCacheLayers(
  { caching }: EngineOptions,
  clock: Clock,
  decorate: CacheDecorator = (_layer, cache) => cache,
): CacheLayers {
  const redis =
    caching.enabled && caching.redisUrl !== undefined ? connectRedis(caching.redisUrl) : undefined;
  const layer = <V>(name: StoredLayer): LayeredCache<V> | undefined => {
    const { enabled, entries, maxMegabytes, ttlSeconds, staleSeconds } = caching[name];
    if (!caching.enabled || !enabled) return undefined;
    const kept = {
      entries,
      maxBytes: Math.floor(maxMegabytes * MEGABYTE),
      ttlSeconds: ttlSeconds === 0 ? 0 : ttlSeconds + staleSeconds,
      clock,
    };
    const cache = cacheOf<Kept<V>>({ name, kept, redis, decorate });
    return new LayeredCache<V>({
      cache,
      clock,
      ttlSeconds,
      staleSeconds,
      ...(redis && { close: redis.close }),
    });
  };
  const { semantic } = caching;
  return {
    embedding: layer('embedding'),
    retrieval: layer('retrieval'),
    response: layer('response'),
    semantic:
      caching.enabled && semantic.enabled
        ? createSemanticCache<CachedAnswer>({
            threshold: semantic.threshold,
            entries: semantic.entries,
            maxBytes: Math.floor(semantic.maxMegabytes * MEGABYTE),
            ttlSeconds: semantic.ttlSeconds,
            clock,
          })
        : undefined,
  };
}

interface CacheParts {
  readonly name: StoredLayer;
  readonly kept: Omit<Parameters<typeof createMemoryCache>[0], 'maxBytes'> & { readonly maxBytes: number };
  readonly redis: RedisConnection | undefined;
  readonly decorate: CacheDecorator;
}

function cacheOf<V>({ name, kept, redis, decorate }: CacheParts): Cache<V> {
  const memory = createMemoryCache<V>(kept);
  if (redis === undefined) return decorate(name, memory);
  const primary = decorate(name, createRedisCache<V>({ ...kept, connection: redis, name }));
  return createFallbackCache({ primary, memory, clock: kept.clock });
}
