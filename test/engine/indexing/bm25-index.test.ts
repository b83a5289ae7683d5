import { describe, expect, it } from 'vitest';
import { createBm25Index } from '../../../src/engine/indexing/bm25-index.ts';
import { keywordIndexContract } from '../../contracts/keyword-index.ts';

keywordIndexContract('bm25', async () => createBm25Index({ k1: 1.2, b: 0.75 }));

const ENTRIES = [
  { key: 1, title: 'Storm warning', text: 'storm' },
  { key: 2, title: '', text: 'harbour' },
  { key: 3, title: '', text: 'harbour storm captain lifeboat notice' },
];

describe('BM25 scores', () => {
  it('are idf · tf / (tf + k1 (1 − b + b · length / average length)), over title and text', async () => {
    const index = createBm25Index({ k1: 1.2, b: 0.75 });
    await index.add(ENTRIES);
    const average = (3 + 1 + 5) / 3;
    const idf = Math.log(1 + (3 - 2 + 0.5) / (2 + 0.5));
    const score = (count: number, length: number) =>
      (idf * count) / (count + 1.2 * (0.25 + (0.75 * length) / average));
    const { keys, scores } = await index.search('storm', 5);
    expect([...keys]).toEqual([1, 3]);
    expect(scores[0]).toBeCloseTo(score(2, 3), 6);
    expect(scores[1]).toBeCloseTo(score(1, 5), 6);
  });

  it('do not depend on length with b = 0, nor on counts with k1 = 0', async () => {
    const flat = createBm25Index({ k1: 1.2, b: 0 });
    await flat.add(ENTRIES);
    const harbour = await flat.search('harbour', 5);
    expect(harbour.scores[0]).toBe(harbour.scores[1]);
    const binary = createBm25Index({ k1: 0, b: 0.75 });
    await binary.add(ENTRIES);
    const storm = await binary.search('storm', 5);
    expect(storm.scores[0]).toBe(storm.scores[1]);
  });

  it('count a term that stands 70,000 times without overflow', async () => {
    const index = createBm25Index({ k1: 1.2, b: 0 });
    await index.add([
      { key: 1, title: '', text: 'storm '.repeat(70_000) },
      { key: 2, title: '', text: 'storm' },
    ]);
    const { keys, scores } = await index.search('storm', 5);
    expect([...keys]).toEqual([1, 2]);
    expect(scores[0]).toBeCloseTo(Math.log(1.2), 4);
  });
});

describe('BM25 search', () => {
  it('finds nothing for a question of stop words only', async () => {
    const index = createBm25Index({ k1: 1.2, b: 0.75 });
    await index.add([{ key: 1, title: '', text: 'what is it and who was that' }]);
    expect((await index.search('what is it', 5)).keys).toHaveLength(0);
  });

  it('counts a term of the question once, whatever its forms', async () => {
    const index = createBm25Index({ k1: 1.2, b: 0.75 });
    await index.add(ENTRIES);
    const once = await index.search('storm harbour', 5);
    expect(await index.search('storms STORM harbours storm', 5)).toEqual(once);
  });

  it('finds terms that came after the first search', async () => {
    const index = createBm25Index({ k1: 1.2, b: 0.75 });
    await index.add(ENTRIES);
    expect((await index.search('zeppelin', 5)).keys).toHaveLength(0);
    await index.add([{ key: 9, title: '', text: 'zeppelin' }]);
    expect([...(await index.search('zeppelin', 5)).keys]).toEqual([9]);
  });
});
