import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type GoldenQuestion, type GoldenSet, goldenQuestion } from '../../src/datasets/golden.ts';
import { bareId, goldenIds, matchIds } from '../../src/experiments/id-matching.ts';

const TEXT = 'A travel voucher is valid for eighteen months from the date of issue, for whoever holds it.';

const question = (source: string, evidence: GoldenQuestion['evidence'] = []): GoldenQuestion =>
  goldenQuestion({
    id: `q-${source}`,
    question: 'How long?',
    evidence,
    relevant: new Map([[source, 1]]),
  });

const goldenOf = (sources: readonly string[], texts?: Readonly<Record<string, string>>): GoldenSet => ({
  name: 'made',
  format: 'csv',
  version: undefined,
  licence: undefined,
  split: undefined,
  questions: sources.map((source) => question(source)),
  corpus: texts && Object.entries(texts).map(([id, text]) => ({ id, title: '', text, metadata: {} })),
  warnings: [],
  questionsHash: '',
  corpusHash: undefined,
});

const match = (ids: readonly string[], golden: GoldenSet) =>
  matchIds(
    ids.map((id) => ({ id })),
    golden,
  );

describe('ids of golden documents', () => {
  it('are those of the corpus, else those that questions name', () => {
    expect(goldenIds(goldenOf(['a', 'b']))).toEqual(new Set(['a', 'b']));
    expect(goldenIds(goldenOf(['a'], { a: '', c: '' }))).toEqual(new Set(['a', 'c']));
  });

  it('are matched as they are where they can be', () => {
    expect(match(['vouchers', 'other'], goldenOf(['vouchers']))).toMatchObject({
      exact: { matched: 1, of: 2 },
      pattern: undefined,
      corpusKnown: false,
    });
  });

  it.each([
    [['vouchers.md', 'refunds.txt'], '^(.+?)\\.\\w+$'],
    [['https://docs.test/vouchers', '/x/refunds'], '([^/]+)$'],
    [['docs/vouchers.md', 'docs/a/refunds.html'], '([^/]+)\\.\\w+$'],
    [['vouchers#3', 'refunds-chunk-12'], '^(.+?)[#:_-]+(?:chunk|part|page|p|c)?[_-]?\\d+$'],
    [['vouchers?page=2', 'refunds#top'], '^([^#?]+)'],
    [['file:vouchers', 'kb/refunds'], '([^/]+)$|^\\w+[:/](.+)$'],
  ])('are found in %j by a pattern', (ids, patterns) => {
    const { pattern, exact } = match(ids, goldenOf(['vouchers', 'refunds']));
    expect(exact.matched).toBe(0);
    expect(pattern?.matched).toBeGreaterThan(0);
    expect(patterns).toContain(pattern?.pattern);
    const found = ids.map((id) => new RegExp(pattern!.pattern, 'u').exec(id)?.[1]);
    expect(found.filter((id) => id === 'vouchers' || id === 'refunds')).toHaveLength(pattern!.matched);
  });

  it('are not looked for by a pattern that finds no more than comparing does', () => {
    expect(match(['vouchers.md'], goldenOf(['vouchers.md', 'vouchers'])).pattern).toBeUndefined();
  });

  it('are told apart by small and capital letters, and that is said', () => {
    expect(match(['Vouchers'], goldenOf(['vouchers']))).toMatchObject({ exact: { matched: 0 }, caseOnly: 1 });
  });

  it('can be told by the text of the corpus, or by evidence, where there is one', () => {
    const passages = [
      { id: 'uuid-1', text: `Title\n${TEXT.replaceAll(' ', '  ')}` },
      { id: 'uuid-2', text: 'Nothing of that kind stands in this passage at all.' },
    ];
    expect(matchIds(passages, goldenOf(['v'], { v: `Before. ${TEXT} After.` })).evidence).toEqual({
      matched: 1,
      of: 2,
    });
    const quoted = { ...goldenOf([]), questions: [question('v', [[{ document: 'v', quote: TEXT }]])] };
    expect(matchIds(passages, quoted).evidence).toEqual({ matched: 1, of: 2 });
    expect(matchIds(passages, goldenOf(['v'])).evidence).toBeUndefined();
  });
});

describe('a bare id', () => {
  it.each([
    ['docs/travel-vouchers.md', 'travel-vouchers'],
    ['https://x.test/a/Refunds.html?page=3#top', 'refunds'],
    ['C:\\files\\pets.txt', 'pets'],
    ['pets.md_chunk_12', 'pets.md'],
    ['pets', 'pets'],
    ['/', '/'],
  ])('of %s is %s', (id, bare) => {
    expect(bareId(id)).toBe(bare);
  });

  it('is there for any id, however odd', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (id) => typeof bareId(id) === 'string'));
  });

  it('is not looked for in ids so long that patterns would take minutes', () => {
    const ids = [`${'a-1'.repeat(200_000)}x`, '/'.repeat(100_000)];
    expect(match(ids, goldenOf(['a'])).pattern).toBeUndefined();
  });
});
