import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Hits, Reranker, RerankRequest } from '../../src/engine/ports.ts';

/** What every reranker does, whatever its order is. */
export function rerankerContract(name: string, reranker: Reranker): void {
  describe(`${name} as a reranker`, () => {
    it('returns as many candidates as are wanted or there are, each once, best first, ties by ascending key', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.uniqueArray(fc.integer({ min: 1, max: 500 }), { maxLength: 30 }),
          fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 30, maxLength: 30 }),
          fc.integer({ min: 0, max: 40 }),
          async (keys, levels, k) => {
            const candidates = ranked(keys.map((key, index) => ({ key, score: levels[index]! / 2 })));
            const { keys: got, scores } = await reranker.rerank(request(candidates, k));
            expect(got).toHaveLength(Math.min(k, keys.length));
            expect(scores).toHaveLength(got.length);
            expect(new Set(got).size).toBe(got.length);
            for (const key of got) expect(keys).toContain(key);
            for (let place = 1; place < got.length; place += 1) {
              expect(scores[place]).toBeLessThanOrEqual(scores[place - 1]!);
              if (scores[place] === scores[place - 1]) expect(got[place]).toBeGreaterThan(got[place - 1]!);
            }
          },
        ),
        { numRuns: 80 },
      );
    });

    it('gives the same order every time', async () => {
      const candidates = ranked([1, 2, 3, 4, 5].map((key) => ({ key, score: 1 / key })));
      expect(await reranker.rerank(request(candidates, 4))).toEqual(
        await reranker.rerank(request(candidates, 4)),
      );
    });

    it('manages without a single vector', async () => {
      const candidates = ranked([1, 2, 3].map((key) => ({ key, score: 4 - key })));
      const { keys } = await reranker.rerank({
        ...request(candidates, 3),
        vectorsOf: (asked) => asked.map(() => undefined),
      });
      expect([...keys].sort()).toEqual([1, 2, 3]);
    });

    it('rejects with the reason of a signal that has been aborted', async () => {
      const signal = AbortSignal.abort(new Error('withdrawn'));
      await expect(reranker.rerank({ ...request(ranked([]), 3), signal })).rejects.toThrow('withdrawn');
    });
  });
}

function ranked(pairs: readonly { key: number; score: number }[]): Hits {
  const sorted = pairs.toSorted((a, b) => b.score - a.score || a.key - b.key);
  return {
    keys: Uint32Array.from(sorted, ({ key }) => key),
    scores: Float64Array.from(sorted, ({ score }) => score),
  };
}

/** A request whose chunks point in eight directions by key; every seventh has no vector, every fifth a zero one. */
function request(candidates: Hits, k: number): RerankRequest {
  const vectorOf = (key: number): Float32Array | undefined => {
    if (key % 7 === 0) return undefined;
    if (key % 5 === 0) return new Float32Array(2);
    const angle = ((key % 8) * Math.PI) / 4;
    return Float32Array.of(Math.cos(angle), Math.sin(angle));
  };
  return { question: 'Where?', vector: undefined, candidates, k, vectorsOf: (keys) => keys.map(vectorOf) };
}
