import { describe, expect, it } from 'vitest';
import type {
  ComparisonRecord,
  DifferenceRecord,
  FlippedRecord,
  FlipRecord,
} from '../../src/records/schema.ts';
import { findings, pValue, signed, signedInterval } from '../../src/reporting/comparison.ts';
import { renderHtml } from '../../src/reporting/html/page.ts';
import { renderMarkdown } from '../../src/reporting/markdown.ts';
import { renderTerminal } from '../../src/reporting/terminal.ts';
import { sampleRun } from './sample-record.ts';

const difference = (row: Partial<DifferenceRecord>): DifferenceRecord => ({
  a: 'bm25',
  b: 'hybrid',
  compared: 'right',
  kind: null,
  n: 400,
  mean: 0.032,
  ci95: [0.01, 0.055],
  approximate: false,
  p: 0.002,
  adjustedP: 0.012,
  wins: 20,
  ties: 373,
  losses: 7,
  detectable: 0.041,
  word: 'better',
  ...row,
});

const { record: bench } = sampleRun();
const quality = bench.quality!;
const comparison: ComparisonRecord = {
  variants: ['bm25', 'hybrid', '<b>|*mine*'].map((name) => ({
    name,
    settings: [`retrieval.mode=${name}`],
    quality,
    scores: { right: [1, 0, null] },
  })),
  alpha: 0.05,
  flips: 10_000,
  overall: [
    difference({}),
    difference({ b: '<b>|*mine*', mean: -0.05, ci95: [-0.08, -0.02], word: 'worse', adjustedP: 0.0004 }),
    difference({
      compared: 'ndcg@10',
      mean: 0.011,
      ci95: null,
      word: "can't tell",
      adjustedP: 0.4,
      detectable: 0.02,
    }),
  ],
  byKind: [
    difference({ kind: 'numeric', mean: 0.1 }),
    difference({ kind: 'lookup', word: "can't tell", mean: null, ci95: null, p: null, adjustedP: null }),
  ],
};
const record = { ...bench, kind: 'evaluate' as const, comparison };

const flip = (row: Partial<FlipRecord>): FlipRecord => ({
  id: 'q1',
  question: 'When was the harbour of Arran built?',
  kind: 'lookup',
  must: false,
  before: 'right',
  after: 'wrong',
  answerBefore: 'In 1712.',
  answerAfter: 'In 1999.',
  topBefore: ['arran'],
  topAfter: ['canna'],
  ...row,
});

