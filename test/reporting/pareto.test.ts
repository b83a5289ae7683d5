import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { IndicatorDifference, RunRecord } from '../../src/records/schema.ts';
import { frontLine, paretoChart } from '../../src/reporting/charts/pareto.ts';
import { standingSentences, standings } from '../../src/reporting/pareto.ts';
import { samplePaired, TWO } from './sample-paired.ts';

type Word = IndicatorDifference['word'];

/** The record with these words for p95 and cost, in the order of the pairs; of quality there is none. */
function withWords(record: RunRecord, p95: readonly Word[], cost: readonly Word[] = []): RunRecord {
  const nth = { p95: 0, 'cost-per-query': 0 };
  const differences = record.paired!.differences.map((row): IndicatorDifference => {
    if (row.stage !== null) return row;
    if (row.indicator === 'p95') return { ...row, word: p95[nth.p95++] ?? "can't tell" };
    if (row.indicator !== 'cost-per-query') return row;
    return { ...row, word: cost[nth['cost-per-query']++] ?? "can't tell" };
  });
  return { ...record, paired: { ...record.paired!, differences } };
}

/** One of right answers over all questions, of b. */
const quality = (a: string, b: string, word: 'better' | 'worse' | "can't tell") => ({
  a,
  b,
  compared: 'right',
  kind: null,
  n: 400,
  mean: 0.02,
  ci95: null,
  approximate: false,
  p: 0.01,
  adjustedP: 0.02,
  wins: 10,
  ties: 388,
  losses: 2,
  detectable: 0.03,
  word,
});

describe('the front of quality, p95 and cost', () => {
  // hybrid and the wide one are the third pair: the wide one is told slower.
  const told = withWords(samplePaired(), ['worse', 'worse', 'worse']);
  const found = standings(told)!;

  it('names who is dominated, and by whom', () => {
    expect(found.variants.map(({ dominatedBy }) => dominatedBy)).toEqual([undefined, undefined, 'hybrid']);
    expect(standingSentences(found)).toEqual([
      'On the front of right answers, p95 and cost: bm25, hybrid.',
      'wide <b>|*mine* is dominated: hybrid is at least as good in right answers, p95 and cost, and told to be better in one of them.',
    ]);
  });

  it('names no loser by figures alone', () => {
    const untold = standings(withWords(samplePaired(), ['worse', 'worse', "can't tell"]))!;
    expect(untold.variants.map(({ dominatedBy }) => dominatedBy)).toEqual([undefined, undefined, undefined]);
    expect(untold.variants.map(({ aboutAsGoodAs }) => aboutAsGoodAs)).toEqual([
      undefined,
      undefined,
      'hybrid',
    ]);
    expect(standingSentences(untold)).toEqual([
      'On the front of right answers, p95 and cost: bm25, hybrid, wide <b>|*mine*.',
      'wide <b>|*mine* is about as good as hybrid: its figures are no better in any of right answers, p95 and cost, but what parts the two can be chance.',
    ]);
    const chart = paretoChart(untold, 'p95')!;
    expect(chart.legend.map(({ label }) => label)).toEqual([
      'on the front',
      'about as good as one there',
      'the front of this chart',
    ]);
    expect(chart.description).toContain('about as good as one there');
    expect(chart.table.rows.map((row) => row.at(-1))).toEqual(['–', '–', 'hybrid']);
    expect(JSON.stringify(chart)).not.toContain('dominated');
  });

  it('takes one test to name a loser, of quality, p95 or cost, and none that speaks against it', () => {
    const record = withWords(samplePaired(), []);
    const wide = record.comparison!.variants[2]!.name;
    const by = (overall: ReturnType<typeof quality>[], other = record) =>
      standings({ ...other, comparison: { ...other.comparison!, overall } })!.variants[2]!.dominatedBy;
    expect(by([quality('hybrid', wide, 'worse')])).toBe('hybrid');
    expect(by([quality(wide, 'hybrid', 'better')])).toBe('hybrid');
    expect(by([quality('hybrid', wide, "can't tell")])).toBeUndefined();
    expect(by([{ ...quality('hybrid', wide, 'worse'), compared: 'ndcg@10' }])).toBeUndefined();
    expect(by([], withWords(samplePaired(), [], ["can't tell", "can't tell", 'worse']))).toBe('hybrid');
    const torn = withWords(samplePaired(), ["can't tell", "can't tell", 'better']);
    expect(by([quality('hybrid', wide, 'worse')], torn)).toBeUndefined();
  });

  it('keeps a variant that is cheaper than what is better', () => {
    const cheap = { name: 'cheap', slowness: 1.5, right: 0.7, costUsd: 0.0001 };
    const names = standings(samplePaired({ variants: [...TWO, cheap] }))!.variants;
    expect(names.at(-1)!.dominatedBy).toBeUndefined();
    const slow = { name: 'slow', slowness: 1.5, right: 0.7 };
    const free = standings(
      withWords(samplePaired({ variants: [...TWO, slow] }), ['worse', 'worse', 'worse']),
    )!;
    expect(free.withCost).toBe(false);
    expect(free.variants.at(-1)!.dominatedBy).toBe('hybrid');
    expect(paretoChart(free, 'p95')!.table.rows).toHaveLength(3);
  });

  it('keeps both of two that are alike', () => {
    const twins = standings(samplePaired())!.variants;
    expect(twins.filter(({ dominatedBy }) => dominatedBy === undefined).length).toBeGreaterThan(0);
    const record = samplePaired();
    const blocks = record.paired!.blocks.map((block) => ({ ...block, indicators: { p95: 10 } }));
    const variants = record.comparison!.variants.map((variant) => ({
      ...variant,
      quality: record.comparison!.variants[0]!.quality,
    }));
    const alike = standings({
      ...record,
      paired: { ...record.paired!, blocks },
      comparison: { ...record.comparison!, variants },
    })!;
    expect(alike.variants.every(({ dominatedBy }) => dominatedBy === undefined)).toBe(true);
  });

  it('is not drawn of one variant, nor without blocks or quality', () => {
    const record = samplePaired();
    expect(standings({ ...record, paired: undefined })).toBeUndefined();
    expect(standings({ ...record, comparison: undefined })).toBeUndefined();
    expect(standings(samplePaired({ variants: [TWO[0]!] }))).toBeUndefined();
  });

  it('rises with its price, and no point lies above and to the left of it', () => {
    const points = fc.array(
      fc.record({ x: fc.integer({ min: 0, max: 20 }), y: fc.integer({ min: 0, max: 20 }) }),
      { minLength: 1, maxLength: 12 },
    );
    fc.assert(
      fc.property(points, (dots) => {
        const line = frontLine(dots);
        line.slice(1).forEach((dot, index) => {
          expect(dot.x).toBeGreaterThan(line[index]!.x);
          expect(dot.y).toBeGreaterThan(line[index]!.y);
        });
        for (const dot of dots) expect(line.some(({ x, y }) => x <= dot.x && y >= dot.y)).toBe(true);
      }),
    );
  });
});
