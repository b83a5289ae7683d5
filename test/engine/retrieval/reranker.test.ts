import { describe, expect, it } from 'vitest';
import { createReranker } from '../../../src/engine/retrieval/reranker.ts';
import { rerankerContract } from '../../contracts/reranker.ts';

const mmr = (lambda: number, depth = 50) => createReranker({ kind: 'mmr', lambda, depth })!;

rerankerContract('mmr', mmr(0.7));
rerankerContract('mmr for diversity alone', mmr(0));
rerankerContract('mmr of small depth', mmr(0.5, 3));

/** Two copies of one passage, then a less relevant one about something else, then the worst, which nothing is known of. */
const VECTORS = new Map([
  [1, Float32Array.of(2, 0)],
  [2, Float32Array.of(3, 0)],
  [3, Float32Array.of(0, 1)],
]);
const request = (k: number) => ({
  question: 'Where?',
  vector: undefined,
  candidates: { keys: Uint32Array.of(1, 2, 3, 4), scores: Float64Array.of(10, 9, 6, 0) },
  k,
  vectorsOf: (keys: readonly number[]) => keys.map((key) => VECTORS.get(key)),
});

describe('maximal marginal relevance', () => {
  it('prefers something else over a copy of what is picked', async () => {
    const { keys, scores } = await mmr(0.5).rerank(request(3));
    expect([...keys]).toEqual([1, 3, 4]);
    expect([...scores]).toEqual([0.5, 0.3, 0]);
  });

  it('keeps the order of relevance with lambda 1', async () => {
    expect([...(await mmr(1).rerank(request(4))).keys]).toEqual([1, 2, 3, 4]);
  });

  it('picks only from the first candidates, down to its depth', async () => {
    expect([...(await mmr(0.1, 2).rerank(request(2))).keys]).toEqual([1, 2]);
    expect([...(await mmr(0.1, 3).rerank(request(2))).keys]).toEqual([1, 3]);
  });
});

describe('the reranker setting', () => {
  it('none stands for no reranker', () => {
    expect(createReranker({ kind: 'none', lambda: 0.7, depth: 50 })).toBeUndefined();
  });
});
