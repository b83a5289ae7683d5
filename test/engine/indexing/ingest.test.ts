import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SourceItem } from '../../../src/engine/documents/source.ts';
import type { EngineEvent } from '../../../src/engine/events.ts';
import { type IngestDependencies, ingestDocuments } from '../../../src/engine/indexing/ingest.ts';
import { quarantineOf } from '../../../src/engine/indexing/quarantine.ts';
import { openSqliteStore } from '../../../src/engine/indexing/sqlite-store.ts';
import { engineSchema } from '../../../src/engine/options.ts';
import type { DocumentStore } from '../../../src/engine/ports.ts';
import { createEmitter } from '../../../src/kernel/emitter.ts';
import { GroundspeedError } from '../../../src/kernel/errors.ts';
import { systemClock } from '../../../src/system/clock.ts';
import { type FakeEmbedderOptions, fakeEmbedder, fakeEmbedderSource, hashVector } from '../fake-embedder.ts';
import { aroundWrites } from '../faulty-store.ts';

const document = (id: string, text = `Text of ${id}. And more of ${id}.`): SourceItem => ({
  document: { id, title: `Title ${id}`, text, metadata: {} },
});
const documents = (...ids: string[]) => ids.map((id) => document(id));

let store: DocumentStore;
beforeEach(async () => {
  store = await openSqliteStore(':memory:');
});
afterEach(() => store.close());

interface Given extends Partial<Omit<IngestDependencies, 'options'>> {
  readonly embedder?: FakeEmbedderOptions;
  readonly options?: object;
}

const ingest = (
  source: Iterable<SourceItem> | AsyncIterable<SourceItem>,
  { embedder, options = {}, ...more }: Given = {},
) =>
  ingestDocuments(source, {
    store,
    embedders: fakeEmbedderSource(fakeEmbedder(embedder)),
    options: engineSchema.parse(options),
    clock: systemClock,
    events: createEmitter<EngineEvent>(),
    ...more,
  });

const codeOf = async (work: Promise<unknown>) => {
  const thrown = await work.then(
    () => expect.unreachable('nothing was thrown'),
    (error: unknown) => error,
  );
  expect(thrown).toBeInstanceOf(GroundspeedError);
  return (thrown as GroundspeedError).code;
};

