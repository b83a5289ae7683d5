import { copyFileSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqliteStore, storeOver } from '../../../src/engine/indexing/sqlite-store.ts';
import type { DocumentStore } from '../../../src/engine/ports.ts';
import { GroundspeedError } from '../../../src/kernel/errors.ts';
import { documentStoreContract, draft, embedAll } from '../../contracts/document-store.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'store-'));
  path = join(folder, 'index', 'store.sqlite');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('in memory', () => documentStoreContract(() => openSqliteStore(':memory:')));
describe('in a file', () => documentStoreContract(() => openSqliteStore(path)));

const filled = async (): Promise<DocumentStore> => {
  const store = await openSqliteStore(path);
  store.stage([draft('a', ['One.', 'Two.']), draft('b', ['Three.'])]);
  embedAll(store, 'm');
  store.publish('m');
  return store;
};

/** The error that the call ends in, sooner or later. */
const errorOf = async (call: () => unknown): Promise<GroundspeedError> => {
  try {
    await call();
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(GroundspeedError);
    return thrown as GroundspeedError;
  }
  throw new Error('nothing was thrown');
};

describe('a store in a file', () => {
  it('is the same after it was closed and opened again', async () => {
    const before = await filled();
    before.setFact('x', 'y');
    const content = (store: DocumentStore) => ({
      version: store.version,
      model: store.model,
      counts: [store.documentCount, store.chunkCount],
      chunks: [...store.publishedChunks()],
      vectors: [...store.publishedVectors()],
      fact: store.fact('x'),
      id: store.fact('store.id'),
    });
    const expected = content(before);
    before.close();
    const after = await openSqliteStore(path);
    expect(content(after)).toEqual(expected);
    after.close();
  });

  it('has an id of its own', async () => {
    const [one, other] = [await openSqliteStore(':memory:'), await openSqliteStore(':memory:')];
    expect(one.fact('store.id')).not.toBe(other.fact('store.id'));
    one.close();
    other.close();
  });

  it('refuses the database of another program, and leaves it as it was', async () => {
    const foreign = join(folder, 'foreign.sqlite');
    new Sqlite(foreign).exec('CREATE TABLE notes (text)').close();
    const before = readFileSync(foreign);
    const error = await errorOf(() => openSqliteStore(foreign));
    expect(error.code).toBe('store.incompatible');
    expect(error.where).toBe(foreign);
    expect(error.hint).toMatch(/--index/);
    expect(readFileSync(foreign).equals(before)).toBe(true);
  });

  it('refuses an index of a newer version', async () => {
    (await filled()).close();
    const database = new Sqlite(path);
    database.pragma('user_version = 99');
    database.close();
    const error = await errorOf(() => openSqliteStore(path));
    expect(error.code).toBe('store.incompatible');
    expect(error.message).toMatch(/newer version.*99/);
  });

  it('says that it is damaged when the file is no database', async () => {
    const text = join(folder, 'text.sqlite');
    writeFileSync(text, 'This was once an index. '.repeat(100));
    const error = await errorOf(() => openSqliteStore(text));
    expect(error.code).toBe('store.corrupt');
    expect(error.hint).toMatch(/ingest/);
  });

  it('says that it is damaged when pages were overwritten', async () => {
    (await filled()).close();
    const file = openSync(path, 'r+');
    writeSync(file, Buffer.alloc(readFileSync(path).length - 4096, 0xee), 0, undefined, 4096);
    const error = await errorOf(async () => (await openSqliteStore(path)).check());
    expect(error.code).toBe('store.corrupt');
  });

  it('says what to do when its folder cannot be made', async () => {
    writeFileSync(join(folder, 'file'), '');
    const error = await errorOf(() => openSqliteStore(join(folder, 'file', 'store.sqlite')));
    expect(error.code).toBe('store.unwritable');
    expect(error.hint).toMatch(/writable.*--index/);
  });

  it('says so when it may only be read', async () => {
    (await filled()).close();
    const database = new Sqlite(path);
    const store = storeOver(database, path);
    database.pragma('query_only = ON');
    const error = await errorOf(() => store.stage([draft('c', ['Four.'])]));
    expect(error.code).toBe('store.unwritable');
    expect([...store.publishedChunks()]).toHaveLength(3);
    store.close();
  });

  it('says so when the disk is full, and keeps what was whole', async () => {
    (await filled()).close();
    const database = new Sqlite(path);
    const store = storeOver(database, path);
    const pages = database.pragma('page_count', { simple: true });
    database.pragma(`max_page_count = ${pages}`);
    const big = draft('big', ['Word. '.repeat(100_000)]);
    const error = await errorOf(() => store.stage([draft('c', ['Four.']), big]));
    expect(error.code).toBe('store.unwritable');
    expect(error.message).toMatch(/full/);
    expect(error.hint).toMatch(/run the same command again/);
    expect([...store.hashes().keys()]).toEqual(['a', 'b']);
    expect(store.documentIds()).toEqual(['a', 'b']);
    store.close();
  });

  it('is whole when copied with its log in the middle of everything, as after a sudden death', async () => {
    const store = await filled();
    store.stage([draft('b', ['Three, changed.']), draft('c', ['Four.'])]);
    const copy = join(folder, 'copy.sqlite');
    for (const suffix of ['', '-wal']) copyFileSync(path + suffix, copy + suffix);
    store.close();
    const after = await openSqliteStore(copy);
    after.check();
    expect(after.documentIds()).toEqual(['a', 'b']);
    expect(after.document('b')?.text).toBe('Three.');
    expect(after.stagedIds()).toEqual(['b', 'c']);
    after.close();
  });
});

