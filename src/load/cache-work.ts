import type { CacheWorkRecord } from '../records/schema.ts';
import type { CacheCounters, TargetCacheStatistics } from './target.ts';

/**
 * What the caches of a target did between two looks at their counters. Null for what one of the layers does not tell; a layer
 * that was switched off at either look is left out.
 */
export function cacheWork(before: CacheCounters, after: CacheCounters): CacheWorkRecord {
  const names = Object.keys(after).filter((name) => after[name] !== undefined && before[name] !== undefined);
  const layers = Object.fromEntries(names.map((name) => [name, layerWork(before[name]!, after[name]!)]));
  const all = Object.values(layers);
  return {
    layers,
    bytes: sumOf(all.map(({ bytes }) => bytes)),
    bytesBefore: sumOf(names.map((name) => before[name]!.bytes)),
    evictions: all.reduce((sum, { evictions }) => sum + evictions, 0),
    savedUsd: sumOf(all.map(({ savedUsd }) => savedUsd)),
  };
}

type LayerWork = CacheWorkRecord['layers'][string];

function layerWork(before: TargetCacheStatistics, after: TargetCacheStatistics): LayerWork {
  const hits = after.hits - before.hits;
  const misses = after.misses - before.misses;
  const stale = difference(before.stale, after.stale);
  const shared = difference(before.shared, after.shared);
  const found = hits + (stale ?? 0);
  const lookups = found + misses + (shared ?? 0);
  return {
    hits,
    stale,
    misses,
    shared,
    hitRate: lookups === 0 ? null : found / lookups,
    evictions: after.evictions - before.evictions,
    entries: after.entries,
    bytes: after.bytes ?? null,
    savedUsd: difference(before.savedUsd, after.savedUsd),
  };
}

function difference(before: number | undefined, after: number | undefined): number | null {
  return before === undefined || after === undefined ? null : Math.max(0, after - before);
}

/** Null where any of them is not told, and where there are none. */
function sumOf(values: readonly (number | null | undefined)[]): number | null {
  let sum = 0;
  for (const value of values) {
    if (value === null || value === undefined) return null;
    sum += value;
  }
  return values.length === 0 ? null : sum;
}