describe('an ingest', () => {
  it('shows every document with its chunks and vectors, and counts them', async () => {
    const result = await ingest(documents('a', 'b', 'c'));
    expect(result).toMatchObject({ indexed: 3, unchanged: 0, removed: 0, failed: [] });
    expect(result.change).toEqual({ addedKeys: [1, 2, 3], removedKeys: [] });
    expect(result.durationMs).toBeGreaterThan(0);
    expect(result.documentsPerSecond).toBeCloseTo(3 / (result.durationMs / 1000));
    expect(Object.keys(result.phases)).toEqual(['read', 'fit', 'embed', 'publish']);
    expect(store.documentIds()).toEqual(['a', 'b', 'c']);
    expect(store.model).toBe('fake/8');
    const [chunk] = [...store.publishedChunks()];
    expect(store.vectors([chunk!.key])[0]).toEqual(hashVector(`Title a\n${chunk!.text}`));
  });

  it('skips what is unchanged, replaces what has changed, and asks for no vector twice', async () => {
    await ingest(documents('a', 'b'));
    const embedded: string[] = [];
    const again = await ingest([document('a'), document('b', 'Another text.'), document('c')], {
      embedder: { onCall: (texts) => void embedded.push(...texts) },
    });
    expect(again).toMatchObject({ indexed: 2, unchanged: 1, failed: [] });
    expect(embedded).toEqual(['Title b\nAnother text.', 'Title c\nText of c. And more of c.']);
    expect(store.document('b')).toMatchObject({ text: 'Another text.', version: 2 });
    const { version } = store;
    expect(await ingest([document('a')])).toMatchObject({ indexed: 0, unchanged: 1 });
    expect(store.version).toBe(version);
  });

  it('works without an embedder', async () => {
    expect(await ingest(documents('a'), { embedders: fakeEmbedderSource(undefined) })).toMatchObject({
      indexed: 1,
    });
    expect(store.model).toBeUndefined();
    expect([...store.publishedVectors()]).toEqual([]);
  });

  it('prepares the embedder once all chunks are stored, and before any is shown', async () => {
    let atPrepare: unknown;
    await ingest(documents('a', 'b'), {
      embedders: fakeEmbedderSource(fakeEmbedder(), (prepared) => {
        atPrepare = { chunks: [...prepared.currentChunks()].length, shown: prepared.documentCount };
      }),
    });
    expect(atPrepare).toEqual({ chunks: 2, shown: 0 });
  });

  it('embeds all anew when the model changes', async () => {
    await ingest(documents('a', 'b'));
    const result = await ingest(documents('a', 'b', 'c'), { embedder: { id: 'fake/new', dimensions: 4 } });
    expect(result).toMatchObject({ indexed: 1, unchanged: 2 });
    expect(store.model).toBe('fake/new');
    expect([...store.publishedVectors()].map(({ vector }) => vector.length)).toEqual([4, 4, 4]);
  });

  it('tells its progress, phase by phase, and each failure', async () => {
    const events = createEmitter<EngineEvent>();
    const seen: EngineEvent[] = [];
    events.listen((event) => void seen.push(event));
    const ids = Array.from({ length: 70 }, (_, i) => `d${i}`);
    await ingest([...documents(...ids), document('empty', ' ')], { events });
    const progress = seen.flatMap((event) =>
      event.type === 'ingest.progress' ? [[event.phase, event.done, event.total]] : [],
    );
    expect(progress).toEqual([
      ['read', 64, undefined],
      ['read', 71, 71],
      ['fit', 1, 1],
      ['embed', 0, 70],
      ['embed', 64, 70],
      ['embed', 70, 70],
      ['publish', 0, 1],
      ['publish', 1, 1],
    ]);
    expect(seen).toContainEqual({ type: 'document.failed', documentId: 'empty', code: 'document.empty' });
  });

  it('lets timers run while it works', async () => {
    const ids = Array.from({ length: 200 }, (_, i) => `d${i}`);
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 0);
    await ingest(documents(...ids));
    clearInterval(timer);
    expect(turns).toBeGreaterThan(0);
  });

  it('refuses an index that was chunked otherwise', async () => {
    await ingest(documents('a'));
    const refused = ingest(documents('b'), { options: { chunking: { size: 100 } } });
    await expect(refused).rejects.toMatchObject({
      code: 'store.incompatible',
      message: expect.stringMatching(/320 tokens with an overlap of 40; the settings now say 100 with 40$/),
    });
    store.remove(['a']);
    await ingest(documents('b'), { options: { chunking: { size: 100 } } });
  });
});

