import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TopK } from '../../../src/engine/indexing/top-k.ts';

function best(pairs: readonly (readonly [key: number, score: number])[], k: number) {
  const sorted = [...pairs].sort(([keyA, a], [keyB, b]) => b - a || keyA - keyB).slice(0, k);
  return { keys: sorted.map(([key]) => key), scores: sorted.map(([, score]) => score) };
}

function select(pairs: readonly (readonly [key: number, score: number])[], selection: TopK) {
  for (const [key, score] of pairs) selection.push(key, score);
  const { keys, scores } = selection.take();
  return { keys: [...keys], scores: [...scores] };
}

// Few distinct scores, so that ties are common.
const pairs = fc.uniqueArray(fc.tuple(fc.integer({ min: 1, max: 500 }), fc.integer({ min: -3, max: 3 })), {
  selector: ([key]) => key,
  maxLength: 60,
});

describe('TopK', () => {
  it('keeps what sorting everything would put first, ties by ascending key', () => {
    fc.assert(
      fc.property(pairs, fc.integer({ min: 0, max: 70 }), (stream, k) => {
        expect(select(stream, new TopK(k))).toEqual(best(stream, k));
      }),
    );
  });

  it('is empty after its result was taken, and can be used again', () => {
    const selection = new TopK(2);
    select([[1, 1]], selection);
    expect(selection.count).toBe(0);
    expect(
      select(
        [
          [9, 0.5],
          [4, 0.5],
          [7, 0.5],
        ],
        selection,
      ),
    ).toEqual({ keys: [4, 7], scores: [0.5, 0.5] });
  });

  it('tells the score that must be reached to enter', () => {
    const selection = new TopK(2);
    selection.push(1, 0.25);
    expect(selection.floor).toBe(Number.NEGATIVE_INFINITY);
    selection.push(2, 0.75);
    expect(selection.floor).toBe(0.25);
    selection.push(3, 0.5);
    expect(selection.floor).toBe(0.5);
    expect(new TopK(0).floor).toBe(Number.POSITIVE_INFINITY);
  });

  it('holds keys up to 2^32 − 1', () => {
    expect(select([[4_294_967_295, 1]], new TopK(1)).keys).toEqual([4_294_967_295]);
  });
});
