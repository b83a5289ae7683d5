import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Hits } from '../../../src/engine/ports.ts';
import { fuseConvex, fuseReciprocalRanks, minMax } from '../../../src/engine/retrieval/fusion.ts';

const NONE = hits();

describe('min–max normalisation', () => {
  it('puts the best at 1 and the worst at 0', () => {
    expect([...minMax(Float64Array.of(10, 7, 5, 0))]).toEqual([1, 0.7, 0.5, 0]);
    expect([...minMax(Float64Array.of(0.5, -0.5))]).toEqual([1, 0]);
  });

  it('gives 1 to a single score and to equal ones', () => {
    expect([...minMax(Float64Array.of(-3))]).toEqual([1]);
    expect([...minMax(Float64Array.of(2, 2))]).toEqual([1, 1]);
    expect(minMax(new Float64Array(0))).toHaveLength(0);
  });
});

describe('convex fusion', () => {
  it('weighs normalised scores, counting 0 for a key that a list lacks', () => {
    const fused = fuseConvex(hits([1, 12], [2, 7], [3, 2]), hits([3, 0.9], [4, 0.5]), 0.35);
    expect([...fused.keys]).toEqual([1, 3, 2, 4]);
    expect(fused.scores[0]).toBeCloseTo(0.65);
    expect(fused.scores[1]).toBeCloseTo(0.35);
    expect(fused.scores[2]).toBeCloseTo(0.325);
    expect(fused.scores[3]).toBe(0);
  });

  it('orders equal scores by ascending key', () => {
    expect([...fuseConvex(hits([9, 1]), hits([4, 1]), 0.5).keys]).toEqual([4, 9]);
  });

  it('has nothing to say about nothing', () => {
    expect(fuseConvex(NONE, NONE, 0.35)).toEqual(NONE);
  });

  it('stays in [0, 1], holds every key once, and falls from place to place', () => {
    fc.assert(
      fc.property(rankings(), rankings(), fc.double({ min: 0, max: 1, noNaN: true }), (a, b, weight) => {
        const fused = fuseConvex(a, b, weight);
        expect(new Set(fused.keys)).toEqual(new Set([...a.keys, ...b.keys]));
        expect(new Set(fused.keys).size).toBe(fused.keys.length);
        for (const score of fused.scores) expect(score).toBeGreaterThanOrEqual(0);
        for (const score of fused.scores) expect(score).toBeLessThanOrEqual(1 + 1e-12);
        expectRanked(fused);
      }),
    );
  });

  it('ranks as the only list does when the other is empty, and ignores a list of weight 0', () => {
    fc.assert(
      fc.property(rankings(), rankings(), (a, b) => {
        expect(fuseConvex(a, NONE, 0.35).keys).toEqual(a.keys);
        expect(fuseConvex(NONE, a, 0.35).keys).toEqual(a.keys);
        const keywordOnly = fuseConvex(a, b, 0);
        for (let place = 0; place < a.keys.length && keywordOnly.scores[place]! > 0; place += 1) {
          expect(keywordOnly.keys[place]).toBe(a.keys[place]);
        }
      }),
    );
  });
});

describe('reciprocal rank fusion', () => {
  it('sums 1 / (k + rank) over the lists', () => {
    const fused = fuseReciprocalRanks([hits([1, 9], [2, 8]), hits([2, 0.4], [3, 0.1])], 60);
    expect([...fused.keys]).toEqual([2, 1, 3]);
    expect(fused.scores[0]).toBeCloseTo(1 / 62 + 1 / 61, 12);
    expect(fused.scores[1]).toBeCloseTo(1 / 61, 12);
    expect(fused.scores[2]).toBeCloseTo(1 / 62, 12);
  });

  it('does not depend on the order of two lists, and holds every key once', () => {
    fc.assert(
      fc.property(rankings(), rankings(), (a, b) => {
        const fused = fuseReciprocalRanks([a, b], 60);
        expect(fused).toEqual(fuseReciprocalRanks([b, a], 60));
        expect([...fused.keys].sort()).toEqual([...new Set([...a.keys, ...b.keys])].sort());
        expectRanked(fused);
      }),
    );
  });
});

function hits(...pairs: readonly (readonly [key: number, score: number])[]): Hits {
  return {
    keys: Uint32Array.from(pairs, ([key]) => key),
    scores: Float64Array.from(pairs, ([, score]) => score),
  };
}

/** Any ranked list of up to 30 chunks, with ties: tenths, so that normalising keeps different scores apart. */
function rankings(): fc.Arbitrary<Hits> {
  return fc
    .uniqueArray(fc.tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: -50, max: 50 })), {
      selector: ([key]) => key,
      maxLength: 30,
    })
    .map((pairs) =>
      hits(
        ...pairs
          .map(([key, tenths]) => [key, tenths / 10] as const)
          .sort(([keyA, a], [keyB, b]) => b - a || keyA - keyB),
      ),
    );
}

function expectRanked({ keys, scores }: Hits): void {
  for (let place = 1; place < keys.length; place += 1) {
    expect(scores[place]).toBeLessThanOrEqual(scores[place - 1]!);
    if (scores[place] === scores[place - 1]) expect(keys[place]).toBeGreaterThan(keys[place - 1]!);
  }
}
