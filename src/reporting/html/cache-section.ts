import { CACHE_CODES, type RequestColumns } from '../../records/columns.ts';
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
import { percentileChart } from '../charts/percentiles.ts';
import { drawnPhases } from '../phases.ts';
import { phaseLatencies, phaseRows } from '../series.ts';
import { type Draw, figure } from './figure.ts';
import { html, type Markup } from './markup.ts';
import { lead, type Section } from './section.ts';
import { table } from './table.ts';

/** Columns of text, by their headings: all others are figures. */
const WORDS: ReadonlySet<string> = new Set(['Phase', 'Part', 'Layer', 'What']);

/** Hits and misses side by side, cold, warm and steady apart, and the hits that should not have been. */
export async function cacheSection(
  record: RunRecord,
  columns: RequestColumns | undefined,
  draw: Draw,
): Promise<Section | undefined> {
  const cached = cachedPhases(record);
  if (cached.length === 0) return undefined;
  const wrong = wrongHitsTable(cached);
  return {
    id: 'caches',
    title: 'Caches: hits and misses apart',
    short: 'Caches',
    body: html`${lead(CACHES_LEAD)}${columns && (await charts(record, columns, draw))}${[
      latencyTable(cached),
      partsTable(cached),
      layersTable(cached),
    ].map(written)}${wrong.rows.length > 0 && html`<p>${WRONG_HITS_LEAD}</p>${written(wrong)}`}`,
  };
}

const written = ({ caption, columns, rows }: CacheTable): Markup =>
  table({
    caption,
    columns: columns.map((label) => ({ label, numeric: !WORDS.has(label) })),
    rows,
  });

const HITS: ReadonlySet<number> = new Set(
  (['response', 'semantic'] as const).map((name) => CACHE_CODES.indexOf(name)),
);
const MISSES: ReadonlySet<number> = new Set(
  (['miss', 'embedding', 'retrieval'] as const).map((name) => CACHE_CODES.indexOf(name)),
);

/** Latency by percentile of each phase that has both: two curves, never one. */
async function charts(record: RunRecord, columns: RequestColumns, draw: Draw): Promise<Markup[]> {
  const drawn: Markup[] = [];
  for (const { phase, index } of drawnPhases(record)) {
    if (phase.caches === undefined) continue;
    const rows = phaseRows(columns, index);
    const of = (codes: ReadonlySet<number>) =>
      phaseLatencies(
        columns,
        rows.filter((row) => codes.has(columns.columns.cache[row]!)),
      );
    const chart = percentileChart({
      id: `cache-latency-${index}`,
      title: `Latency of hits and of misses: ${phase.name}`,
      series: [
        { name: 'hits', sorted: of(HITS) },
        { name: 'misses', sorted: of(MISSES) },
      ].filter(({ sorted }) => sorted.length > 0),
      deadlineMs: phase.deadlineMs,
    });
    drawn.push(await figure(chart, draw));
  }
  return drawn;
}
