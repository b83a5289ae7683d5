import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import pc from 'picocolors';
import { describe, expect, it } from 'vitest';
import type { IndicatorDifference } from '../../src/records/schema.ts';
import { compareHeadline } from '../../src/reporting/compare-headline.ts';
import { renderBlocksCsv } from '../../src/reporting/csv/blocks.ts';
import { pairedPart, settingsPart } from '../../src/reporting/markdown/paired-part.ts';
import {
  change,
  changeInterval,
  changeSize,
  differenceCells,
  indicatorValue,
  indicatorWords,
  movedStage,
  pairChanges,
  pairedFindings,
  planWords,
} from '../../src/reporting/paired.ts';
import { settingRows } from '../../src/reporting/settings-diff.ts';
import { pairedBlock } from '../../src/reporting/terminal/paired-block.ts';
import { samplePaired, TWO, VARIANTS } from './sample-paired.ts';

const record = samplePaired({ variants: TWO });
const paired = record.paired!;
const rowOf = (indicator: string): IndicatorDifference =>
  paired.differences.find((row) => row.indicator === indicator && row.stage === null)!;

describe('changes', () => {
  it('are percent of log ratios and points of shares, with their sign', () => {
    expect(change(Math.log(1.032), 'log-ratio')).toBe('+3.2 %');
    expect(change(Math.log(0.5), 'log-ratio')).toBe('−50.0 %');
    expect(change(-0.008, 'difference')).toBe('−0.8 points');
    expect(change(0.0000001, 'log-ratio')).toBe('±0.0 %');
    expect(change(null, 'log-ratio')).toBe('–');
    expect(change(Number.NaN, 'difference')).toBe('–');
    expect(change(Math.log(12), 'log-ratio')).toBe('+1100 %');
  });

  it('write the unit of an interval once, and none where an end is missing', () => {
    expect(changeInterval(Math.log(1.011), Math.log(1.053), 'log-ratio')).toBe('+1.1 to +5.3 %');
    expect(changeInterval(-0.01, 0.02, 'difference')).toBe('−1.0 to +2.0 points');
    expect(changeInterval(null, 0.02, 'difference')).toBe('–');
  });

  it('write a δ as it was chosen', () => {
    expect([0.05, 0.1, 0.15].map((delta) => changeSize(Math.log1p(delta), 'log-ratio'))).toEqual([
      '5 %',
      '10 %',
      '15 %',
    ]);
    expect(changeSize(0.005, 'difference')).toBe('0.5 points');
    expect(changeSize(null, 'difference')).toBe('–');
  });

  it('bear the sign of what they are, whatever its size', () => {
    fc.assert(
      fc.property(fc.double({ min: -3, max: 3, noNaN: true }), (value) => {
        const text = change(value, 'log-ratio');
        expect(text).toMatch(/^[+−±]\d+(\.\d)? %$/);
        if (text.startsWith('+')) expect(value).toBeGreaterThan(0);
        if (text.startsWith('−')) expect(value).toBeLessThan(0);
      }),
    );
  });
});

describe('indicators', () => {
  it('are named in words and written with their unit; a name that is not known is a duration', () => {
    expect(indicatorWords({ indicator: 'error-rate', stage: null })).toBe('error rate');
    expect(indicatorWords({ indicator: 'p50', stage: 're\nrank' })).toBe('stage re rank');
    expect(indicatorValue(12.4, 'p50')).toBe('12.4 ms');
    expect(indicatorValue(0.012, 'error-rate')).toBe('1.2 %');
    expect(indicatorValue(79.6, 'throughput')).toBe('79.6 /s');
    expect(indicatorValue(0.0011, 'cost-per-query')).toBe('$0.00110');
    expect(indicatorValue(3, 'constructor')).toBe('3.00 ms');
    expect(indicatorValue(null, 'p50')).toBe('–');
  });
});

describe('pairs of blocks', () => {
  it('are those that ran and are valid, one change each, in the order of launches', () => {
    const changes = pairChanges(paired.blocks, rowOf('p50'));
    expect(changes).toHaveLength(29);
    expect(changes.some(({ launch, pair }) => launch === 2 && pair === 1)).toBe(false);
    expect(changes.every(({ pair }) => pair > 0)).toBe(true);
    const [first] = changes;
    const [a, b] = ['bm25', 'hybrid'].map(
      (variant) =>
        paired.blocks.find((block) => block.variant === variant && block.pair === 1)!.indicators.p50!,
    );
    expect(first!.value).toBeCloseTo(Math.log(b! / a!), 12);
  });

  it('leave out what has no logarithm, and what only one of the two has', () => {
    const none = paired.blocks.map((block) => ({
      ...block,
      indicators: { ...block.indicators, p50: block.variant === 'bm25' ? 0 : 3, p95: null },
    }));
    expect(pairChanges(none, rowOf('p50'))).toEqual([]);
    expect(pairChanges(none, rowOf('p95'))).toEqual([]);
    const alone = paired.blocks.filter(({ variant }) => variant === 'bm25');
    expect(pairChanges(alone, rowOf('p50'))).toEqual([]);
  });
});

