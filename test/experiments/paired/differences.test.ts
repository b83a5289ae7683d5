import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { leftOutWords, pairBlocks } from '../../../src/experiments/paired/block-pairs.ts';
import { indicatorDifferences } from '../../../src/experiments/paired/differences.ts';
import { type BlockRecord, indicatorDifferenceSchema } from '../../../src/records/schema.ts';
import { simulatedBlocks } from '../gate/made-records.ts';

const SEED = 20;
const A_B = { a: 'baseline', b: 'candidate' };

const rowOf = (blocks: readonly BlockRecord[], indicator: string, stage: string | null = null) =>
  indicatorDifferences(blocks).find((row) => row.indicator === indicator && row.stage === stage)!;

describe('what variants differ by in speed', () => {
  it('finds a slowdown of 15 %, and which stage it lies in', () => {
    const rows = indicatorDifferences(simulatedBlocks(SEED, { slowdown: () => 1.15 }));
    for (const row of rows) expect(indicatorDifferenceSchema.parse(row)).toEqual(row);
    const [p50, generate, retrieve] = [
      rows.find(({ indicator, stage }) => indicator === 'p50' && stage === null)!,
      rows.find(({ stage }) => stage === 'generate')!,
      rows.find(({ stage }) => stage === 'retrieve')!,
    ];
    expect(p50).toMatchObject({ pairs: 30, word: 'worse', scale: 'log-ratio', medianA: 10 });
    expect(Math.abs(p50.estimate! - Math.log(1.15))).toBeLessThan(0.05);
    expect(p50.low!).toBeLessThan(p50.estimate!);
    expect(p50.high!).toBeGreaterThan(p50.estimate!);
    expect(p50.cliffsDelta!).toBeGreaterThan(0.8);
    expect(p50.detectable!).toBeGreaterThan(Math.log(1.05));
    expect(generate.word).toBe('worse');
    expect(retrieve).toMatchObject({ word: 'same', estimate: 0, detectable: null, adjustedP: 1 });
  });

  it('says of a rate that fell, too, that it is worse, and of a share by its difference', () => {
    const blocks = simulatedBlocks(SEED, { slowdown: () => 1.2, errorRate: 0.05 });
    expect(rowOf(blocks, 'throughput')).toMatchObject({ word: 'worse' });
    expect(rowOf(blocks, 'throughput').estimate!).toBeLessThan(-0.1);
    expect(rowOf(blocks, 'error-rate')).toMatchObject({ scale: 'difference', estimate: 0.05, word: 'worse' });
  });

  it('is the same the other way round, with the sign turned', () => {
    fc.assert(
      fc.property(fc.integer(), fc.double({ min: 0.7, max: 1.4, noNaN: true }), (seed, factor) => {
        const blocks = simulatedBlocks(seed, { launches: 5, slowdown: () => factor });
        const there = indicatorDifferences(blocks, { variants: ['baseline', 'candidate'] });
        const back = indicatorDifferences(blocks, { variants: ['candidate', 'baseline'] });
        const turned = {
          better: 'worse',
          worse: 'better',
          same: 'same',
          "can't tell": "can't tell",
        } as const;
        for (const [index, row] of there.entries()) {
          const other = back[index]!;
          expect(other.word).toBe(turned[row.word]);
          expect(other.p).toBe(row.p);
          if (row.estimate === null) continue;
          expect(other.estimate).toBeCloseTo(-row.estimate, 12);
          if (row.low !== null) expect(other.high).toBeCloseTo(-row.low, 12);
          expect(other.cliffsDelta).toBeCloseTo(-row.cliffsDelta!, 12);
        }
      }),
      { numRuns: 5, seed: SEED },
    );
  });

  it('does not depend on the order in which blocks are listed', () => {
    const blocks = simulatedBlocks(SEED, { slowdown: () => 1.1 });
    const options = { variants: ['baseline', 'candidate'] };
    expect(indicatorDifferences([...blocks].reverse(), options)).toEqual(
      indicatorDifferences(blocks, options),
    );
  });

  it('calls two that are alike better or worse in at most one comparison of two hundred', () => {
    const comparisons = 2000;
    let wrong = 0;
    for (let seed = 0; seed < comparisons; seed += 1) {
      const rows = indicatorDifferences(simulatedBlocks(seed));
      if (rows.some(({ word }) => word === 'better' || word === 'worse')) wrong += 1;
    }
    expect(wrong).toBeLessThanOrEqual(comparisons / 200);
  });

  it('leaves out warm-up, invalid pairs and blocks without a partner, and says so', () => {
    const blocks = simulatedBlocks(SEED, {
      change: ({ launch, pair, variant }) =>
        launch === 2 && pair === 1 && variant === 'candidate'
          ? { valid: false, invalidReasons: ['lag p99 7 ms'], indicators: { p50: 1e6 } }
          : {},
    }).filter(({ launch, pair, variant }) => !(launch === 3 && pair === 2 && variant === 'baseline'));
    const pairing = pairBlocks(blocks, A_B);
    expect(pairing).toMatchObject({ invalid: 1, warmup: 20, alone: 1 });
    expect(pairing.pairs).toHaveLength(28);
    expect(leftOutWords(pairing)).toBe(
      'left out: 20 blocks of warm-up, 1 pair with an invalid block (lag p99 7 ms), 1 block without a partner',
    );
    expect(rowOf(blocks, 'p50')).toMatchObject({ pairs: 28 });
    expect(rowOf(blocks, 'p50').medianB!).toBeLessThan(20);
  });

  it('says nothing of what it cannot have: too few pairs, no value, one that never varies', () => {
    const few = rowOf(simulatedBlocks(SEED, { launches: 2, slowdown: () => 3 }), 'p50');
    expect(few).toMatchObject({ pairs: 6, low: null, high: null, word: "can't tell", detectable: null });
    expect(few.estimate).not.toBeNull();
    expect(rowOf(simulatedBlocks(SEED), 'p99')).toMatchObject({
      pairs: 0,
      medianA: null,
      estimate: null,
      p: null,
      adjustedP: null,
      cliffsDelta: null,
      word: "can't tell",
    });
    expect(rowOf(simulatedBlocks(SEED, { noise: 0 }), 'p50')).toMatchObject({
      estimate: 0,
      detectable: null,
      p: 1,
      word: 'same',
    });
    expect(indicatorDifferences([])).toEqual([]);
  });

  it('lets a rate that fell to nothing weigh, and two that are nothing be alike', () => {
    const dead = (rate: (variant: string) => number) =>
      rowOf(
        simulatedBlocks(SEED, { change: ({ variant }) => ({ indicators: { goodput: rate(variant) } }) }),
        'goodput',
      );
    expect(dead((variant) => (variant === 'candidate' ? 0 : 90))).toMatchObject({ word: 'worse' });
    expect(dead(() => 0)).toMatchObject({ estimate: 0, word: 'same' });
  });

  it('compares every pair of three variants, each p adjusted for the others', () => {
    const two = simulatedBlocks(SEED, { slowdown: () => 1.1 });
    const third = simulatedBlocks(SEED + 1, { slowdown: () => 1.1 })
      .filter(({ variant }) => variant === 'candidate')
      .map((block) => ({ ...block, variant: 'third' }));
    const rows = indicatorDifferences([...two, ...third]).filter(
      ({ indicator, stage }) => indicator === 'p50' && !stage,
    );
    expect(rows.map(({ a, b }) => `${a}/${b}`)).toEqual([
      'baseline/candidate',
      'baseline/third',
      'candidate/third',
    ]);
    for (const { p, adjustedP } of rows) expect(adjustedP!).toBeGreaterThanOrEqual(p!);
  });
});
