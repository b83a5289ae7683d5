import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunRecord } from '../../src/records/schema.ts';
import {
  attributionOf,
  attributionWords,
  partsWords,
  type StageAttribution,
  whySlowTitle,
  withheldWords,
} from '../../src/reporting/attribution.ts';
import { renderHtml } from '../../src/reporting/html/page.ts';
import { renderMarkdown } from '../../src/reporting/markdown.ts';
import { partsOf, waterfall } from '../../src/reporting/slowest.ts';
import { renderTerminal } from '../../src/reporting/terminal.ts';
import { sampleLoad } from './sample-load-record.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const stageShare = {
  typical: { retrieve: 2, generate: 8, queue: 1, lag: 0.5, outside: 0.5 },
  slowest: { retrieve: 2, generate: 18, queue: 78, lag: 1, outside: 1 },
};
const stageBasis = {
  slowestFrom: 0.99,
  typical: { requests: 110, told: 110 },
  slowest: { requests: 12, told: 12, timeouts: 0 },
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
      stagesMs: { retrieve: 2, generate: 17, queue: 78 },
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
  const phases = record.load!.phases.map((phase) => ({ ...phase, stageShare, stageBasis, slowest }));
  return { ...record, load: { ...record.load!, phases } };
}

describe('why p99 is slow', () => {
  it('is said by what adds most to the slowest, first', () => {
    const attribution = attributionOf({ stageShare, stageBasis })!;
    expect(attribution).toMatchObject({ typicalMs: 12, slowestMs: 100 });
    expect(attribution.stages.map(({ stage }) => stage)).toEqual([
      'queue',
      'generate',
      'lag',
      'outside',
      'retrieve',
    ]);
    expect(attributionWords(attribution)).toBe(
      'The slowest take 100 ms, typical requests 12.0 ms. Of what lies between: queue 87.5 % (78.0 % of p99, 8.3 % of p50), generate 11.4 % (18.0 % of p99, 66.7 % of p50).',
    );
  });

  it('adds up: shares of each whole, and of what lies between', () => {
    const times = fc.dictionary(
      fc.constantFrom('a', 'b', 'outside'),
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
    expect(withheldWords({ stageShare: null })).toBeUndefined();
  });

  it('is said of the slowest ten where those are not p99, and of a record that does not tell which they were', () => {
    const few = { ...stageBasis, slowestFrom: 0.95, slowest: { requests: 10, told: 10, timeouts: 0 } };
    expect(whySlowTitle({ stageBasis: few })).toBe('Why the slowest 10 are slow');
    expect(attributionWords(attributionOf({ stageShare, stageBasis: few })!)).toContain(
      '78.0 % of the slowest 10',
    );
    expect(whySlowTitle({})).toBe('Why the slowest are slow');
    expect(attributionWords(attributionOf({ stageShare })!)).not.toContain('p99');
  });

  it('names whom it leaves out, and is withheld where that is most of the slowest', () => {
    const some = { ...stageBasis, slowest: { requests: 12, told: 9, timeouts: 3 } };
    expect(attributionWords(attributionOf({ stageShare, stageBasis: some })!)).toContain(
      'Left out: 3 of the 12 slowest requests, which timed out, and told nothing of where their time went.',
    );
    const most = { ...stageBasis, slowest: { requests: 20, told: 0, timeouts: 20 } };
    const phase = { stageShare: null, stageBasis: most };
    expect(attributionOf(phase)).toBeUndefined();
    expect(withheldWords(phase)).toBe(
      'Not said: 20 of the 20 slowest requests from p99 up timed out, and told nothing of where their time went. Others may be slow for other reasons.',
    );
    const mixed = { ...stageBasis, slowest: { requests: 20, told: 4, timeouts: 3 } };
    expect(withheldWords({ stageShare: null, stageBasis: mixed })).toContain(
      '16 of the 20 slowest requests from p99 up told nothing of where their time went, or more than it was (3 timeouts).',
    );
  });

  it('explains the parts as the target tells them', () => {
    expect(partsWords(['queue', 'lag', 'outside'], false)).toBe(
      'Lag: the generator sent it late (sent − due). Queue: the wait for a turn, as the target tells it. Outside: what neither accounts for: network, HTTP, and what of the target is no stage (caches, gaps).',
    );
    expect(partsWords(['lag', 'outside'], false)).toContain(
      'and the queue, of which the target tells nothing',
    );
    expect(partsWords(['lag', 'outside'], true)).toContain('The engine has no queue before it');
    expect(partsWords(['waiting'], false)).toContain('does not tell apart');
  });
});

describe('the parts of a slow request', () => {
  it('fill its latency without a gap', () => {
    const bars = waterfall(told().load!.phases[0]!.slowest![0]!);
    expect(bars).toEqual([
      { name: 'lag', start: 0, end: 1 },
      { name: 'queue', start: 1, end: 79 },
      { name: 'retrieve', start: 79, end: 81 },
      { name: 'generate', start: 81, end: 98 },
      { name: 'outside', start: 98, end: 100 },
    ]);
  });

  it('are lag and the rest of a timeout, which told nothing', () => {
    expect(waterfall({ lagMs: 2, latencyMs: 92, stagesMs: null })).toEqual([
      { name: 'lag', start: 0, end: 2 },
      { name: 'untold', start: 2, end: 92 },
    ]);
  });

  it('are said in a line, the longest first', () => {
    expect(partsOf(told().load!.phases[0]!.slowest![0]!)).toBe(
      'queue 78.0, generate 17.0, retrieve 2.00, outside 2.00 ms',
    );
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

  it('say why nothing is said where the slowest told nothing', async () => {
    const record = told();
    const phases = record.load!.phases.map((phase) => ({
      ...phase,
      stageShare: null,
      stageBasis: { ...stageBasis, slowest: { requests: 20, told: 2, timeouts: 18 } },
    }));
    const withheld = { ...record, load: { ...record.load!, phases } };
    const words = 'Not said: 18 of the 20 slowest requests from p99 up';
    expect(renderMarkdown(withheld)).toContain(words);
    expect((await renderHtml(withheld)).replaceAll('\u00a0', ' ')).toContain(words);
    expect(renderTerminal(withheld, { width: 200, colour: false })).toContain(words);
  });

  it('read records whose parts were not told apart', async () => {
    const record = told();
    const phases = record.load!.phases.map(({ stageBasis: _, ...phase }) => ({
      ...phase,
      stageShare: { typical: { generate: 8, waiting: 2 }, slowest: { generate: 8, waiting: 90 } },
    }));
    const old = { ...record, load: { ...record.load!, phases } };
    expect(renderMarkdown(old)).toContain('Why the slowest are slow');
    expect(await renderHtml(old)).toContain('does not tell apart');
  });

  it('say nothing where a record holds none of it', async () => {
    const { record } = sampleLoad();
    const phases = record.load!.phases.map((phase) => ({
      ...phase,
      stageShare: null,
      stageBasis: undefined,
    }));
    const bare = { ...record, load: { ...record.load!, phases } };
    expect(renderMarkdown(bare)).not.toContain('Why p99 is slow');
    expect(await renderHtml(bare)).not.toContain('id="slowest"');
  });
});
