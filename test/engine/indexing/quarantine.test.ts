import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chunkText } from '../../../src/engine/chunking/chunk.ts';
import type { SourceItem } from '../../../src/engine/documents/source.ts';
import type { EngineEvent } from '../../../src/engine/events.ts';
import { type IngestDependencies, ingestDocuments } from '../../../src/engine/indexing/ingest.ts';
import { openSqliteStore, storeOver, type WrittenStore } from '../../../src/engine/indexing/sqlite-store.ts';
import { openStoreView } from '../../../src/engine/indexing/sqlite-view.ts';
import { engineSchema } from '../../../src/engine/options.ts';
import { ManualClock } from '../../../src/kernel/clock.ts';
import { createEmitter } from '../../../src/kernel/emitter.ts';
import { draft, embedAll } from '../../contracts/document-store.ts';
import { type FakeEmbedderOptions, fakeEmbedder, fakeEmbedderSource } from '../fake-embedder.ts';

const document = (id: string, text = `Text of ${id}.`): SourceItem => ({
  document: { id, title: `Title ${id}`, text, metadata: {} },
});

let folder: string;
let path: string;
let store: WrittenStore;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'quarantine-'));
  path = join(folder, 'store.sqlite');
  store = await openSqliteStore(path);
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The first day of 2026, or so many days after it. */
const day = (number: number): number => Date.UTC(2026, 0, 1 + number);

interface Given extends FakeEmbedderOptions {
  readonly onDay?: number;
  readonly chunk?: IngestDependencies['chunk'];
  readonly removeMissing?: boolean;
}

const ingest = (source: Iterable<SourceItem>, { onDay = 0, chunk, removeMissing, ...embedder }: Given = {}) =>
  ingestDocuments(source, {
    store,
    embedders: fakeEmbedderSource(fakeEmbedder(embedder)),
    options: engineSchema.parse({}),
    clock: new ManualClock(0, day(onDay)),
    events: createEmitter<EngineEvent>(),
    ...(chunk && { chunk }),
    ...(removeMissing && { removeMissing }),
  });

/** An embedder that refuses what holds the word, and counts how often it was asked for it. */
const refusing = (word: string) => {
  const asked: string[] = [];
  return {
    asked,
    onCall: (texts: readonly string[]) => {
      const bad = texts.filter((text) => text.includes(word));
      asked.push(...bad);
      if (bad.length > 0) throw new Error('the service choked');
    },
  };
};

const idsOf = (entries: readonly { id: string }[]) => entries.map(({ id }) => id);

