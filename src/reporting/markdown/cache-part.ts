import type { RunRecord } from '../../records/schema.ts';
import {
  CACHES_LEAD,
  type CacheTable,
  cachedPhases,
  latencyTable,
  layersTable,
  partsTable,
  WRONG_HITS_LEAD,
  wrongHitsTable,
} from '../caches.ts';
import { escapeMarkdown, table, titled } from './text.ts';

/** Hits and misses apart, cold, warm and steady apart, and the hits that should not have been. */
export function cachePart(record: RunRecord): string {
  const cached = cachedPhases(record);
  if (cached.length === 0) return '';
  const wrong = wrongHitsTable(cached);
  const written = ({ caption, columns, rows }: CacheTable): string =>
    `**${escapeMarkdown(caption)}**\n\n${table(columns, rows)}`;
  return titled(
    'Caches',
    [
      escapeMarkdown(CACHES_LEAD),
      ...[latencyTable(cached), partsTable(cached), layersTable(cached)].map(written),
      ...(wrong.rows.length === 0 ? [] : [escapeMarkdown(WRONG_HITS_LEAD), written(wrong)]),
    ].join('\n\n'),
  );
}
