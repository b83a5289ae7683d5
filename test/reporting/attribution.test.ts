import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunRecord } from '../../src/records/schema.ts';
import { attributionOf, attributionWords, type StageAttribution } from '../../src/reporting/attribution.ts';
import { renderHtml } from '../../src/reporting/html/page.ts';
import { renderMarkdown } from '../../src/reporting/markdown.ts';
import { waterfall } from '../../src/reporting/slowest.ts';
import { renderTerminal } from '../../src/reporting/terminal.ts';
import { sampleLoad } from './sample-load-record.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const stageShare = {
  typical: { retrieve: 2, generate: 8, waiting: 2 },
  slowest: { retrieve: 2, generate: 18, waiting: 80 },
};

/** A load whose phases tell of their stages and their slowest requests. */
function told(): RunRecord {
  const { record } = sampleLoad();
  const slowest = [
    {
      question: 0,
      dueMs: 1234,
      lagMs: 1,
      latencyMs: 100,
      outcome: 'completed',
      cache: 'miss',
      stagesMs: { retrieve: 2, generate: 17 },
      traceId: TRACE,
    },
    {
      question: 1,
      dueMs: 99,
      lagMs: 0,
      latencyMs: 90,
      outcome: 'timeout',
      cache: 'unknown',
      stagesMs: null,
      traceId: null,
    },
  ];
  const phases = record.load!.phases.map((phase) => ({ ...phase, stageShare, slowest }));
  return { ...record, load: { ...record.load!, phases } };
}

describe('why p99 is slow', () => {
  it('is said by what adds most to the slowest, first', () => {
    const attribution = attributionOf({ stageShare })!;
    expect(attribution).toMatchObject({ typicalMs: 12, slowestMs: 100 });
    expect(attribution.stages.map(({ stage }) => stage)).toEqual(['waiting', 'generate', 'retrieve']);
    expect(attributionWords(attribution)).toBe(
      'The slowest take 100 ms, typical requests 12.0 ms. Of what lies between: waiting 88.6 % (80.0 % of p99, 16.7 % of p50), generate 11.4 % (18.0 % of p99, 66.7 % of p50).',
    );
  });

  it('adds up: shares of each whole, and of what lies between', () => {
    const times = fc.dictionary(
      fc.constantFrom('a', 'b', 'waiting'),
      fc.double({ min: 0, max: 1e4, noNaN: true }),
      { minKeys: 1 },
    );
    fc.assert(
      fc.property(times, times, (typical, slowest) => {
        const attribution = attributionOf({ stageShare: { typical, slowest } });
        if (attribution === undefined || !(attribution.slowestMs > attribution.typicalMs + 1e-6)) return;
        const sum = (of: (one: StageAttribution) => number) =>
          attribution.stages.reduce((total, one) => total + of(one), 0);
        expect(sum((one) => one.typicalShare)).toBeCloseTo(1);
        expect(sum((one) => one.slowestShare)).toBeCloseTo(1);
        expect(sum((one) => one.growthShare!)).toBeCloseTo(1, 4);
      }),
    );
  });

  it('is not said of a target that hides its stages', () => {
    expect(attributionOf({ stageShare: null })).toBeUndefined();
  });
});

describe('the parts of a slow request', () => {
  it('fill its latency without a gap', () => {
    const bars = waterfall(told().load!.phases[0]!.slowest![0]!);
    expect(bars).toEqual([
      { name: 'lag', start: 0, end: 1 },
      { name: 'waiting', start: 1, end: 81 },
      { name: 'retrieve', start: 81, end: 83 },
      { name: 'generate', start: 83, end: 100 },
    ]);
  });
});

describe('reports', () => {
  it('tell on the page, with a picture and the traces', async () => {
    const page = await renderHtml(told());
    expect(page).toContain('id="slowest"');
    expect(page).toContain(TRACE);
    expect(page).toContain('Why p99 is slow');
    expect(page).toContain('The slowest requests, part by part');
  });

  it('tell in Markdown and on the terminal, which stays in its width', () => {
    const record = told();
    expect(renderMarkdown(record)).toContain('### Why p99 is slow');
    expect(renderMarkdown(record)).toContain(TRACE);
    for (const width of [40, 56, 100]) {
      const text = renderTerminal(record, { width, colour: false });
      expect(text).toContain('Why p99 is slow');
      expect(text).toContain(TRACE);
      for (const line of text.split('\n')) expect(line.length, line).toBeLessThanOrEqual(width);
    }
  });

  it('say nothing where a record holds none of it', async () => {
    const { record } = sampleLoad();
    const phases = record.load!.phases.map((phase) => ({ ...phase, stageShare: null }));
    const bare = { ...record, load: { ...record.load!, phases } };
    expect(renderMarkdown(bare)).not.toContain('Why p99 is slow');
    expect(await renderHtml(bare)).not.toContain('id="slowest"');
  });
});
