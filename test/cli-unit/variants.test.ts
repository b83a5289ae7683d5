import { describe, expect, it } from 'vitest';
import { parseVariants } from '../../src/cli/variants.ts';

const refused = (...specs: string[]): unknown => {
  try {
    return parseVariants(specs);
  } catch (thrown) {
    return thrown;
  }
};

describe('--variant', () => {
  it('takes known names, with commas or one by one', () => {
    expect(parseVariants(['bm25,lsa', 'hybrid']).map(({ name }) => name)).toEqual(['bm25', 'lsa', 'hybrid']);
  });

  it('takes names of one’s own with what they set, lists included', () => {
    expect(
      parseVariants(['wide: retrieval.topK=20, reranking.kind=mmr', 'other:quality.measures=["f1","map"]']),
    ).toEqual([
      { name: 'wide', settings: ['retrieval.topK=20', 'reranking.kind=mmr'] },
      { name: 'other', settings: ['quality.measures=["f1","map"]'] },
    ]);
  });

  it('takes names of the configuration file, those of a matrix included', () => {
    const ofFile = ['wide', 'bm25', 'fusion=convex, ef=64', 'fusion=rrf, ef=64'];
    const names = (...specs: string[]) =>
      parseVariants(specs, ofFile).map(({ name, settings }) => [name, settings]);
    expect(names('wide,lsa')).toEqual([
      ['wide', undefined],
      ['lsa', ['retrieval.mode=vector', 'embedding.provider=lsa', 'reranking.kind=none']],
    ]);
    // The file's own goes before the known one of that name.
    expect(names('bm25', 'fusion=rrf,ef=64')).toEqual([
      ['bm25', undefined],
      ['fusion=rrf, ef=64', undefined],
    ]);
    expect(names('fusion=convex, ef=64,wide,fusion=rrf, ef=64').map(([name]) => name)).toEqual([
      'fusion=convex, ef=64',
      'wide',
      'fusion=rrf, ef=64',
    ]);
    expect(() => parseVariants(['wyde,lsa'], ofFile)).toThrow(/did you mean wide\?/);
    try {
      parseVariants(['fusion=rff,lsa'], ofFile);
      expect.unreachable();
    } catch (thrown) {
      expect((thrown as { hint: string }).hint).toContain('"fusion=rrf, ef=64"');
    }
  });

  it.each([
    [['bm52,lsa'], /did you mean bm25/],
    [['bm25'], /single variant/],
    [['bm25', 'bm25'], /two variants "bm25"/],
    [['mine:topK', 'bm25'], /does not say what it sets/],
    [['<b>:retrieval.topK=1', 'bm25'], /cannot be called/],
    [['constructor', 'bm25'], /There is no variant/],
  ])('refuses %j', (specs, words) => {
    expect(refused(...specs)).toMatchObject({
      code: 'usage.argument',
      where: '--variant',
      message: expect.stringMatching(words),
    });
  });
});
