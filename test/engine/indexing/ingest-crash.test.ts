import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SourceItem } from '../../../src/engine/documents/source.ts';
import type { EngineEvent } from '../../../src/engine/events.ts';
import { ingestDocuments } from '../../../src/engine/indexing/ingest.ts';
import { openSqliteStore, storeOver } from '../../../src/engine/indexing/sqlite-store.ts';
import { engineSchema } from '../../../src/engine/options.ts';
import type { DocumentStore } from '../../../src/engine/ports.ts';
import { createEmitter } from '../../../src/kernel/emitter.ts';
import { systemClock } from '../../../src/system/clock.ts';
import { fakeEmbedder, fakeEmbedderSource } from '../fake-embedder.ts';
import { aroundWrites } from '../faulty-store.ts';

/*
 * A killed process leaves the store's file and its log as they are between two writes, since each write is one
 * transaction. So death is played here by stopping at every write in turn, and copying the two files as they lie, with
 * the connection still open. A real kill -9 of a real process is tested against the built program.
 */

const options = engineSchema.parse({ chunking: { size: 16, overlap: 4 }, embedding: { batchSize: 40 } });
const sentence = (id: string, edition: string, i: number) =>
  `Sentence ${i} of ${id} in its ${edition} edition.`;
const text = (id: string, edition: string) =>
  Array.from({ length: (id.length % 3) + 1 }, (_, i) => sentence(id, edition, i)).join(' ');
const document = (id: string, edition: string): SourceItem => ({
  document: { id, title: id, text: text(id, edition), metadata: { edition } },
});
const numbered = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => `d${from + i}`);
/** Of the first edition, twenty documents stay, ten change, ten go; seventy are new. */
const first = numbered(0, 40).map((id) => document(id, 'first'));
const second = [
  ...numbered(0, 20).map((id) => document(id, 'first')),
  ...numbered(20, 30).map((id) => document(id, 'second')),
  ...numbered(40, 110).map((id) => document(id, 'second')),
];

const ingest = (store: DocumentStore, source: readonly SourceItem[]) =>
  ingestDocuments(source, {
    store,
    embedders: fakeEmbedderSource(fakeEmbedder(), (prepared) => {
      prepared.saveModel('fake/8', Uint8Array.of(1, 2, 3));
      prepared.setFact('fitted', 'yes');
    }),
    options,
    clock: systemClock,
    events: createEmitter<EngineEvent>(),
    removeMissing: true,
  });

/** All that a store shows, but for the keys of chunks, which depend on what was tried before. */
const shown = (store: DocumentStore) => ({
  model: store.model,
  documents: store.documentIds().map((id) => {
    const { version, ...content } = store.document(id)!;
    return content;
  }),
  chunks: [...store.publishedChunks()].map(({ key, ...chunk }) => ({
    ...chunk,
    vector: store.vectors([key])[0],
  })),
  waiting: store.stagedIds(),
});

const expectWhole = (store: DocumentStore): void => {
  store.check();
  const chunks = [...store.publishedChunks()];
  for (const id of store.documentIds()) {
    const { text: content, metadata } = store.document(id)!;
    expect(content).toBe(text(id, String(metadata.edition)));
    const own = chunks.filter(({ documentId }) => documentId === id);
    expect(own.map(({ ordinal }) => ordinal)).toEqual(own.map((_, i) => i));
    expect(own[0]!.start).toBe(0);
    expect(own.at(-1)!.end).toBe(content.length);
    for (const chunk of own) expect(chunk.text).toBe(content.slice(chunk.start, chunk.end));
    expect(store.vectors(own.map(({ key }) => key))).not.toContain(undefined);
  }
};

const copyStore = (from: string, to: string): string => {
  for (const suffix of ['', '-wal']) {
    rmSync(to + suffix, { force: true });
    if (existsSync(from + suffix)) copyFileSync(from + suffix, to + suffix);
  }
  return to;
};

const pagesOf = (path: string): number => {
  const database = new Sqlite(path, { readonly: true });
  const pages = Number(database.pragma('page_count', { simple: true }));
  database.close();
  return pages;
};

let shared: string;
let base: string;
let clean: ReturnType<typeof shown>;
let before: ReturnType<typeof shown>;
let writes: string[];
beforeAll(async () => {
  shared = mkdtempSync(join(tmpdir(), 'crash-base-'));
  base = join(shared, 'base.sqlite');
  const store = await openSqliteStore(base);
  await ingest(store, first);
  before = shown(store);
  store.close();
  writes = [];
  const whole = await openSqliteStore(copyStore(base, join(shared, 'clean.sqlite')));
  const watched = aroundWrites(whole, (write, work) => {
    writes.push(write);
    return work();
  });
  await ingest(watched, second);
  clean = shown(whole);
  whole.close();
});
afterAll(() => rmSync(shared, { recursive: true, force: true }));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crash-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const expectRecovery = async (left: string): Promise<void> => {
  const store = await openSqliteStore(left);
  expectWhole(store);
  await ingest(store, second);
  expect(shown(store)).toEqual(clean);
  expectWhole(store);
  store.close();
};

describe('a process that dies during an ingest', () => {
  it('has many places to die at', () => {
    expect(clean.documents).toHaveLength(100);
    expect(new Set(writes)).toEqual(
      new Set(['stage', 'saveModel', 'setFact', 'putVectors', 'publish', 'remove']),
    );
  });

  it.each(['before', 'after'])(
    'leaves whole documents, and the next ingest ends as a clean one, %s each write',
    async (when) => {
      for (let deadly = 0; deadly < writes.length; deadly += 1) {
        const path = copyStore(base, join(folder, `${deadly}.sqlite`));
        const store = await openSqliteStore(path);
        let count = 0;
        const dying = aroundWrites(store, (_write, work) => {
          const dies = count === deadly;
          count += 1;
          if (dies && when === 'before') throw new Error('killed');
          const result = work();
          if (dies) throw new Error('killed');
          return result;
        });
        await expect(ingest(dying, second)).rejects.toThrow('killed');
        const left = copyStore(path, join(folder, `${deadly}-left.sqlite`));
        store.close();
        if (writes.indexOf('publish') > deadly) {
          const after = await openSqliteStore(left);
          expect({ ...shown(after), waiting: [] }).toEqual(before);
          after.close();
        }
        await expectRecovery(left);
      }
    },
  );

  it('leaves whole documents when the disk fills up, wherever that happens', async () => {
    const needed = pagesOf(join(shared, 'clean.sqlite')) - pagesOf(base);
    expect(needed).toBeGreaterThan(3);
    for (let room = 0; room < needed; room += 1) {
      const path = copyStore(base, join(folder, `full-${room}.sqlite`));
      const database = new Sqlite(path);
      database.pragma(`max_page_count = ${pagesOf(base) + room}`);
      const store = storeOver(database, path);
      await expect(ingest(store, second)).rejects.toMatchObject({ code: 'store.unwritable' });
      const left = copyStore(path, join(folder, `full-${room}-left.sqlite`));
      store.close();
      await expectRecovery(left);
    }
  });
});