describe('a bad document', () => {
  it('fails alone, with its reason', async () => {
    const failure = { id: 'x.txt', code: 'document.encoding', message: 'x.txt: byte 3' } as const;
    const circular: Record<string, unknown> = {};
    circular.self = circular;
    const result = await ingest([
      document('a'),
      { failure },
      document('empty', '\u00a0\n'),
      document('a', 'Again.'),
      { document: { id: 'circular', title: '', text: 'Text.', metadata: circular } },
      document('b'),
    ]);
    expect(result.indexed).toBe(2);
    expect(result.failed.map(({ id, code }) => [id, code])).toEqual([
      ['x.txt', 'document.encoding'],
      ['empty', 'document.empty'],
      ['a', 'document.duplicate'],
      ['circular', 'document.unreadable'],
    ]);
    expect(store.document('a')?.text).toBe('Text of a. And more of a.');
  });

  it('leaves its id to a good one', async () => {
    const failure = { id: 'a', code: 'document.empty', message: 'corpus.jsonl:1: no text' } as const;
    const result = await ingest([{ failure }, document('empty', ' '), document('a')]);
    expect(result.indexed).toBe(1);
    expect(result.failed.map(({ id, code }) => [id, code])).toEqual([
      ['a', 'document.empty'],
      ['empty', 'document.empty'],
    ]);
  });

  it.each([
    ['NaN', 'embedding.notFinite', Float32Array.of(1, Number.NaN, 0, 0, 0, 0, 0, 0)],
    ['another length', 'embedding.dimension', Float32Array.of(1, 0)],
  ])('whose vector has %s is named and not shown; the others are', async (_what, code, vector) => {
    const result = await ingest(documents('a', 'bad', 'c'), {
      embedder: { answer: (text) => (text.includes('bad') ? vector : undefined) },
    });
    expect(result.indexed).toBe(2);
    expect(result.failed).toMatchObject([{ id: 'bad', code }]);
    expect(result.failed[0]!.message).toMatch(/Document bad \(characters 0 to \d+\)/);
    expect(store.documentIds()).toEqual(['a', 'c']);
    // It waits: once the embedder is mended and it is let out, it is shown without being chunked again.
    quarantineOf(store)?.release();
    expect(await ingest(documents('a', 'bad', 'c'))).toMatchObject({ indexed: 1, unchanged: 2, failed: [] });
  });

  it('that the embedder refuses is found in its batch', async () => {
    const calls: number[] = [];
    const result = await ingest(documents('a', 'bad', 'c', 'd'), {
      options: { embedding: { batchSize: 3 } },
      embedder: {
        onCall: (texts) => {
          calls.push(texts.length);
          if (texts.some((text) => text.includes('bad'))) throw new Error('400 too long');
        },
      },
    });
    expect(result).toMatchObject({ indexed: 3 });
    expect(result.failed).toEqual([
      {
        id: 'bad',
        code: 'embedding.failed',
        message: 'Document bad (characters 0 to 29) could not be embedded: 400 too long',
      },
    ]);
    // The batch, its three one by one with a probe after the failure, and the last.
    expect(calls).toEqual([3, 1, 1, 1, 1, 1]);
    expect(store.documentIds()).toEqual(['a', 'c', 'd']);
  });

  it('that had been shown stays as it was', async () => {
    await ingest(documents('a', 'b'));
    const changed = [document('a', 'A bad text.'), document('b')];
    const answer = (text: string) =>
      text.includes('bad') ? new Float32Array(8).fill(Number.NaN) : undefined;
    const result = await ingest(changed, { embedder: { answer } });
    expect(result).toMatchObject({ indexed: 0, unchanged: 1, failed: [{ id: 'a' }] });
    expect(store.document('a')?.text).toBe('Text of a. And more of a.');
  });
});

describe('an embedder that fails altogether', () => {
  it('ends the ingest; what is staged and embedded is kept', async () => {
    let calls = 0;
    const down = () => {
      calls += 1;
      if (calls > 2) throw new GroundspeedError('embedding.failed', 'The service is down');
    };
    const options = { embedding: { batchSize: 2 } };
    const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
    expect(await codeOf(ingest(documents(...ids), { options, embedder: { onCall: down } }))).toBe(
      'embedding.failed',
    );
    expect(calls).toBe(5);
    expect(store.documentCount).toBe(0);
    const embedded: string[] = [];
    const again = await ingest(documents(...ids), {
      options,
      embedder: { onCall: (texts) => void embedded.push(...texts) },
    });
    expect(again).toMatchObject({ indexed: 6, unchanged: 0 });
    expect(embedded.map((text) => text.slice(0, 7))).toEqual(['Title e', 'Title f']);
  });

  it('for a wrong setting is not asked document by document', async () => {
    let calls = 0;
    const onCall = () => {
      calls += 1;
      throw new GroundspeedError('config.invalid', 'No API key');
    };
    expect(await codeOf(ingest(documents('a', 'b'), { embedder: { onCall } }))).toBe('config.invalid');
    expect(calls).toBe(1);
  });
});

