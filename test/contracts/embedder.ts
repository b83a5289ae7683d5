import { describe, expect, it } from 'vitest';
import type { Embedder } from '../../src/engine/ports.ts';

/** What every embedder promises. It must know something of each of the three texts, and tell them apart. */
export function embedderContract(
  create: () => Promise<Embedder>,
  texts: readonly [string, string, string],
): void {
  describe('as an embedder', () => {
    const embed = async (input: readonly string[], purpose: 'query' | 'document' = 'document') =>
      (await (await create()).embed(input, { purpose })).vectors;

    it('names itself', async () => {
      const { id, dimensions } = await create();
      expect(id).not.toBe('');
      expect(dimensions).toBeGreaterThan(0);
    });

    it('gives each text one vector of unit length, in order', async () => {
      const { dimensions } = await create();
      const vectors = await embed(texts);
      expect(vectors).toHaveLength(3);
      for (const vector of vectors) {
        expect(vector).toBeInstanceOf(Float32Array);
        expect(vector).toHaveLength(dimensions);
        expect(Math.hypot(...vector)).toBeCloseTo(1, 5);
      }
      expect(await embed([...texts].reverse())).toEqual([...vectors].reverse());
      expect(vectors[0]).not.toEqual(vectors[1]);
    });

    it('embeds a text alone as it does among others', async () => {
      const together = await embed(texts);
      for (const [place, text] of texts.entries()) expect(await embed([text])).toEqual([together[place]]);
    });

    it('gives vectors that later calls leave alone', async () => {
      const embedder = await create();
      const { vectors } = await embedder.embed([texts[0]], { purpose: 'query' });
      const before = vectors[0]!.slice();
      await embedder.embed([texts[1]], { purpose: 'query' });
      expect(vectors[0]).toEqual(before);
    });

    it('gives nothing for nothing', async () => {
      expect(await embed([])).toEqual([]);
    });

    it('gives a text with nothing in it a zero vector', async () => {
      const { dimensions } = await create();
      expect(await embed(['', ' \n', texts[2]])).toEqual([
        new Float32Array(dimensions),
        new Float32Array(dimensions),
        (await embed([texts[2]]))[0],
      ]);
    });

    it('embeds nothing for a question that was withdrawn', async () => {
      const signal = AbortSignal.abort(new Error('withdrawn'));
      const embedding = (await create()).embed(texts, { purpose: 'query', signal });
      await expect(embedding).rejects.toThrow('withdrawn');
    });
  });
}
