import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expandVariants, MOST_VARIANTS, variantOptions } from '../../src/experiments/variant-options.ts';

const expand = (section: unknown) => expandVariants(variantOptions.variants.parse(section));

describe('variants of a configuration file', () => {
  it('stand by name, in their order', () => {
    expect(expand({ plain: {}, wide: { 'retrieval.topK': 10 }, bm25: null })).toEqual([
      { name: 'plain', values: {} },
      { name: 'wide', values: { 'retrieval.topK': 10 } },
      { name: 'bm25', values: {} },
    ]);
    expect(expand(undefined)).toEqual([]);
  });

  it('of a matrix are all combinations, named by what they set', () => {
    const variants = expand({ matrix: { 'retrieval.fusion': ['convex', 'rrf'], 'index.ef': [32, 64] } });
    expect(variants.map(({ name }) => name)).toEqual([
      'fusion=convex, ef=32',
      'fusion=convex, ef=64',
      'fusion=rrf, ef=32',
      'fusion=rrf, ef=64',
    ]);
    expect(variants[2]!.values).toEqual({ 'retrieval.fusion': 'rrf', 'index.ef': 32 });
  });

  it('are told apart where two paths end alike', () => {
    const variants = expand({
      matrix: { 'embedding.provider': ['lsa'], 'generation.provider': ['extractive'] },
    });
    expect(variants[0]!.name).toBe('embedding.provider=lsa, generation.provider=extractive');
  });

  it('of any matrix are as many as the product, each unlike the others', () => {
    const axis = fc.uniqueArray(fc.integer(), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(
        fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), axis, { minKeys: 1, maxKeys: 3 }),
        (matrix) => {
          const count = Object.values(matrix).reduce((product, values) => product * values.length, 1);
          const variants = expand({ matrix });
          expect(variants).toHaveLength(count);
          expect(new Set(variants.map(({ name }) => name)).size).toBe(count);
          expect(new Set(variants.map(({ values }) => JSON.stringify(values))).size).toBe(count);
        },
      ),
    );
  });

  it('are refused past 64, and where a matrix is none', () => {
    const many = Array.from({ length: MOST_VARIANTS + 1 }, (_, index) => index);
    expect(() => expand({ matrix: { a: many } })).toThrow(/cannot be compared/);
    expect(() => expand({ matrix: { a: many.slice(1), b: [1, 2] } })).toThrow(/cannot be compared/);
    expect(() => expand({ matrix: { a: 'convex' } })).toThrow(/cannot be compared/);
    expect(expand({ matrix: { a: many.slice(1) } })).toHaveLength(64);
  });
});
