import type { ResponseCacheState, TargetResponse } from '../../target.ts';
import type { Json } from './expressions.ts';

const LAYERS = ['response', 'semantic', 'retrieval', 'embedding'] as const;
const FRESH: ReadonlySet<string> = new Set(['fresh', 'revalidated']);
const HITS: ReadonlySet<string> = new Set(['hit', 'true', 'yes', 'cached', 'stale', ...FRESH]);
const MISSES: ReadonlySet<string> = new Set(['miss', 'false', 'no', 'none', 'expired']);
const OFF: ReadonlySet<string> = new Set(['off', 'disabled', 'bypass', 'skip', 'skipped', 'dynamic']);

type CacheReading = Pick<TargetResponse, 'cache' | 'stale'>;

/**
 * Which cache answered, from the words that services have for it: a switch, hit or miss (also of CDNs: bypass, stale),
 * the name of a layer, or the state of each layer by its name. `unknown` for anything else.
 */
export function cacheStateOf(value: Json): ResponseCacheState {
  return cacheReadingOf(value).cache;
}

/**
 * The same, and whether what it gave was past its time. A bare "hit" says nothing of that: only who tells fresh from stale does,
 * and who gives each layer a state of its own, where stale is one of them.
 */
export function cacheReadingOf(value: Json): CacheReading {
  if (value === null) return { cache: 'unknown', stale: undefined };
  if (typeof value === 'object') {
    return Array.isArray(value) ? { cache: 'unknown', stale: undefined } : ofLayers(value);
  }
  const word = String(value).trim().toLowerCase();
  return { cache: ofWord(word), stale: staleness(word) };
}

function ofWord(word: string): ResponseCacheState {
  const layer = LAYERS.find((name) => name === word);
  if (layer !== undefined) return layer;
  // A whole answer that was remembered is what a cache means where no layer is named.
  if (HITS.has(word)) return 'response';
  if (MISSES.has(word)) return 'miss';
  return OFF.has(word) ? 'off' : 'unknown';
}

function staleness(word: string): boolean | undefined {
  if (word === 'stale') return true;
  return FRESH.has(word) ? false : undefined;
}

/** The outermost layer that spared work. */
function ofLayers(states: { readonly [name: string]: Json }): CacheReading {
  const known = LAYERS.flatMap((layer) =>
    layer in states ? [{ layer, ...cacheReadingOf(states[layer]!), said: states[layer] }] : [],
  );
  if (known.length === 0) return { cache: 'unknown', stale: undefined };
  const hit = known.find(({ cache }) => cache === 'response');
  if (hit !== undefined) {
    return { cache: hit.layer, stale: hit.stale ?? (isHit(hit.said) ? false : undefined) };
  }
  const asked = known.filter(({ cache }) => cache !== 'off');
  if (asked.length === 0) return { cache: 'off', stale: undefined };
  return { cache: asked.some(({ cache }) => cache === 'miss') ? 'miss' : 'unknown', stale: undefined };
}

/** The word of a service that would have said "stale". A switch could not have. */
const isHit = (said: Json | undefined): boolean =>
  typeof said === 'string' && said.trim().toLowerCase() === 'hit';
