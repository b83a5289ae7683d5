import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { frontLine, paretoChart } from '../../src/reporting/charts/pareto.ts';
import { standingSentences, standings } from '../../src/reporting/pareto.ts';
import { samplePaired, TWO } from './sample-paired.ts';

describe('the front of quality, p95 and cost', () => {
  const found = standings(samplePaired())!;

  it('names who is dominated, and by whom', () => {
    expect(found.variants.map(({ dominatedBy }) => dominatedBy)).toEqual([undefined, undefined, 'hybrid']);
    expect(standingSentences(found)).toEqual([
      'On the front of right answers, p95 and cost: bm25, hybrid.',
      'wide <b>|*mine* is dominated: hybrid is at least as good in right answers, p95 and cost, and better in one of them.',
    ]);
  });

  it('keeps a variant that is cheaper than what is better', () => {
    const cheap = { name: 'cheap', slowness: 1.5, right: 0.7, costUsd: 0.0001 };
    const names = standings(samplePaired({ variants: [...TWO, cheap] }))!.variants;
    expect(names.at(-1)!.dominatedBy).toBeUndefined();
    const free = standings(
      samplePaired({ variants: [...TWO, { name: 'slow', slowness: 1.5, right: 0.7 }] }),
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
