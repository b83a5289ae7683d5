import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { write } from '../../src/reporting/csv/cells.ts';
import {
  neutralise,
  renderPhasesCsv,
  renderProbesCsv,
  renderQuestionsCsv,
  renderRequestsCsv,
} from '../../src/reporting/csv.ts';
import { sampleCapacity } from './sample-capacity.ts';
import { LOAD_PLANS, sampleLoad } from './sample-load-record.ts';
import { HOSTILE } from './sample-questions.ts';
import { sampleRun } from './sample-record.ts';

const { record, columns } = sampleRun();

/** What a spreadsheet may take for a formula, stated apart from the code under test. */
function looksLikeFormula(cell: string): boolean {
  return /^[=+\-@\t\r]/.test(cell) || /^[=+\-@]/.test(cell.trimStart());
}

describe('cells', () => {
  it('never hold text that a spreadsheet would run', () => {
    const starts = fc.constantFrom('=', '+', '-', '@', '\t', '\r', ' =', '\n@', '\u200b=', '＝');
    fc.assert(
      fc.property(starts, fc.string(), (start, rest) => {
        expect(neutralise(start + rest)).toBe(`'${start}${rest}`);
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(looksLikeFormula(neutralise(text))).toBe(false);
      }),
    );
  });

  it('keep a line end that is but half of the file’s own', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: fc.constantFrom('a', '\r', '\n', '"', ',') })), (cells) => {
        const row = ['first', ...cells];
        const [read] = parse(write([row]), { record_delimiter: '\r\n' }) as string[][];
        expect(read).toEqual(row.map(neutralise));
      }),
    );
  });

  it('keep harmless text as it is', () => {
    expect(['a=b', 'Où ?', '', '3 - 4'].map(neutralise)).toEqual(['a=b', 'Où ?', '', '3 - 4']);
  });
});

describe('questions.csv', () => {
  const rows: Record<string, string>[] = parse(renderQuestionsCsv(record), { columns: true });

  it('holds every question, whatever it says, and every score', () => {
    expect(rows).toHaveLength(record.questions!.length);
    HOSTILE.forEach((text, index) => {
      if (text.includes('\ud800')) return;
      expect([text, `'${text}`]).toContain(rows[index]!.question);
    });
    expect(rows[1]!['ndcg@10']).toBe(String(record.questions![1]!.scores['ndcg@10']));
  });

  it('leaves empty what is null, and runs nothing', () => {
    expect(rows[0]!.f1).toBe('');
    expect(rows[5]!.latency_ms).toBe('');
    for (const cell of rows.flatMap((row) => Object.values(row))) expect(looksLikeFormula(cell)).toBe(false);
  });

  it('keeps a negative score a number', () => {
    const question = { ...record.questions![0]!, scores: { gain: -0.25 } };
    const [row]: Record<string, string>[] = parse(renderQuestionsCsv({ ...record, questions: [question] }), {
      columns: true,
    });
    expect(row!.gain).toBe('-0.25');
  });
});

describe('requests.csv', () => {
  it('holds one line a request, in chunks, with names for codes', async () => {
    const chunks: string[] = [];
    for await (const chunk of renderRequestsCsv(record, columns)) chunks.push(chunk);
    expect(chunks.length).toBeGreaterThan(2);
    const rows: Record<string, string>[] = parse(chunks.join(''), { columns: true });
    expect(rows).toHaveLength(columns.length);
    const dropped = rows.filter(({ outcome }) => outcome === 'dropped');
    expect(dropped).toHaveLength(record.load!.phases.reduce((sum, phase) => sum + phase.dropped, 0));
    expect(dropped[0]).toMatchObject({ sent_ms: '', end_ms: '', latency_ms: '', response: '', embed_ms: '' });
    expect(rows.find(({ outcome }) => outcome === 'error')!.error).toBe('generation.failed');
    expect(Number(rows[0]!.latency_ms)).toBeCloseTo(columns.columns.end[0]! - columns.columns.due[0]!, 2);
    const told = rows.find(({ embed_ms }) => embed_ms !== '')!;
    const parts = ['lag', ...record.load!.stages, 'outside'].map((part) => Number(told[`${part}_ms`]));
    expect(parts.reduce((sum, value) => sum + value, 0)).toBeCloseTo(Number(told.latency_ms), 1);
    expect(dropped[0]!.outside_ms).toBe('');
  });

  it('quotes and defuses names that bear commas and formulas', async () => {
    const questions = record.questions!.map((question) => ({ ...question, id: '=1,"2"' }));
    const chunks: string[] = [];
    for await (const chunk of renderRequestsCsv({ ...record, questions }, columns)) chunks.push(chunk);
    const rows: Record<string, string>[] = parse(chunks.join(''), { columns: true });
    expect(rows[0]!.question).toBe('\'=1,"2"');
  });
});

describe('phases.csv', () => {
  const { record: load } = sampleLoad();
  const rows: Record<string, string>[] = parse(renderPhasesCsv(load), { columns: true });

  it('holds every phase with every figure, numbers in full', () => {
    expect(rows.map(({ phase }) => phase)).toEqual(load.load!.phases.map(({ name }) => name));
    const last = load.load!.phases.at(-1)!;
    expect(rows.at(-1)).toMatchObject({
      warmup: 'false',
      verdict: 'FAIL',
      cache_mode: 'as-configured',
      latency_p95_ms: String(last.latencyMs.p95),
      latency_p95_ms_low: String(last.latencyCi95.p95![0]),
      'ndcg@10': String(last.measures[0]!.mean),
      'funnel_right-in-time': String(last.funnel['right-in-time']),
      usd_per_good: String(last.cost!.perGoodUsd),
      generator_threads: '2',
    });
  });

  it('leaves empty what is null, and runs nothing', () => {
    expect(rows.at(-1)).toMatchObject({
      cache_hit_rate: '',
      concurrency: '',
      think_time_ms: '',
      ended_by: '',
    });
    const plans = [{ ...LOAD_PLANS[1]!, name: '=HYPERLINK("x")', invalid: '+1' }];
    const hostile = renderPhasesCsv(sampleLoad({ plans }).record);
    for (const cell of (parse(hostile) as string[][]).flat()) expect(looksLikeFormula(cell)).toBe(false);
  });

  it('is a heading alone where nothing was driven', () => {
    expect(renderPhasesCsv({ ...load, load: { ...load.load!, phases: [] } })).toBe('phase\r\n');
  });
});

describe('probes.csv', () => {
  it('holds every probe in its order, with what each clause was judged by', () => {
    const { record: search } = sampleCapacity();
    const rows: Record<string, string>[] = parse(renderProbesCsv(search), { columns: true });
    expect(rows.map(({ probe }) => probe)).toEqual(
      search.capacity!.probes.map((_, index) => String(index + 1)),
    );
    expect(rows[0]).toMatchObject({ step: 'closed', rate: '', verdict: '', 'p95 < 1.2s: verdict': '' });
    expect(rows[13]).toMatchObject({
      phase: 'bisect 79 /s',
      rate: '79',
      verdict: 'FAIL',
      'p95 < 1.2s: verdict': 'FAIL',
      'p95 < 1.2s: tested_bound': '0.05',
      'attainment >= 70%: tested': String(search.capacity!.probes[13]!.clauses[2]!.tested.estimate),
    });
  });
});