describe('questions that flipped between variants', () => {
  const flipped: FlippedRecord[] = [
    {
      a: 'bm25',
      b: 'hybrid',
      total: 40,
      broke: 1,
      mended: 2,
      flips: [
        flip({}),
        flip({ id: 'q2', before: 'wrong', after: 'right', answerBefore: null }),
        flip({ id: 'q3', question: '<i>|*x*', before: 'wrong', after: 'right', kind: null }),
        flip({ id: 'q4', before: 'right', after: 'right' }),
      ],
    },
    { a: 'bm25', b: '<b>|*mine*', total: 0, broke: 0, mended: 0, flips: [] },
  ];
  const run = { ...record, comparison: { ...comparison, flipped } };

  it('stand in the page with both answers side by side, folded', async () => {
    const page = await renderHtml(run);
    expect(page).toContain(
      'hybrid against bm25: 40 questions came out otherwise; 1 is right no longer, 2 are right now.',
    );
    expect(page).toMatch(/<details class="print"><summary>The first 4, both answers side by side/);
    expect(page).toMatch(/In 1712\.[\s\S]*In 1999\./);
    expect(page).toContain('36 more came out otherwise; record.json has the first 4.');
    expect(page).toContain('&#60;i&#62;|*x*');
    expect(page).not.toContain('mine* against bm25: 0');
  });

  it('stand in Markdown and on the terminal in short: those that turned', () => {
    const markdown = renderMarkdown(run);
    expect(markdown).toContain('40 questions came out otherwise');
    expect(markdown).toContain(
      '| When was the harbour of Arran built? | right → wrong | In 1712. | In 1999. |',
    );
    expect(markdown).toContain('no answer');
    expect(markdown).not.toContain('still right');
    const terminal = renderTerminal(run, { width: 80, colour: false });
    expect(terminal).toMatch(/hybrid against bm25: 40 questions came out otherwise/);
    expect(terminal).toMatch(/ {2}right → wrong {2}q1 {2}When was the harbour/);
    expect(Math.max(...terminal.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it('are not spoken of in records without them', async () => {
    expect(await renderHtml(record)).not.toContain('Questions that flipped');
    expect(renderMarkdown(record)).not.toContain('came out otherwise');
  });
});

describe('variants that were asked again and again, or cut documents otherwise', () => {
  const measures = [
    ...quality.measures,
    { name: 'evidence-recall@500tokens', mean: 0.625, ci95: null, n: 400 },
  ];
  const variants = comparison.variants.map((variant) => ({
    ...variant,
    differing: 1,
    quality: { ...quality, measures },
  }));
  const run = {
    ...record,
    comparison: {
      ...comparison,
      variants,
      repeats: 3,
      notes: ['Compared within 500 tokens.'],
      overall: [difference({ compared: 'evidence-recall@500tokens' })],
    },
  };

  it('are told as such in each report', async () => {
    for (const text of [
      await renderHtml(run),
      renderMarkdown(run),
      renderTerminal(run, { width: 400, colour: false }),
    ]) {
      expect(text).toContain('Compared within 500 tokens.');
      expect(text.replaceAll(/\s+/g, ' ')).toMatch(
        /asked 3 times of each variant.*bm25 1 of 3, hybrid 1 of 3/,
      );
      expect(text).toContain('evidence-recall@500tokens');
      expect(text).toMatch(/0\.625/);
    }
  });
});

describe('slices by tag', () => {
  it('stand in the page, in Markdown and on the terminal, with their intervals', async () => {
    const tagged = { ...quality.slices[0]!, by: 'tag' as const, value: 'night|sailings' };
    const run = { ...bench, quality: { ...quality, slices: [...quality.slices, tagged] } };
    expect((await renderHtml(run)).includes('By tag of question')).toBe(true);
    expect(renderMarkdown(run)).toContain('| night\\|sailings |');
    expect(renderTerminal(run, { width: 100, colour: false })).toMatch(/night\|sailings +\d+\.\d %/);
  });
});

describe('what reports say of variants', () => {
  it('names what is real in a sentence each, and what could not have been seen', () => {
    expect(findings(comparison)).toEqual([
      'hybrid is better than bm25 in right answers: +3.2 points, adjusted p 0.012.',
      '<b>|*mine* is worse than bm25 in right answers: −5.0 points, adjusted p < 0.001.',
      'None of the other 1 difference can be told from chance. Differences under 0.020 of ndcg@10 cannot be seen with these questions.',
    ]);
  });

  it('writes differences with their sign, shares in points, and nothing where nothing is known', () => {
    expect(signed(0.0321, 'right')).toBe('+3.2 points');
    expect(signed(-0.0321, 'ndcg@10')).toBe('−0.032');
    expect(signed(0, 'ndcg@10')).toBe('±0.000');
    expect(signed(null, 'right')).toBe('–');
    expect(signedInterval([-0.01, 0.02], 'right')).toBe('−1.0 to +2.0');
    expect(signedInterval(null, 'right')).toBe('–');
    expect([pValue(0.0123), pValue(0.0001), pValue(null)]).toEqual(['0.012', '< 0.001', '–']);
  });

  it('shows variants, chart and differences in the page, with names that run nothing', async () => {
    const page = await renderHtml(record);
    expect(page.includes('id="variants"')).toBe(true);
    expect(page.includes('id="variants-by-kind"')).toBe(true);
    expect(page.includes('&#60;b&#62;|*mine*')).toBe(true);
    expect(page.includes('<b>|*mine*')).toBe(false);
    expect(page.includes('Paired randomisation over questions')).toBe(true);
  });

  it('shows them in Markdown and on the terminal, too', () => {
    const markdown = renderMarkdown(record);
    expect(markdown).toContain('### Variants compared');
    expect(markdown).toContain('&lt;b&gt;\\|\\*mine\\*');
    expect(markdown).toMatch(/\| hybrid against bm25 \| numeric \| right answers \| \+10\.0 points/);
    const terminal = renderTerminal(record, { width: 100, colour: false });
    expect(terminal).toMatch(/hybrid against bm25 +right answers +all +\+3\.2 points/);
    for (const line of terminal.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
  });

  it('says nothing where nothing was compared', async () => {
    expect(renderMarkdown(bench)).not.toContain('Variants');
    expect(await renderHtml(bench)).not.toContain('id="variants"');
  });
});
