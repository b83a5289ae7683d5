import type { Clock } from '../../kernel/clock.ts';
import type { Answer, Finding } from '../answer.ts';
import type { EngineOptions } from '../options.ts';
import type { Cache } from '../ports.ts';
import { createMemoryCache } from './memory-cache.ts';

/** A whole answer, and how its passages were found: an answer's trace is made from the latter when it is asked for. */
export interface CachedAnswer {
  readonly answer: Answer;
  readonly finding: Finding;
}

/** One cache a layer; a layer that is off has none. */
export interface CacheLayers {
  readonly embedding: Cache<Float32Array> | undefined;
  readonly retrieval: Cache<Finding> | undefined;
  readonly response: Cache<CachedAnswer> | undefined;
}

export function createCacheLayers({ caching }: EngineOptions, clock: Clock): CacheLayers {
  const layer = <V>({ enabled, entries, ttlSeconds }: EngineOptions['caching']['embedding']) =>
    caching.enabled && enabled ? createMemoryCache<V>({ entries, ttlSeconds, clock }) : undefined;
  return {
    embedding: layer(caching.embedding),
    retrieval: layer(caching.retrieval),
    response: layer(caching.response),
  };
}