describe('a document that fails each time', () => {
  it('is tried twice, in its batch and alone, and held from then on, with its error', async () => {
    const { asked, onCall } = refusing('poison');
    const source = [document('a'), document('bad', 'A poison text.'), document('c')];
    const first = await ingest(source, { onCall });
    expect(first).toMatchObject({ indexed: 2, failed: [{ id: 'bad' }], quarantined: [] });
    expect(asked).toHaveLength(2);

    const again = await ingest(source, { onCall, onDay: 1 });
    expect(again).toMatchObject({ indexed: 0, unchanged: 2, failed: [], quarantined: [{ id: 'bad' }] });
    expect(asked).toHaveLength(2);
    expect(store.quarantine.list()).toEqual([
      {
        id: 'bad',
        hash: expect.stringMatching(/^[0-9a-f]{64}$/),
        code: 'embedding.failed',
        message: 'Document bad (characters 0 to 14) could not be embedded: the service choked',
        model: 'fake/8',
        attempts: 1,
        firstAt: day(0),
        lastAt: day(0),
        held: true,
      },
    ]);
  });

  it('is held though its source is not read, since it waits in the store', async () => {
    const { asked, onCall } = refusing('poison');
    await ingest([document('bad', 'A poison text.')], { onCall });
    expect(idsOf((await ingest([document('a')], { onCall })).quarantined)).toEqual(['bad']);
    expect(asked).toHaveLength(2);
  });

  it('is tried again once it is let out, and counts on when it fails again', async () => {
    const { onCall } = refusing('poison');
    await ingest([document('bad', 'A poison text.')], { onCall });
    expect(store.quarantine.release()).toBe(1);
    // Not a source is needed: it waits in the store.
    expect(await ingest([], { onCall, onDay: 3 })).toMatchObject({
      failed: [{ id: 'bad' }],
      quarantined: [],
    });
    expect(store.quarantine.list()).toMatchObject([
      { attempts: 2, firstAt: day(0), lastAt: day(3), held: true },
    ]);
  });

  it('is let go when it succeeds after all', async () => {
    await ingest([document('bad', 'A poison text.')], refusing('poison'));
    store.quarantine.release();
    expect(await ingest([])).toMatchObject({ indexed: 1, failed: [] });
    expect(store.documentIds()).toEqual(['bad']);
    expect(store.quarantine.list()).toEqual([]);
  });

  it('is tried again when its content changes, and forgotten once that is shown', async () => {
    await ingest([document('bad', 'A poison text.')], refusing('poison'));
    const mended = await ingest([document('bad', 'A sound text.')], refusing('poison'));
    expect(mended).toMatchObject({ indexed: 1, failed: [], quarantined: [] });
    expect(store.quarantine.list()).toEqual([]);
  });

  it('begins to count anew when the changed content fails too', async () => {
    await ingest([document('bad', 'A poison text.')], refusing('poison'));
    await ingest([document('bad', 'More poison.')], { ...refusing('poison'), onDay: 2 });
    expect(store.quarantine.list()).toMatchObject([{ attempts: 1, firstAt: day(2), lastAt: day(2) }]);
  });

  it('is tried again by another embedder', async () => {
    await ingest([document('bad', 'A poison text.')], refusing('poison'));
    expect(await ingest([], { id: 'other/8' })).toMatchObject({ indexed: 1 });
    expect(store.quarantine.list()).toEqual([]);
  });

  it('leaves what was shown of it as it was, also when that comes back', async () => {
    await ingest([document('a', 'A sound text.')]);
    const failed = await ingest([document('a', 'A poison text.')], refusing('poison'));
    expect(failed).toMatchObject({ indexed: 0, failed: [{ id: 'a' }] });
    expect(store.document('a')?.text).toBe('A sound text.');
    const back = await ingest([document('a', 'A sound text.')], refusing('poison'));
    expect(back).toMatchObject({ failed: [], quarantined: [] });
    expect(store.document('a')?.text).toBe('A sound text.');
    expect(store.quarantine.list()).toEqual([]);
  });

  it('is forgotten when it is removed', async () => {
    await ingest([document('bad', 'A poison text.')], refusing('poison'));
    await ingest([document('a')], { removeMissing: true });
    expect(store.quarantine.list()).toEqual([]);
    expect(store.stagedIds()).toEqual([]);
  });

  it('for the chunker is not chunked again', async () => {
    let calls = 0;
    const chunk: typeof chunkText = (text, options) => {
      if (!text.includes('poison')) return chunkText(text, options);
      calls += 1;
      throw new RangeError('Maximum call stack size exceeded');
    };
    const source = [document('a'), document('bad', 'A poison text.')];
    expect(await ingest(source, { chunk })).toMatchObject({
      indexed: 1,
      failed: [{ id: 'bad', code: 'document.unreadable' }],
    });
    expect(await ingest(source, { chunk })).toMatchObject({ failed: [], quarantined: [{ id: 'bad' }] });
    expect(calls).toBe(1);
    expect(store.quarantine.list()[0]?.model).toBeUndefined();
    store.quarantine.release();
    await ingest(source, { chunk });
    expect(calls).toBe(2);
    expect(await ingest([document('bad', 'A sound text.')], { chunk })).toMatchObject({ indexed: 1 });
    expect(store.quarantine.list()).toEqual([]);
  });
});

describe('one bad vector', () => {
  it('is no reason for quarantine: the text is embedded once more, alone', async () => {
    let bad = true;
    const answer = (text: string): Float32Array | undefined => {
      if (!text.includes('b.') || !bad) return undefined;
      bad = false;
      return new Float32Array(8).fill(Number.NaN);
    };
    const result = await ingest([document('a'), document('b'), document('c')], { answer });
    expect(result).toMatchObject({ indexed: 3, failed: [] });
    expect(store.quarantine.list()).toEqual([]);
  });

  it('of every text is the embedder’s fault, and nobody is quarantined', async () => {
    const answer = () => new Float32Array(8).fill(Number.NaN);
    await expect(ingest([document('a'), document('b')], { answer })).rejects.toMatchObject({
      code: 'embedding.notFinite',
    });
    expect(store.quarantine.list()).toEqual([]);
  });
});

