import { describe, expect, it } from 'vitest';
import { type CompareChoice, wantedOf } from '../../src/cli/compare-arms.ts';
import { settingsSchema } from '../../src/config/settings.ts';

const wanted = (choice: CompareChoice, variants: object = {}) =>
  wantedOf(choice, { ...settingsSchema.parse({}), variants } as never).map(({ name, assignments }) => [
    name,
    assignments.map(({ text }) => text),
  ]);

describe('what is compared', () => {
  it('is what --variant says, before the file', () => {
    expect(wanted({ variant: ['bm25', 'wide:retrieval.topK=10'] }, { other: {} })).toEqual([
      ['bm25', ['retrieval.mode=keyword', 'reranking.kind=none']],
      ['wide', ['retrieval.topK=10']],
    ]);
  });

  it('is several targets by name', () => {
    expect(wanted({ target: ['old=http://127.0.0.1:1/?a=b', 'new=in-process'] })).toEqual([
      ['old', ['target.url=http://127.0.0.1:1/?a=b']],
      ['new', ['target.url=in-process']],
    ]);
  });

  it('is what the configuration file has, nested or with dots, and a matrix multiplied out', () => {
    const variants = {
      plain: { retrieval: { topK: 5 } },
      bm25: null,
      matrix: { 'retrieval.fusion': ['convex', 'rrf'], 'index.ef': [64] },
    };
    expect(wanted({}, variants)).toEqual([
      ['plain', ['retrieval.topK=5']],
      ['bm25', ['retrieval.mode=keyword', 'reranking.kind=none']],
      ['fusion=convex, ef=64', ['retrieval.fusion=convex', 'index.ef=64']],
      ['fusion=rrf, ef=64', ['retrieval.fusion=rrf', 'index.ef=64']],
    ]);
  });

  it('is those of the configuration file that --variant names', () => {
    const variants = {
      wide: { retrieval: { topK: 9 } },
      plain: {},
      matrix: { 'retrieval.fusion': ['convex', 'rrf'], 'index.ef': [64] },
    };
    expect(wanted({ variant: ['wide', 'fusion=rrf,ef=64', 'own:retrieval.topK=2'] }, variants)).toEqual([
      ['wide', ['retrieval.topK=9']],
      ['fusion=rrf, ef=64', ['retrieval.fusion=rrf', 'index.ef=64']],
      ['own', ['retrieval.topK=2']],
    ]);
    expect(() => wanted({ variant: ['wyde,plain'] }, variants)).toThrow(/did you mean wide\?/);
  });

  it.each([
    [{}, {}, /Nothing says what to compare/],
    [{}, { only: {} }, /single variant/],
    [{ target: ['http://127.0.0.1/?a=b', 'b=http://127.0.0.1'] }, {}, /needs a name/],
    [{ target: ['a=http://h', 'a=http://i'] }, {}, /two variants "a"/],
    [{ target: ['a=http://h'], variant: ['bm25,lsa'] }, {}, /Either targets/],
    [{}, { a: { 'retrieval.topq': 1 }, b: {} }, /variant a is wrong/],
    [{}, { '<b>': {}, b: {} }, /cannot be called/],
  ])('refuses %j with %j', (choice, variants, words) => {
    expect(() => wanted(choice, variants)).toThrow(words);
  });
});
