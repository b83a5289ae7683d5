import { describe, expect, it } from 'vitest';
import { GroundspeedError } from '../../src/kernel/errors.ts';
import { namePattern } from '../../src/measures/measure.ts';
import { DEFAULT_MEASURES, FAMILIES, parseMeasures } from '../../src/measures/registry.ts';

const refusal = (...names: string[]): GroundspeedError => {
  try {
    parseMeasures(names);
  } catch (error) {
    if (error instanceof GroundspeedError) return error;
    throw error;
  }
  throw new Error('Nothing was refused.');
};

describe('parseMeasures', () => {
  it('knows every default measure, by exactly that name', () => {
    expect(parseMeasures(DEFAULT_MEASURES).map(({ name }) => name)).toEqual(DEFAULT_MEASURES);
  });

  it('reads cutoffs, token budgets, capitals and spaces, and keeps each measure once', () => {
    const measures = parseMeasures(['nDCG@10', ' ndcg@010', 'ndcg', 'evidence-recall@500tokens']);
    expect(measures.map(({ name, k }) => [name, k])).toEqual([
      ['ndcg@10', 10],
      ['ndcg', Number.POSITIVE_INFINITY],
      ['evidence-recall@500tokens', 500],
    ]);
  });

  it('names the nearest measure, and all there are', () => {
    const error = refusal('ndgc@10');
    expect(error.code).toBe('usage.argument');
    expect(error.message).toContain('did you mean ndcg@10?');
    for (const family of FAMILIES) expect(error.hint).toContain(namePattern(family));
  });

  it('lists every wrong name at once', () => {
    expect(refusal('latency', 'map', 'recal@5').problems).toEqual([
      '"latency" is not a measure.',
      '"recal@5" is not a measure; did you mean recall@5?',
    ]);
  });

  it.each([
    ['recall', 'recall@k'],
    ['mrr@10', 'mrr'],
    ['evidence-recall@5', 'evidence-recall@Ntokens'],
    ['ndcg@5tokens', 'ndcg[@k]'],
    ['ndcg@0', 'cutoff'],
    ['precision@99999999', 'cutoff'],
    ['ndcg@ten', 'ndcg[@k]'],
  ])('refuses %s, saying %s', (name, part) => {
    expect(refusal(name).message).toContain(part);
  });

  it('refuses an empty list', () => {
    expect(refusal().code).toBe('usage.argument');
  });
});

describe('the measures', () => {
  it('describe themselves in one line each', () => {
    for (const { description, citation, range } of FAMILIES) {
      expect(description).toMatch(/^\S.*\.$/);
      expect(citation).not.toBe('');
      expect(range).toEqual([0, 1]);
    }
  });

  it('state the gain and the discount of nDCG', () => {
    const ndcg = FAMILIES.find(({ name }) => name === 'ndcg');
    expect(ndcg?.gain).toContain('linear');
    expect(ndcg?.discount).toContain('log2');
  });
});
