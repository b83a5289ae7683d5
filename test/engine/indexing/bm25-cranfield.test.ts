import { describe, expect, it } from 'vitest';
import { readGoldenSet } from '../../../src/datasets/read.ts';
import { createBm25Index } from '../../../src/engine/indexing/bm25-index.ts';
import { ndcg } from '../../../src/measures/retrieval/ndcg.ts';
import { hasShared, sharedPath } from '../../shared.ts';

describe.skipIf(!hasShared())('BM25 on Cranfield', () => {
  it('ranks whole abstracts as well as is known of BM25 (nDCG@10 of .43)', async () => {
    const { corpus, questions } = await readGoldenSet(sharedPath('datasets/cranfield'));
    const index = createBm25Index({ k1: 1.2, b: 0.75 });
    await index.add(corpus!.map(({ title, text }, place) => ({ key: place + 1, title, text })));
    let sum = 0;
    for (const { question, relevant } of questions) {
      const { keys } = await index.search(question, 10);
      const ranking = Array.from(keys, (key) => corpus![key - 1]!.id);
      sum += ndcg.score(ranking, relevant, 10);
    }
    expect(questions).toHaveLength(225);
    expect(sum / questions.length).toBeGreaterThan(0.43);
  });
});
