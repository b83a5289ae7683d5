import type { ResponseCacheState } from '../../target.ts';
import type { Json } from './expressions.ts';

const LAYERS = ['response', 'semantic', 'retrieval', 'embedding'] as const;
const HITS: ReadonlySet<string> = new Set(['hit', 'true', 'yes', 'cached', 'fresh', 'stale', 'revalidated']);
const MISSES: ReadonlySet<string> = new Set(['miss', 'false', 'no', 'none', 'expired']);
const OFF: ReadonlySet<string> = new Set(['off', 'disabled', 'bypass', 'skip', 'skipped', 'dynamic']);

/**
 * Which cache answered, from the words that services have for it: a switch, hit or miss (also of CDNs: bypass, stale),
 * the name of a layer, or the state of each layer by its name. `unknown` for anything else.
 */
export function cacheStateOf(value: Json): ResponseCacheState {
  if (value === null) return 'unknown';
  if (typeof value === 'object') return Array.isArray(value) ? 'unknown' : ofLayers(value);
  const word = String(value).trim().toLowerCase();
  const layer = LAYERS.find((name) => name === word);
  if (layer !== undefined) return layer;
  // A whole answer that was remembered is what a cache means where no layer is named.
  if (HITS.has(word)) return 'response';
  if (MISSES.has(word)) return 'miss';
  return OFF.has(word) ? 'off' : 'unknown';
}

/** The outermost layer that spared work. */
function ofLayers(states: { readonly [name: string]: Json }): ResponseCacheState {
  const known = LAYERS.flatMap((layer) =>
    layer in states ? [{ layer, state: cacheStateOf(states[layer]!) }] : [],
  );
  if (known.length === 0) return 'unknown';
  const hit = known.find(({ state }) => state === 'response');
  if (hit !== undefined) return hit.layer;
  if (known.every(({ state }) => state === 'off')) return 'off';
  return known.some(({ state }) => state === 'miss') ? 'miss' : 'unknown';
}
