import { describe, expect, it } from 'vitest';
import { nearest } from '../../src/text/nearest.ts';

describe('nearest', () => {
  const words = ['ndcg', 'recall', 'r-precision', 'precision', 'f1'];

  it.each([
    ['ndgc', 'ndcg'],
    ['recal', 'recall'],
    ['rprecision', 'r-precision'],
    ['precison', 'precision'],
    ['f2', 'f1'],
  ])('%s most likely means %s', (typed, meant) => {
    expect(nearest(typed, words)).toBe(meant);
  });

  it('suggests nothing for a word that resembles none', () => {
    expect(nearest('latency', words)).toBeUndefined();
  });
});
