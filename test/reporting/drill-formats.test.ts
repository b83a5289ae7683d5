import { describe, expect, it } from 'vitest';
import { renderDrillSecondsCsv, renderDrillWindowsCsv } from '../../src/reporting/csv.ts';
import { renderDrillsMarkdown } from '../../src/reporting/markdown/drills.ts';
import { renderMarkdown } from '../../src/reporting/markdown.ts';
import { renderDrillsTerminal } from '../../src/reporting/terminal/drills-block.ts';
import { renderTerminal } from '../../src/reporting/terminal.ts';
import { sampleDrill } from './sample-drill.ts';
import { HOSTILE } from './sample-questions.ts';

const { record, columns } = sampleDrill({ verdict: 'FAIL' });
const drill = record.drill!;
const held = sampleDrill({ ablated: false, drill: { name: 'llm-slow' } }).record;
const linesOf = (text: string): string[] => text.split('\n');

describe('a drill in Markdown', () => {
  const text = renderMarkdown(record);

  it('opens with the verdict, then what it cost, and folds the load', () => {
    expect(linesOf(text)[0]).toMatch(/^## FAIL: the embedding API is down: users noticed/);
    const order = [
      '| Available meanwhile',
      '### What was promised',
      '### Before, during',
      '### What each pattern',
    ];
    const places = [...order, '<summary>The load, in detail'].map((part) => text.indexOf(part));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places[0]).toBeGreaterThan(0);
  });

  it('keeps texts of the drill on their line, and without a meaning', () => {
    const promises = HOSTILE.map((one) => ({ ...drill.promises[0]!, text: one, reason: one }));
    const hostile = renderMarkdown({ ...record, drill: { ...drill, fear: HOSTILE[5]!, promises } });
    expect(hostile).not.toMatch(/<script>|<img|^\| --- \|$/m);
  });

  it('lists several drills, a row each', () => {
    const several = renderDrillsMarkdown([record, held], [{ name: 'redis-lost', why: 'no redis-server' }]);
    expect(linesOf(several)[0]).toBe('## ✗ FAIL: 1 of 2 drills held');
    expect(several).toMatch(/^\| embedding-api-down \| ✗ FAIL \| 3 of 5 \|/m);
    expect(several).toMatch(/^\| llm-slow \| ✓ PASS \| 3 of 3 \|/m);
    expect(several).toContain('Not run: redis-lost (no redis-server).');
  });
});

describe('a drill on a terminal', () => {
  const show = (width: number): string => renderTerminal(record, { width, colour: false });

  it.each([40, 60, 80, 100, 140])('fits %i columns', (width) => {
    for (const one of [record, held])
      for (const line of linesOf(renderTerminal(one, { width, colour: false })))
        expect(line.length, line).toBeLessThanOrEqual(width);
    for (const line of linesOf(renderDrillsTerminal([record, held], { width, colour: false })))
      expect(line.length, line).toBeLessThanOrEqual(width);
  });

  it('says first whether promises held, and leaves the load to the report', () => {
    const text = show(100);
    expect(linesOf(text)[1]).toMatch(/^ {2}✗ FAIL {2}The embedding API is down: users noticed/);
    expect(text).toMatch(/✗ right >= 0\.9x before, during +41\.2 % +≥ 70\.21 % +FAIL/);
    expect(text).not.toMatch(/What became of|Times in/);
  });

  it('draws a character a second, or several seconds where it is narrow', () => {
    const faults = (width: number): string =>
      linesOf(show(width)).find((line) => line.startsWith('  faults'))!;
    expect(faults(100).trim()).toMatch(/^faults +·{8}█{14}·{14}$/);
    expect(faults(40).trim()).toMatch(/^faults +·{4}█{7}·{7}$/);
    expect(linesOf(show(40))).toContain('  Second by second, 2 a character');
    expect(linesOf(show(100)).find((line) => line.includes('embedder open'))).toMatch(/·{8}█{5}▒█{9}▒·{12}$/);
  });

  it('shows several drills a line each, and where the summary is', () => {
    const text = renderDrillsTerminal([record, held], {
      width: 120,
      colour: false,
      reportPath: 'x/index.html',
    });
    expect(linesOf(text)[1]).toBe('  ✗ FAIL  1 of 2 drills held');
    expect(text).toMatch(/✗ embedding-api-down +FAIL +100\.0 % +100\.0 % +100\.0 %/);
    expect(text.trimEnd()).toMatch(/Report x\/index\.html$/);
    expect(renderDrillsTerminal([], { width: 80, colour: false })).toContain('No drill was run');
  });

  it('sends no escape sequence of a text', () => {
    const hostile = { ...record, drill: { ...drill, name: HOSTILE[6]!, title: HOSTILE[6]! } };
    const shown = [
      renderTerminal(hostile, { width: 100, colour: false }),
      renderDrillsTerminal([hostile], { width: 100, colour: false }),
    ].join('\n');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there
    expect(shown).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  });
});

describe('a drill as CSV', () => {
  it('has a line a second of each arm, and columns that add up', () => {
    const [heading, ...rows] = renderDrillSecondsCsv(record, columns).trim().split(/\r?\n/);
    expect(rows).toHaveLength(72);
    const names = heading!.split(',');
    expect(names).toEqual(
      expect.arrayContaining([
        'arm',
        'second',
        'faulty',
        'served_keyword',
        'attempts_embedder',
        'breaker_embedder',
      ]),
    );
    for (const row of rows) {
      const cells = row.split(',');
      const at = (name: string): number => Number(cells[names.indexOf(name)]);
      const served = names
        .filter((name) => name.startsWith('served_'))
        .reduce((sum, name) => sum + at(name), 0);
      expect(served).toBe(at('arrivals'));
      expect(cells[names.indexOf('faulty')]).toBe(String(at('second') >= 8 && at('second') < 22));
    }
  });

  it('has a line a window of each arm', () => {
    const rows = renderDrillWindowsCsv(record).trim().split(/\r?\n/);
    expect(rows).toHaveLength(7);
    expect(rows[2]).toMatch(/^as configured,during,8000,22000,\d+,1,/);
  });

  it('makes no formula of a name', () => {
    const hostile = { ...drill, arms: [{ ...drill.arms[0]!, name: HOSTILE[3]! }] };
    expect(renderDrillWindowsCsv({ ...record, drill: hostile })).not.toMatch(/^"?=/m);
  });
});
