import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { MATCHED_OTHER, STALE_CODES } from '../../src/records/columns.ts';
import {
  cachedPhases,
  latencyTable,
  layersTable,
  partsTable,
  pooledNote,
  wrongHitsTable,
} from '../../src/reporting/caches.ts';
import { renderPhasesCsv, renderRequestsCsv } from '../../src/reporting/csv.ts';
import { renderHtml } from '../../src/reporting/html/page.ts';
import { renderMarkdown } from '../../src/reporting/markdown.ts';
import { renderTerminal } from '../../src/reporting/terminal.ts';
import { sampleCaches, withCaches } from './sample-caches.ts';
import { sampleRun } from './sample-record.ts';

const { record: plain, columns } = sampleRun();
const record = withCaches(plain);
const cached = cachedPhases(record);

describe('what is told of caches', () => {
  it('is told of the phases that have them, and of no others', () => {
    expect(cached.map(({ phase }) => phase.name)).toEqual(['cached-50', 'cached-80']);
    expect(cachedPhases(plain)).toEqual([]);
    expect(renderTerminal(plain, { width: 100, colour: false })).not.toContain('Caches  latency');
    expect(renderMarkdown(plain)).not.toContain('### Caches');
  });

  it('has hits beside misses, and what users feel of both beside them', () => {
    const { columns: headings, rows } = latencyTable(cached);
    const row = Object.fromEntries(headings.map((heading, index) => [heading, rows[0]![index]]));
    expect(row).toMatchObject({ 'Hit rate': '90.0 %', Hits: '180', Misses: '20' });
    expect(Number.parseFloat(row['Hits p50']!)).toBeCloseTo(1.5, 6);
    expect(Number.parseFloat(row['Misses p50']!)).toBeGreaterThan(40);
    expect(row['Together p95']).not.toBe('–');
  });

  it('has cold, warm and steady apart, and layers, and hits that should not have been', () => {
    expect(
      partsTable(cached)
        .rows.map(([, part, rate]) => [part, rate])
        .slice(0, 3),
    ).toEqual([
      ['cold', '0.0 %'],
      ['warm', '100.0 %'],
      ['steady', '100.0 %'],
    ]);
    expect(layersTable(cached).rows[0]!.slice(1, 4)).toEqual(['response', '144', '200']);
    const wrong = wrongHitsTable(cached).rows.filter(([phase]) => phase === 'cached-50');
    expect(wrong.map(([, what, questions]) => [what, questions])).toEqual([
      ['semantic: false', '1 of 4'],
      ['semantic: lost a right answer', '1 of 4'],
      ['semantic: of another golden question', '4 of 4'],
      ['stale', '2 of 20'],
    ]);
  });

  it('warns wherever latencies of hits and misses stand as one', () => {
    const note = pooledNote(record.load!.phases)!;
    expect(note).toContain('cached-50, cached-80');
    expect(pooledNote(plain.load!.phases)).toBeUndefined();
    const folded = (text: string): string => text.replace(/\s+/g, ' ');
    expect(folded(renderTerminal(record, { width: 100, colour: false }))).toContain(note);
    expect(renderMarkdown(record)).toContain('hits and misses together');
  });
});

describe('caches on the terminal', () => {
  it.each([40, 80, 120])('fit %i columns', (width) => {
    const text = renderTerminal(record, { width, colour: false });
    expect(text).toContain('Caches');
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(width);
  });

  it('say what was false, stale, kept and saved', () => {
    const text = renderTerminal(record, { width: 110, colour: false }).replace(/\s+/g, ' ');
    expect(text).toContain('semantic hits false for 1 of 4 questions');
    expect(text).toContain('4.00 KiB kept, 2 evicted, $0.25');
  });
});

describe('caches in the other reports', () => {
  it('stand in Markdown as tables with their definitions', () => {
    const text = renderMarkdown(record);
    expect(text).toContain('### Caches');
    expect(text).toContain('Cold, warm and steady');
    expect(text).toContain('right answer was lost');
  });

  it('stand in HTML with a chart of both distributions for each phase', async () => {
    const page = await renderHtml(record, columns);
    expect(page).toContain('<section id="caches"');
    expect(page).toContain('Latency of hits and of misses: cached-50');
    expect(page).toContain('id="cache-latency-');
    const section = /<section id="caches"[\s\S]*?<\/section>/.exec(page)![0];
    expect(section.replace(/<svg[\s\S]*?<\/svg>/g, '')).not.toMatch(/NaN|undefined|\bnull\b|Infinity/);
    expect(await renderHtml(plain, columns)).not.toContain('<section id="caches"');
    expect(await renderHtml(record)).toContain('<section id="caches"');
  });

  it('stand in phases.csv, empty where they are not told', () => {
    const rows: Record<string, string>[] = parse(renderPhasesCsv(record), { columns: true });
    const { hits, misses } = sampleCaches();
    expect(rows.find(({ phase }) => phase === 'cached-80')).toMatchObject({
      cache_hits: String(hits.count),
      misses_latency_mean_ms: String(misses.latencyMs.mean),
      semantic_false_questions: '1',
      stale_hits: '3',
      cold_hit_rate: '0',
      cache_saved_usd: '0.25',
    });
    expect(rows.find(({ phase }) => phase === 'uncached-50')).toMatchObject({
      cache_hits: '',
      stale_hits: '',
    });
  });

  it('stand in requests.csv: what was stale, and which question was matched, by its id', async () => {
    const { length } = columns;
    const stale = new Uint8Array(length).fill(STALE_CODES.indexOf('stale'), 0, 1);
    const matched = new Uint32Array(length);
    matched[0] = 3;
    matched[1] = MATCHED_OTHER;
    const told = { ...columns, columns: { ...columns.columns, stale, matched } };
    const chunks: string[] = [];
    for await (const chunk of renderRequestsCsv(plain, told)) chunks.push(chunk);
    const rows: Record<string, string>[] = parse(chunks.join(''), { columns: true });
    expect(rows[0]).toMatchObject({ stale: 'stale', matched: plain.questions![2]!.id });
    expect(rows[1]).toMatchObject({ stale: '', matched: '(other)' });
    expect(rows[2]).toMatchObject({ stale: '', matched: '' });
  });
});
