import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { VectorIndex } from '../../src/engine/ports.ts';

const entry = (key: number, ...vector: number[]) => ({ key, vector: Float32Array.from(vector) });
const vector = (...numbers: number[]) => Float32Array.from(numbers);

/** What every vector index promises. */
export function vectorIndexContract(create: (dimensions: number) => Promise<VectorIndex>): void {
  describe('as a vector index', () => {
    let folder: string;
    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'vector-index-'));
    });
    afterEach(() => rm(folder, { recursive: true, force: true }));

    const filled = async (): Promise<VectorIndex> => {
      const index = await create(2);
      await index.add([entry(7, 1, 0), entry(3, 1, 1), entry(5, 0, 1), entry(9, -1, 0)]);
      return index;
    };
    const keysOf = async (index: VectorIndex, query: Float32Array, k = 10) => [
      ...(await index.search(query, k)).keys,
    ];

    it('finds nothing while empty', async () => {
      const index = await create(2);
      expect(index.size).toBe(0);
      expect(await keysOf(index, vector(1, 0))).toEqual([]);
    });

    it('ranks by cosine similarity, best first', async () => {
      const { keys, scores } = await (await filled()).search(vector(1, 0), 4);
      expect([...keys]).toEqual([7, 3, 5, 9]);
      [1, Math.SQRT1_2, 0, -1].forEach((score, rank) => {
        expect(scores[rank]).toBeCloseTo(score, 6);
      });
    });

    it('pays no heed to the length of vectors', async () => {
      const index = await create(2);
      await index.add([entry(1, 1000, 0), entry(2, 0.002, 0.001)]);
      const { keys, scores } = await index.search(vector(20, 10), 2);
      expect([...keys]).toEqual([2, 1]);
      expect(scores[0]).toBeCloseTo(1, 6);
      expect(Math.max(...scores)).toBeLessThanOrEqual(1);
    });

    it('breaks ties by ascending key', async () => {
      const index = await create(2);
      await index.add([entry(9, 1, 0), entry(2, 1, 0), entry(4, 2, 0), entry(1, 0, 1)]);
      expect(await keysOf(index, vector(1, 0))).toEqual([2, 4, 9, 1]);
    });

    it('gives k hits, all where k is larger, none where k is 0', async () => {
      const index = await filled();
      expect(await keysOf(index, vector(1, 0), 2)).toEqual([7, 3]);
      expect(await keysOf(index, vector(1, 0), 1_000_000)).toHaveLength(4);
      expect(await keysOf(index, vector(1, 0), 0)).toEqual([]);
    });

    it('finds what a comparison with every vector finds', async () => {
      const number = fc.integer({ min: -20, max: 20 });
      const rows = fc.array(fc.tuple(number, number, number), { minLength: 1, maxLength: 40 });
      await fc.assert(
        fc.asyncProperty(rows, fc.tuple(number, number, number), async (vectors, query) => {
          const index = await create(3);
          await index.add(vectors.map((numbers, place) => entry(place + 1, ...numbers)));
          const { scores } = await index.search(vector(...query), 5);
          const cosines = vectors
            .map((numbers) => cosine(numbers, query))
            .filter((value) => value !== undefined);
          const expected = cosines.sort((a, b) => b - a).slice(0, 5);
          expect(scores).toHaveLength(expected.length);
          expected.forEach((score, rank) => {
            expect(scores[rank]).toBeCloseTo(score, 5);
          });
          await index.close();
        }),
        { numRuns: 40 },
      );
    });

    it('replaces the vector of a key that it knows', async () => {
      const index = await filled();
      await index.add([entry(9, 1, 0.01)]);
      expect(index.size).toBe(4);
      expect(await keysOf(index, vector(1, 0))).toEqual([7, 9, 3, 5]);
    });

    it('takes the last of two vectors for one key', async () => {
      const index = await create(2);
      await index.add([entry(1, 1, 0), entry(1, 0, 1)]);
      expect(index.size).toBe(1);
      expect((await index.search(vector(0, 1), 1)).scores[0]).toBeCloseTo(1, 6);
    });

    it('forgets what is removed, and ignores unknown keys', async () => {
      const index = await filled();
      await index.remove([7, 12]);
      expect(index.size).toBe(3);
      expect(await keysOf(index, vector(1, 0))).toEqual([3, 5, 9]);
      await index.remove([3, 5, 9]);
      expect(await keysOf(index, vector(1, 0))).toEqual([]);
    });

    it('takes a removed key again, with another vector', async () => {
      const index = await filled();
      await index.remove([7, 3]);
      await index.add([entry(3, 0, -1), entry(8, 1, 0), entry(7, -1, -1)]);
      expect(await keysOf(index, vector(1, 0))).toEqual([8, 3, 5, 7, 9]);
    });

    it('grows past whatever room it began with', async () => {
      const index = await create(2);
      const angles = Array.from({ length: 1300 }, (_, place) => (place * Math.PI) / 1300);
      await index.add(angles.map((angle, place) => entry(place + 1, Math.cos(angle), Math.sin(angle))));
      expect(index.size).toBe(1300);
      expect(await keysOf(index, vector(-1, 0), 1)).toEqual([1300]);
    });

    it('counts zero vectors and never finds them', async () => {
      const index = await filled();
      await index.add([entry(11, 0, 0), entry(7, 0, 0)]);
      expect(index.size).toBe(5);
      expect(await keysOf(index, vector(1, 0))).toEqual([3, 5, 9]);
      await index.add([entry(11, 1, 0)]);
      expect(await keysOf(index, vector(1, 0), 1)).toEqual([11]);
      await index.remove([7]);
      expect(index.size).toBe(4);
    });

    it('finds nothing for a zero query', async () => {
      expect(await keysOf(await filled(), vector(0, 0))).toEqual([]);
    });

    it.each([
      ['another length', vector(1, 0, 0), 'embedding.dimension'],
      ['NaN', vector(Number.NaN, 1), 'embedding.notFinite'],
      ['infinity', vector(1, Number.NEGATIVE_INFINITY), 'embedding.notFinite'],
    ])('refuses a vector with %s, naming its key, and stays as it was', async (_, bad, code) => {
      const index = await filled();
      const adding = index.add([entry(20, 1, 0), { key: 21, vector: bad }]);
      await expect(adding).rejects.toMatchObject({ code, message: expect.stringContaining('Chunk 21') });
      expect(index.size).toBe(4);
      await expect(index.search(bad, 1)).rejects.toMatchObject({ code });
    });

    it('returns accepted chunks only, though they be few among many', async () => {
      const index = await create(2);
      await index.add(
        Array.from({ length: 600 }, (_, place) => entry(place + 1, 1, place / 600)).concat([
          entry(1000, -1, 0),
        ]),
      );
      const search = async (accept: (key: number) => boolean) => [
        ...(await index.search(vector(1, 0), 3, { accept })).keys,
      ];
      expect(await search((key) => key === 1000 || key === 500)).toEqual([500, 1000]);
      expect(await search((key) => key % 2 === 0)).toEqual([2, 4, 6]);
      expect(await search(() => false)).toEqual([]);
    });

    it('passes on what a filter throws, and works on', async () => {
      const index = await filled();
      const accept = (key: number) => {
        if (key === 5) throw new Error('no such field');
        return true;
      };
      await expect(index.search(vector(1, 0), 2, { accept })).rejects.toThrow('no such field');
      expect(await keysOf(index, vector(1, 0), 1)).toEqual([7]);
    });

    it('does not search for a question that was withdrawn', async () => {
      const signal = AbortSignal.abort(new Error('withdrawn'));
      await expect((await filled()).search(vector(1, 0), 1, { signal })).rejects.toThrow('withdrawn');
    });

    it('comes back from its snapshot as it was, and can change on', async () => {
      const index = await filled();
      await index.remove([3]);
      await index.add([entry(11, 0, 0)]);
      await index.save(join(folder, 'vectors'));
      const other = await create(2);
      await other.add([entry(100, 1, 0)]);
      await other.load(join(folder, 'vectors'));
      expect(other.size).toBe(4);
      expect(await keysOf(other, vector(1, 0))).toEqual([7, 5, 9]);
      await other.add([entry(12, 1, 0.5), entry(3, 1, 0.1), entry(13, 0.5, 1)]);
      await other.remove([11]);
      expect(await keysOf(other, vector(1, 0))).toEqual([7, 3, 12, 13, 5, 9]);
      expect(other.size).toBe(6);
    });

    it('comes back empty from the snapshot of an empty index', async () => {
      await (await create(2)).save(join(folder, 'vectors'));
      const index = await filled();
      await index.load(join(folder, 'vectors'));
      expect(index.size).toBe(0);
      expect(await keysOf(index, vector(1, 0))).toEqual([]);
      await index.add([entry(1, 1, 0)]);
      expect(await keysOf(index, vector(1, 0))).toEqual([1]);
    });

    it('refuses a snapshot that is missing or of another dimension, and stays as it was', async () => {
      const index = await filled();
      await expect(index.load(join(folder, 'nothing'))).rejects.toMatchObject({ code: 'store.corrupt' });
      const wide = await create(3);
      await wide.add([entry(1, 1, 0, 0)]);
      await wide.save(join(folder, 'vectors'));
      await expect(index.load(join(folder, 'vectors'))).rejects.toMatchObject({ code: 'store.incompatible' });
      expect(await keysOf(index, vector(1, 0), 1)).toEqual([7]);
    });

    it('refuses every file of a snapshot that was altered or cut, and stays as it was', async () => {
      const index = await filled();
      await index.save(join(folder, 'vectors'));
      for (const name of await readdir(folder)) {
        const path = join(folder, name);
        const whole = await readFile(path);
        const altered = Buffer.from(whole);
        altered[whole.length >> 1]! ^= 0xff;
        for (const damaged of [altered, whole.subarray(0, whole.length - 5), Buffer.alloc(0)]) {
          await writeFile(path, damaged);
          await expect(index.load(join(folder, 'vectors'))).rejects.toMatchObject({ code: 'store.corrupt' });
        }
        await writeFile(path, whole);
      }
      expect(await keysOf(index, vector(1, 0), 1)).toEqual([7]);
      await index.load(join(folder, 'vectors'));
      expect(index.size).toBe(4);
    });

    it('says where a snapshot cannot be written', async () => {
      const path = join(folder, 'no such folder', 'vectors');
      await expect((await filled()).save(path)).rejects.toMatchObject({
        code: 'store.unwritable',
        where: expect.stringContaining(path),
      });
    });

    it('keeps writes in order when they are not waited for', async () => {
      const index = await create(2);
      const path = join(folder, 'vectors');
      await Promise.all([
        index.add(Array.from({ length: 200 }, (_, place) => entry(place + 1, 1, place))),
        index.save(path),
        index.remove(Array.from({ length: 150 }, (_, place) => place + 1)),
      ]);
      expect(index.size).toBe(50);
      await Promise.all([index.load(path), index.remove([1])]);
      expect(index.size).toBe(199);
    });

    it('holds nothing once closed', async () => {
      const index = await filled();
      await index.close();
      expect(index.size).toBe(0);
    });
  });
}

function cosine(a: readonly number[], b: readonly number[]): number | undefined {
  const product = a.reduce((sum, value, place) => sum + value * b[place]!, 0);
  const lengths = Math.hypot(...a) * Math.hypot(...b);
  return lengths === 0 ? undefined : product / lengths;
}
