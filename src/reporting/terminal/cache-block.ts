import type { RunRecord } from '../../records/schema.ts';
import { type CachedPhase, cachedPhases, cacheSentence, hitRateOf } from '../caches.ts';
import { ms, share } from '../format.ts';
import { clip, oneLine } from '../plain.ts';
import { fittedTable, type Screen, type TableColumn, wrap } from './layout.ts';

const COLUMNS: readonly TableColumn<CachedPhase>[] = [
  { heading: 'phase', cell: ({ phase }) => clip(oneLine(phase.name), 24), sparable: 0 },
  { heading: 'hits', cell: ({ caches }) => share(hitRateOf(caches)), sparable: 0 },
  { heading: 'hit p50 ms', cell: ({ caches }) => ms(caches.hits.latencyMs.p50), sparable: 2 },
  { heading: 'p95', cell: ({ caches }) => ms(caches.hits.latencyMs.p95), sparable: 1 },
  { heading: 'miss p50 ms', cell: ({ caches }) => ms(caches.misses.latencyMs.p50), sparable: 2 },
  { heading: 'p95', cell: ({ caches }) => ms(caches.misses.latencyMs.p95), sparable: 1 },
  { heading: 'cold hits', cell: ({ caches }) => share(caches.cold.hitRate), sparable: 4 },
  { heading: 'warm', cell: ({ caches }) => share(caches.warm.hitRate), sparable: 5 },
  { heading: 'steady', cell: ({ caches }) => share(caches.steady?.hitRate), sparable: 5 },
];

/** Hits beside misses, by phase; beneath, what was false or stale, and what it took and saved. */
export function cacheBlock(record: RunRecord, screen: Screen): string[] {
  const cached = cachedPhases(record);
  if (cached.length === 0) return [];
  const { colours, columns } = screen;
  const sentences = cached.flatMap((one) => {
    const text = cacheSentence(one);
    return text === '' ? [] : wrap(`${oneLine(one.phase.name)}: ${text}`, columns).map(colours.dim);
  });
  return [
    `${colours.bold('Caches')}${colours.dim('  latency of hits and of misses')}`,
    ...fittedTable(COLUMNS, cached, screen),
    ...sentences,
  ];
}