describe('an ingest that is called off', () => {
  it('stops while it reads, keeps what is staged, and goes on from there', async () => {
    const controller = new AbortController();
    const ids = Array.from({ length: 200 }, (_, i) => `d${i}`);
    async function* source() {
      for (const [index, id] of ids.entries()) {
        if (index === 100) controller.abort();
        yield document(id);
      }
    }
    expect(await codeOf(ingest(source(), { signal: controller.signal }))).toBe('run.interrupted');
    expect(store.documentCount).toBe(0);
    expect(store.stagedIds()).toHaveLength(128);
    const staged: string[] = [];
    const watched = aroundWrites(store, (write, work) => {
      const result = work();
      if (write === 'stage') staged.push(...store.stagedIds());
      return result;
    });
    expect(await ingest(documents(...ids), { store: watched })).toMatchObject({ indexed: 200, unchanged: 0 });
    expect(new Set(staged).size).toBe(200);
    expect([...store.publishedChunks()].map(({ key }) => key).sort((x, y) => x - y)).toEqual(
      ids.map((_, index) => index + 1),
    );
  });

  it('stops between batches of vectors, and in the embedder', async () => {
    const between = new AbortController();
    const options = { embedding: { batchSize: 1 } };
    const onCall = () => between.abort();
    const ingested = ingest(documents('a', 'b'), { options, signal: between.signal, embedder: { onCall } });
    expect(await codeOf(ingested)).toBe('run.interrupted');
    expect(store.countWithoutVector('fake/8')).toBe(1);

    const within = new AbortController();
    const aborted = () => {
      within.abort();
      throw within.signal.reason;
    };
    const again = ingest(documents('a', 'b'), {
      options,
      signal: within.signal,
      embedder: { onCall: aborted },
    });
    expect(await codeOf(again)).toBe('run.interrupted');
  });
});

describe('documents that the source no longer holds', () => {
  it('stay, unless they are to be removed', async () => {
    await ingest(documents('a', 'b', 'c'));
    expect(await ingest(documents('a'))).toMatchObject({ removed: 0 });
    const result = await ingest([document('a', 'Changed.')], { removeMissing: true });
    expect(result).toMatchObject({ indexed: 1, removed: 2, keptMissing: 0 });
    expect(result.change).toEqual({ addedKeys: [4], removedKeys: [1, 2, 3] });
    expect(store.documentIds()).toEqual(['a']);
  });

  it('are not missing when they failed', async () => {
    await ingest(documents('a', 'b'));
    const failure = { id: 'b', code: 'document.empty', message: 'b: empty' } as const;
    expect(await ingest([document('a'), { failure }], { removeMissing: true })).toMatchObject({ removed: 0 });
    expect(store.documentIds()).toEqual(['a', 'b']);
  });

  it('are kept when they may hide behind what could not be read', async () => {
    await ingest(documents('a', 'b', 'c'));
    const failure = { id: 'corpus.jsonl:2', code: 'document.line', message: 'no JSON' } as const;
    const source: SourceItem[] = [document('a'), { failure, unidentified: true }];
    expect(await ingest(source, { removeMissing: true })).toMatchObject({ removed: 0, keptMissing: 2 });
    expect(store.documentIds()).toEqual(['a', 'b', 'c']);
  });

  it('are forgotten when they had only been staged', async () => {
    store.stage([
      {
        document: { id: 'left', title: '', text: 'Left.', metadata: {} },
        hash: 'h',
        chunks: [{ ordinal: 0, start: 0, end: 5, text: 'Left.' }],
      },
    ]);
    expect(await ingest(documents('a'), { removeMissing: true })).toMatchObject({ indexed: 1, removed: 0 });
    expect(store.documentIds()).toEqual(['a']);
  });
});