describe('the quarantine of a store', () => {
  const entry = { id: 'x', hash: 'h', code: 'embedding.failed', message: 'm', model: undefined } as const;

  it('outlives the process, and can be read beside it but not changed', async () => {
    store.quarantine.put(entry, day(0));
    const view = await openStoreView(path);
    expect(idsOf(view.quarantine.list())).toEqual(['x']);
    for (const change of [
      () => view.quarantine.release(),
      () => view.quarantine.put(entry, 0),
      () => view.quarantine.forget(['x']),
    ]) {
      expect(change).toThrow(expect.objectContaining({ code: 'store.unwritable' }));
    }
    view.close();
    store.close();
    store = await openSqliteStore(path);
    expect(idsOf(store.quarantine.list())).toEqual(['x']);
    store.quarantine.forget(['x', 'unknown']);
    expect(store.quarantine.list()).toEqual([]);
  });

  it('keeps no more of a message than a person would read', () => {
    store.quarantine.put({ ...entry, message: 'x'.repeat(100_000) }, day(0));
    expect(store.quarantine.list()[0]!.message).toHaveLength(1000);
  });
});

describe('an index that version 1 of the schema made', () => {
  /** The schema as it was: without the table. */
  const makeOld = async (): Promise<string> => {
    const old = join(folder, 'old.sqlite');
    const made = await openSqliteStore(old);
    made.stage([draft('a', ['One.', 'Two.']), draft('b', ['Three.'])]);
    embedAll(made, 'm');
    made.publish('m');
    made.stage([draft('c', ['Four.'])]);
    made.close();
    const database = new Sqlite(old);
    database.exec('DROP TABLE quarantine');
    database.pragma('user_version = 1');
    database.exec('VACUUM');
    database.close();
    return old;
  };

  it('opens with all that it holds, and gains the quarantine', async () => {
    const old = await makeOld();
    const opened = await openSqliteStore(old);
    opened.check();
    expect(opened.documentIds()).toEqual(['a', 'b']);
    expect(opened.stagedIds()).toEqual(['c']);
    expect([opened.version, opened.chunkCount, opened.model]).toEqual([1, 3, 'm']);
    expect([...opened.publishedVectors()]).toHaveLength(3);
    expect(opened.quarantine.list()).toEqual([]);
    opened.quarantine.put({ id: 'x', hash: 'h', code: 'embedding.failed', message: '', model: 'm' }, 0);
    opened.close();

    const again = await openSqliteStore(old);
    expect(idsOf(again.quarantine.list())).toEqual(['x']);
    again.close();
    const database = new Sqlite(old);
    expect(database.pragma('user_version', { simple: true })).toBe(2);
    const schemaOf = (name: string) =>
      new Sqlite(name).prepare('SELECT name, sql FROM sqlite_schema ORDER BY name').all();
    expect(schemaOf(old)).toEqual(schemaOf(path));
    database.close();
  });

  it('can be read as it is, beside nobody who would change it', async () => {
    const old = await makeOld();
    const view = await openStoreView(old);
    expect(view.documentIds()).toEqual(['a', 'b']);
    expect(view.quarantine.list()).toEqual([]);
    view.close();
    const database = new Sqlite(old);
    expect(database.pragma('user_version', { simple: true })).toBe(1);
    database.close();
  });

  it('stays as it was where the disk is too full for it', async () => {
    const old = await makeOld();
    const database = new Sqlite(old);
    database.pragma(`max_page_count = ${database.pragma('page_count', { simple: true })}`);
    expect(() => storeOver(database, old)).toThrow(/full/);
    expect(database.pragma('user_version', { simple: true })).toBe(1);
    database.close();
    const view = await openStoreView(old);
    expect(view.documentIds()).toEqual(['a', 'b']);
    view.close();
  });
});