describe('any history of staging, embedding, publishing and removing', () => {
  type Step =
    | { readonly kind: 'stage'; readonly id: string; readonly chunks: number; readonly content: number }
    | { readonly kind: 'publish'; readonly embedded: boolean }
    | { readonly kind: 'remove'; readonly id: string };
  const id = fc.constantFrom('a', 'b', 'c');
  const step: fc.Arbitrary<Step> = fc.oneof(
    fc.record({
      kind: fc.constant('stage' as const),
      id,
      chunks: fc.integer({ min: 1, max: 3 }),
      content: fc.nat(5),
    }),
    fc.record({ kind: fc.constant('publish' as const), embedded: fc.boolean() }),
    fc.record({ kind: fc.constant('remove' as const), id }),
  );

  it('shows the last published content of each document, and changes tell followers all', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
        const store = await openSqliteStore(':memory:');
        const shown = new Map<string, string>();
        const staged = new Map<string, string>();
        const followed = new Set<number>();
        const follow = ({ addedKeys, removedKeys }: ReturnType<DocumentStore['publish']>) => {
          for (const key of removedKeys) expect(followed.delete(key)).toBe(true);
          for (const key of addedKeys) followed.add(key);
        };
        for (const action of steps) {
          if (action.kind === 'stage') {
            const chunks = Array.from({ length: action.chunks }, (_, i) => `Text ${action.content}-${i}.`);
            store.stage([draft(action.id, chunks)]);
            staged.set(action.id, chunks.join(' '));
          } else if (action.kind === 'remove') {
            follow(store.remove([action.id]));
            shown.delete(action.id);
            staged.delete(action.id);
          } else if (action.embedded) {
            embedAll(store, 'm');
            follow(store.publish('m'));
            for (const [name, text] of staged) shown.set(name, text);
            staged.clear();
          } else {
            // Whatever has no vectors stays behind.
            follow(store.publish('m'));
          }
          expect(new Map(store.documentIds().map((name) => [name, store.document(name)!.text]))).toEqual(
            new Map([...shown].sort()),
          );
          expect(new Set([...store.publishedChunks()].map(({ key }) => key))).toEqual(followed);
          expect(store.stagedIds()).toEqual([...staged.keys()].sort());
          expect(store.chunkCount).toBe(followed.size);
        }
        store.close();
      }),
      { numRuns: 40 },
    );
  });
});