describe('what reports say of speed', () => {
  it('is a sentence for each word, with the stage that moved', () => {
    const [worse, same] = pairedFindings(paired);
    expect(worse).toMatch(
      /^hybrid is worse than bm25 in p50 \(\+\d+\.\d %\), .* Of the stages, rerank moved most: 3\.\d+ ms to 5\.\d+ ms, \+\d+\.\d %\.$/,
    );
    expect(same).toMatch(/^hybrid and bm25 are the same, within δ, in throughput/);
    expect(movedStage(rowOf('p95'), paired)?.stage).toBe('rerank');
    expect(movedStage(rowOf('throughput'), paired)).toBeUndefined();
  });

  it('writes every figure of a difference, and dashes for what is null', () => {
    expect(differenceCells(rowOf('p50'))).toMatchObject({
      difference: 'hybrid against bm25',
      of: 'p50',
      delta: '±5 %',
      effect: '+0.74',
      word: 'worse',
      pairs: '29',
    });
    const nothing = { medianA: null, medianB: null, estimate: null, low: null, high: null };
    const row = { ...rowOf('p50'), ...nothing, adjustedP: null, cliffsDelta: null, detectable: null };
    expect(Object.values(differenceCells(row)).filter((cell) => cell === '–')).toHaveLength(7);
  });

  it('says what was run, and what was left out', () => {
    expect(planWords(paired)).toBe(
      '10 launches of 3 pairs, started afresh for each launch, in seeded random order; blocks of 12.5 s at 80 /s, 1\u202f000 requests each on average; the first pair of each launch is thrown away; 2 blocks invalid and left out.',
    );
    const closed = {
      ...paired,
      launches: 1,
      offeredRate: null,
      interleaving: 'questions' as const,
      blocks: [],
    };
    expect(planWords(closed)).toBe(
      '1 launch of 3 pairs, question by question, in seeded random order; blocks of 12.5 s by one user after the other.',
    );
  });

  it('begins with how many were compared, and what is told first', () => {
    expect(compareHeadline(record)).toMatchObject({
      claim: '2 variants compared',
      sentence: expect.stringMatching(/^hybrid is worse than bm25 in p50 /),
    });
    const bare = { ...record, paired: undefined, comparison: undefined };
    expect(compareHeadline(bare).sentence).toBe('No difference could be computed.');
  });

  it('stands in Markdown, where names stay text', () => {
    const text = pairedPart(samplePaired());
    expect(text).toContain('### Speed, in turns');
    expect(text).toContain('wide &lt;b&gt;\\|\\*mine\\*');
    expect(text).not.toContain('<script>');
    expect(text).toMatch(/\| hybrid against bm25 \| p50 \| 12\.\d ms \|/);
    expect(text).toContain('is dominated');
    expect(pairedPart({ ...record, paired: undefined })).toBe('');
  });

  it('stands on a terminal of any width', () => {
    for (const columns of [40, 60, 78, 108]) {
      const lines = pairedBlock(samplePaired(), { columns, colours: pc.createColors(false) });
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns);
      expect(lines.join('\n')).toContain('hybrid against bm25');
    }
    expect(pairedBlock({ ...record, paired: undefined }, { columns: 80, colours: pc })).toEqual([]);
  });
});

describe('blocks.csv', () => {
  it('holds every block with every indicator and stage, empty where null', () => {
    const rows: Record<string, string>[] = parse(renderBlocksCsv(record), { columns: true });
    expect(rows).toHaveLength(paired.blocks.length);
    expect(rows[0]).toMatchObject({ variant: 'bm25', warmup: 'true', valid: 'true', arrivals: '1000' });
    expect(Number(rows[0]!.p50)).toBe(paired.blocks[0]!.indicators.p50);
    expect(Number(rows[0]!.stage_rerank_ms)).toBe(paired.blocks[0]!.stagesMs.rerank);
    expect(rows.filter(({ valid }) => valid === 'false')[0]!.invalid_reasons).toBe('the generator sent late');
    const [free]: Record<string, string>[] = parse(
      renderBlocksCsv(samplePaired({ variants: [{ name: '=1+1', slowness: 1 }, TWO[1]!] })),
      { columns: true },
    );
    expect(free).toMatchObject({ variant: "'=1+1", 'cost-per-query': '' });
  });
});

describe('settings of variants', () => {
  const withSettings = (settings: readonly (readonly string[])[]) => {
    const all = samplePaired();
    const variants = all.comparison!.variants.map((variant, index) => ({
      ...variant,
      settings: [...(settings[index] ?? [])],
    }));
    return { ...all, comparison: { ...all.comparison!, variants } };
  };

  it('are shown where they differ, each with what the run was configured with', () => {
    const run = withSettings([
      ['retrieval.mode=keyword'],
      ['retrieval.topK=5', 'cache.enabled=false'],
      ['retrieval.topK=10', 'cache.enabled=false'],
    ]);
    expect(settingRows(run)).toEqual([
      { path: 'cache.enabled', values: ['–', 'false', 'false'], own: [false, true, true] },
      {
        path: 'retrieval.mode',
        values: ['keyword', 'hybrid', 'hybrid'],
        own: [true, false, false],
      },
      { path: 'retrieval.topK', values: ['5', '5', '10'], own: [false, true, true] },
    ]);
    expect(settingsPart(run)).toContain('| retrieval.topK | 5 | 5 | 10 |');
    expect(settingsPart(run)).toContain('| Setting | bm25 | hybrid | wide &lt;b&gt;\\|\\*mine\\* |');
  });

  it('are not shown where all are alike, nor read off the prototype of an object', () => {
    const alike = [['a=1'], ['a=1'], ['a=1']];
    expect(settingRows(withSettings(alike))).toEqual([]);
    expect(settingsPart(withSettings(alike))).toBe('');
    const odd = settingRows(withSettings([['constructor=x'], [], []]));
    expect(odd[0]!.values).toEqual(['x', '–', '–']);
    expect(VARIANTS).toHaveLength(3);
  });
});
