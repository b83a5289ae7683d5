import { describe, expect, it } from 'vitest';
import { configurationDiff, diffInWords } from '../../src/experiments/configuration-diff.ts';

describe('the difference of two configurations', () => {
  it('names each setting that differs, by its path', () => {
    const before = { retrieval: { topK: 5, mode: 'hybrid' }, list: ['a'], gone: true };
    const after = { retrieval: { topK: 10, mode: 'hybrid' }, list: ['a', 'b'], fresh: null };
    expect(diffInWords(configurationDiff(before, after))).toBe(
      'retrieval.topK: 5 → 10, list: ["a"] → ["a","b"], gone: true → not set, fresh: not set → null',
    );
  });

  it('is empty for what is alike, and passes over the variants themselves', () => {
    expect(configurationDiff({ a: { b: 1 }, variants: '***' }, { a: { b: 1 } })).toEqual([]);
  });
});
