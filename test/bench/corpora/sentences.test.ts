import { describe, expect, it } from 'vitest';
import { samplePassages, sentencesOf } from '../../../bench/corpora/sentences.ts';

const POOL = Array.from({ length: 40 }, (_, index) => `Sentence number ${index} is about ferries.`);

describe('sampled passages', () => {
  it('are the same for the same seed, and others for another', () => {
    const passages = [...samplePassages(POOL, { count: 20, seed: 7 })];
    expect([...samplePassages(POOL, { count: 20, seed: 7 })]).toEqual(passages);
    expect([...samplePassages(POOL, { count: 20, seed: 8 })]).not.toEqual(passages);
  });

  it('hold five sentences of the pool each, and have ids of their own', () => {
    const passages = [...samplePassages(POOL, { count: 30, seed: 1 })];
    expect(new Set(passages.map(({ id }) => id)).size).toBe(30);
    for (const { text } of passages) {
      const drawn = sentencesOf([text]);
      expect(drawn).toHaveLength(5);
      for (const sentence of drawn) expect(POOL).toContain(sentence);
    }
  });

  it('begin a larger collection as they begin a smaller one', () => {
    const small = [...samplePassages(POOL, { count: 5, seed: 3 })];
    expect([...samplePassages(POOL, { count: 9, seed: 3 })].slice(0, 5)).toEqual(small);
  });

  it('cannot be drawn from nothing', () => {
    expect(() => [...samplePassages([], { count: 1, seed: 1 })]).toThrow(RangeError);
  });
});
