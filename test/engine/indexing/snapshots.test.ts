import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createBm25Index } from '../../../src/engine/indexing/bm25-index.ts';
import { createExactIndex } from '../../../src/engine/indexing/exact-index.ts';
import type { Snapshotted } from '../../../src/engine/indexing/snapshot.ts';
import {
  applyChange,
  type IndexSet,
  openIndexes,
  unsavedIndexes,
} from '../../../src/engine/indexing/snapshots.ts';
import { openSqliteStore } from '../../../src/engine/indexing/sqlite-store.ts';
import { type EngineOptions, engineSchema } from '../../../src/engine/options.ts';
import type { DocumentStore, StoreChange, VectorIndex } from '../../../src/engine/ports.ts';
import { draft } from '../../contracts/document-store.ts';
import { hashVector } from '../fake-embedder.ts';

const defaults = engineSchema.parse({}).index;

let folder: string;
let store: DocumentStore;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'snapshots-'));
  store = await openSqliteStore(':memory:');
  publish(['a', 'b', 'c']);
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

const publish = (
  ids: readonly string[],
  { model = 'm', edition = 'first', dimensions = 8 } = {},
): StoreChange => {
  store.stage(ids.map((id) => draft(id, [`The ferry ${id} in its ${edition} edition.`, `Fares of ${id}.`])));
  const chunks = store.chunksWithoutVector(model, 1000);
  store.putVectors(
    model,
    chunks.map(({ key, text }) => ({ key, vector: hashVector(text, dimensions) })),
  );
  return store.publish(model);
};

type OpenSet = IndexSet & { readonly vector: VectorIndex };

const indexSet = (options: Partial<EngineOptions['index']> = {}, more: Partial<OpenSet> = {}): OpenSet => {
  const settings = { ...defaults, ...options };
  return {
    store,
    folder,
    options: settings,
    vector: createExactIndex(8),
    keyword: createBm25Index({ k1: settings.k1, b: settings.b }),
    ...more,
  };
};

/** Every index must answer just as one that is built from the store. */
const expectInStep = async ({ vector, keyword }: OpenSet): Promise<void> => {
  const { folder: apart, ...fresh } = indexSet();
  await openIndexes({ ...fresh, folder: join(apart, 'fresh') });
  expect([vector.size, keyword.size]).toEqual([store.chunkCount, store.chunkCount]);
  for (const { text } of store.publishedChunks()) {
    const question = hashVector(text);
    expect(await vector.search(question, 100)).toEqual(await fresh.vector.search(question, 100));
    expect(await keyword.search(text, 100)).toEqual(await fresh.keyword.search(text, 100));
  }
};

describe('opening indexes', () => {
  it('builds them from the store the first time, and loads them the next', async () => {
    const progress: [number, number][] = [];
    const first = indexSet({}, { onProgress: (done, total) => progress.push([done, total]) });
    expect(await openIndexes(first)).toEqual({ fromSnapshot: { vector: false, keyword: false } });
    expect(progress.at(-1)).toEqual([12, 12]);
    const next = indexSet();
    expect(await openIndexes(next)).toEqual({ fromSnapshot: { vector: true, keyword: true } });
    await expectInStep(first);
    await expectInStep(next);
  });

  it('works on an empty store, and without vectors', async () => {
    store.remove(['a', 'b', 'c']);
    const { vector, ...keywordOnly } = indexSet();
    expect(await openIndexes(keywordOnly)).toEqual({ fromSnapshot: { vector: false, keyword: false } });
    expect(await openIndexes(keywordOnly)).toEqual({ fromSnapshot: { vector: false, keyword: true } });
    expect(keywordOnly.keyword.size).toBe(0);
  });

  it.each<[string, () => unknown, object, object]>([
    ['the store has changed', () => publish(['d']), {}, { vector: false, keyword: false }],
    ['a setting of the graph has changed', () => {}, { m: 8 }, { vector: false, keyword: true }],
    ['a setting of BM25 has changed', () => {}, { k1: 0.9 }, { vector: true, keyword: false }],
  ])('builds them anew when %s', async (_what, change, options, fromSnapshot) => {
    await openIndexes(indexSet());
    change();
    const again = indexSet(options);
    expect(await openIndexes(again)).toEqual({ fromSnapshot });
    expect(again.vector.size).toBe(store.chunkCount);
    expect(await openIndexes(indexSet(options))).toEqual({ fromSnapshot: { vector: true, keyword: true } });
  });

  it("never takes another store's snapshot, though its version is the same", async () => {
    await openIndexes(indexSet());
    store.close();
    store = await openSqliteStore(':memory:');
    publish(['x', 'y', 'z']);
    const other = indexSet();
    expect(await openIndexes(other)).toEqual({ fromSnapshot: { vector: false, keyword: false } });
    await expectInStep(other);
  });

  it('builds them anew, and saves them, when any file is damaged, cut off or gone', async () => {
    await openIndexes(indexSet());
    for (const name of readdirSync(folder)) {
      const path = join(folder, name);
      for (const spoil of [
        () => writeFileSync(path, readFileSync(path).subarray(0, -3)),
        () => writeFileSync(path, 'nonsense'),
        () => rmSync(path),
      ]) {
        spoil();
        const mended = indexSet();
        const { fromSnapshot } = await openIndexes(mended);
        expect(Object.values(fromSnapshot).filter((loaded) => !loaded)).toHaveLength(1);
        await expectInStep(mended);
        expect(await openIndexes(indexSet())).toEqual({ fromSnapshot: { vector: true, keyword: true } });
      }
    }
  });

  it('keeps the files of the latest snapshot only', async () => {
    await openIndexes(indexSet());
    const count = readdirSync(folder).length;
    publish(['d']);
    await openIndexes(indexSet());
    expect(readdirSync(folder)).toHaveLength(count);
  });

  it('fills the indexes all the same when the folder cannot be written, and says so', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    const indexes = indexSet({}, { folder: join(file, 'index') });
    expect((await openIndexes(indexes)).unsaved).toMatchObject({ code: 'store.unwritable' });
    await expectInStep(indexes);
    expect(await unsavedIndexes(store, indexes.folder)).toEqual(['keywords', 'vectors']);
  });
});

