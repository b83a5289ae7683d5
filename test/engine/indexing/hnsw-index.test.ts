import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createExactIndex } from '../../../src/engine/indexing/exact-index.ts';
import { createHnswIndex } from '../../../src/engine/indexing/hnsw-index.ts';
import { writeSnapshot } from '../../../src/engine/indexing/snapshot-file.ts';
import type { Hits, VectorIndex } from '../../../src/engine/ports.ts';
import { normal, seededRandom } from '../../../src/kernel/random.ts';
import { vectorIndexContract } from '../../contracts/vector-index.ts';
import { hasShared, sharedPath } from '../../shared.ts';

const settings = { m: 16, efConstruction: 200, ef: 100 };

vectorIndexContract((dimensions) => createHnswIndex({ ...settings, dimensions }));

function randomEntries(count: number, dimensions: number, firstKey = 1) {
  const random = seededRandom(firstKey);
  return Array.from({ length: count }, (_, place) => ({
    key: firstKey + place,
    vector: Float32Array.from({ length: dimensions }, () => normal(random)),
  }));
}

/** Share of the true k best that were found; by score, so that ties and rounding count as found. */
function recall(found: Hits, truth: Hits): number {
  const worst = 1 - truth.scores.at(-1)!;
  return found.scores.filter((score) => 1 - score <= worst * 1.001).length / truth.scores.length;
}

async function meanRecall(approximate: VectorIndex, exact: VectorIndex, queries: readonly Float32Array[]) {
  let sum = 0;
  for (const query of queries) {
    sum += recall(await approximate.search(query, 10), await exact.search(query, 10));
  }
  return sum / queries.length;
}

describe('the HNSW index', () => {
  it('widens its search to k, so that more hits than ef come back', async () => {
    const index = await createHnswIndex({ ...settings, ef: 5, dimensions: 4 });
    await index.add(randomEntries(300, 4));
    expect((await index.search(Float32Array.of(1, 0, 0, 0), 200)).keys).toHaveLength(200);
  });

  it('keeps its width of search through a snapshot', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'hnsw-'));
    // Hard to search: few links, many dimensions. The library's own width of 10 would find less.
    const hard = { dimensions: 24, m: 3, efConstruction: 10, ef: 200 };
    const index = await createHnswIndex(hard);
    await index.add(randomEntries(1500, 24));
    await index.save(join(folder, 'vectors'));
    const loaded = await createHnswIndex(hard);
    await loaded.load(join(folder, 'vectors'));
    for (const { vector } of randomEntries(20, 24, 5000)) {
      expect([...(await loaded.search(vector, 10)).keys]).toEqual([...(await index.search(vector, 10)).keys]);
    }
    await rm(folder, { recursive: true });
  });

  it('finds every one of many equal vectors, which cut a graph into islands', async () => {
    const index = await createHnswIndex({ ...settings, m: 4, ef: 10, dimensions: 2 });
    const equal = Array.from({ length: 400 }, (_, place) => ({
      key: place + 1,
      vector: Float32Array.of(1, 0),
    }));
    await index.add(equal);
    const { keys } = await index.search(Float32Array.of(1, 0), 400);
    expect([...keys]).toEqual(equal.map(({ key }) => key));
  });

  it('loses nothing by taking the places of removed chunks', async () => {
    const index = await createHnswIndex({ ...settings, dimensions: 16 });
    const exact = createExactIndex(16);
    const old = randomEntries(800, 16);
    const young = randomEntries(800, 16, 10_000);
    await index.add(old);
    for (let start = 0; start < 800; start += 100) {
      await index.remove(old.slice(start, start + 100).map(({ key }) => key));
      await index.add(young.slice(start, start + 100));
    }
    await exact.add(young);
    const queries = randomEntries(50, 16, 50_000).map(({ vector }) => vector);
    expect(await meanRecall(index, exact, queries)).toBeGreaterThanOrEqual(0.99);
  });

  it('answers questions while vectors are added', async () => {
    const index = await createHnswIndex({ ...settings, dimensions: 8 });
    const adding = index.add(randomEntries(500, 8));
    await new Promise((resume) => setImmediate(resume));
    const during = index.size;
    expect((await index.search(new Float32Array(8).fill(1), 5)).keys).toHaveLength(5);
    await adding;
    expect(during).toBeLessThan(500);
    expect(index.size).toBe(500);
  });

  it('builds the same graph from the same vectors and seed', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'hnsw-'));
    const graphs: Buffer[] = [];
    for (const name of ['one', 'two']) {
      const index = await createHnswIndex({ ...settings, dimensions: 8, seed: 7 });
      await index.add(randomEntries(200, 8));
      await index.save(join(folder, name));
      graphs.push(await readFile(join(folder, `${name}.hnsw`)));
    }
    expect(graphs[0]!.equals(graphs[1]!)).toBe(true);
    await rm(folder, { recursive: true });
  });

  it('outlives a graph that the library refuses, though its second file vouches for it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'hnsw-'));
    const path = join(folder, 'vectors');
    const index = await createHnswIndex({ ...settings, dimensions: 8 });
    const entries = randomEntries(50, 8);
    await index.add(entries);
    const bytes = Buffer.alloc(200, 7);
    await writeFile(`${path}.hnsw`, bytes);
    const header = Float64Array.of(8, bytes.length, crc32(bytes), 1);
    await writeSnapshot(`${path}.keys`, 'GSHNSW/1', [new Uint8Array(header.buffer), new Uint8Array(4)]);
    await expect(index.load(path)).rejects.toMatchObject({ code: 'store.corrupt' });
    expect((await index.search(entries[3]!.vector, 1)).keys[0]).toBe(entries[3]!.key);
    await rm(folder, { recursive: true });
  });

  it.skipIf(!existsSync('/dev/full'))(
    'notices that the disk is full, which the library does not',
    async () => {
      const folder = await mkdtemp(join(tmpdir(), 'hnsw-'));
      await symlink('/dev/full', join(folder, 'vectors.hnsw'));
      const index = await createHnswIndex({ ...settings, dimensions: 8 });
      await index.add(randomEntries(50, 8));
      await expect(index.save(join(folder, 'vectors'))).rejects.toMatchObject({ code: 'store.unwritable' });
      await rm(folder, { recursive: true });
    },
  );
});

describe.skipIf(!hasShared())('on SIFT', () => {
  it('finds at least 99 % of the ten nearest at the default width', async () => {
    const base = await readVectors(sharedPath('datasets/siftsmall/siftsmall_base.fvecs'));
    const queries = await readVectors(sharedPath('datasets/siftsmall/siftsmall_query.fvecs'));
    const entries = base.map((vector, place) => ({ key: place + 1, vector }));
    const index = await createHnswIndex({ ...settings, dimensions: 128 });
    const exact = createExactIndex(128);
    await index.add(entries);
    await exact.add(entries);
    expect(await meanRecall(index, exact, queries)).toBeGreaterThanOrEqual(0.99);
  });
});

/** The fvecs format: each vector is its length (i32), then that many f32, little-endian. */
async function readVectors(path: string): Promise<Float32Array[]> {
  const { buffer, byteOffset, byteLength } = await readFile(path);
  const words = new DataView(buffer, byteOffset, byteLength);
  const dimensions = words.getInt32(0, true);
  const bytes = 4 * (dimensions + 1);
  return Array.from({ length: byteLength / bytes }, (_, row) =>
    Float32Array.from({ length: dimensions }, (_, place) =>
      words.getFloat32(row * bytes + 4 * (place + 1), true),
    ),
  );
}