describe('following an ingest', () => {
  it('adds, replaces and removes, and saves', async () => {
    const indexes = indexSet();
    await openIndexes(indexes);
    const change = publish(['b', 'd'], { edition: 'second' });
    await applyChange({ ...indexes, change });
    await expectInStep(indexes);
    await applyChange({ ...indexes, change: store.remove(['a']) });
    await expectInStep(indexes);
    expect(await openIndexes(indexSet())).toEqual({ fromSnapshot: { vector: true, keyword: true } });
  });

  it('keeps both indexes in step when neither can be saved, leaves nothing lying about, and says so', async () => {
    const indexes = indexSet();
    await openIndexes(indexes);
    const before = readdirSync(folder).sort();
    const full = (index: Snapshotted): void => {
      index.save = async (path) => {
        writeFileSync(`${path}.cut`, 'the disk ends he');
        throw Object.assign(new Error('ENOSPC: no space left on device'), {
          code: 'ENOSPC',
          syscall: 'write',
        });
      };
    };
    full(indexes.keyword);
    full(indexes.vector);
    const { unsaved } = await applyChange({ ...indexes, change: publish(['b', 'd'], { edition: 'second' }) });
    expect(unsaved).toMatchObject({
      code: 'store.unwritable',
      message: expect.stringMatching(/disk is full/),
    });
    await expectInStep(indexes);
    expect(
      readdirSync(folder)
        .filter((name) => name !== 'fresh')
        .sort(),
    ).toEqual(before);
    expect(await unsavedIndexes(store, folder)).toEqual(['keywords', 'vectors']);

    const { unsaved: none } = await openIndexes(indexSet());
    expect(none).toBeUndefined();
    expect(await unsavedIndexes(store, folder)).toEqual([]);
  });

  it('takes a chunk whose vector is new', async () => {
    const indexes = indexSet();
    await openIndexes(indexes);
    const { key } = [...store.publishedChunks()][0]!;
    store.putVectors('m', [{ key, vector: hashVector('another') }]);
    await applyChange({ ...indexes, change: store.publish('m') });
    await expectInStep(indexes);
  });

  it('fills a new vector index when the model is another', async () => {
    const indexes = indexSet();
    await openIndexes(indexes);
    const change = publish(['d'], { model: 'n', dimensions: 4 });
    const vector = createExactIndex(4);
    await applyChange({ ...indexes, vector, change });
    expect([vector.size, indexes.keyword.size]).toEqual([8, 8]);
    const again = indexSet({}, { vector: createExactIndex(4) });
    expect(await openIndexes(again)).toEqual({ fromSnapshot: { vector: true, keyword: true } });
  });

  it('writes nothing when nothing has changed', async () => {
    const indexes = indexSet();
    await openIndexes(indexes);
    // A file that is written anew is another file to the system.
    const files = () => readdirSync(folder).map((name) => `${name} ${statSync(join(folder, name)).ino}`);
    const before = files();
    await applyChange({ ...indexes, change: { addedKeys: [], removedKeys: [] } });
    expect(files()).toEqual(before);
  });
});
