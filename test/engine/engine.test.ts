import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { SourceItem } from '../../src/engine/documents/source.ts';
import { type Engine, openEngine } from '../../src/engine/engine.ts';
import { engineSchema } from '../../src/engine/options.ts';
import type { SourceDocument } from '../../src/engine/ports.ts';
import { systemClock } from '../../src/system/clock.ts';

const SUBJECTS = [
  'bicycle',
  'dog',
  'lorry',
  'caravan',
  'motorcycle',
  'kayak',
  'parrot',
  'piano',
  'trailer',
  'sheep',
];

const fare = (subject: string, pounds: number): SourceDocument => ({
  id: subject,
  title: `Taking a ${subject}`,
  text: `# Taking a ${subject}\n\nThe crossing for a ${subject} costs £${pounds}.50. Please tell the crew of your ${subject} before boarding, and wait for their signal.`,
  metadata: { kind: pounds > 4 ? 'large' : 'small' },
});
const DOCUMENTS = SUBJECTS.map(fare);
const items = (documents: readonly SourceDocument[]): SourceItem[] =>
  documents.map((document) => ({ document }));

const root = mkdtempSync(join(tmpdir(), 'groundspeed-engine-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const opened: Engine[] = [];
afterEach(async () => {
  for (const engine of opened.splice(0)) await engine.close();
});

let folders = 0;
const newFolder = (): string => join(root, String(++folders));

async function open(folder = newFolder(), settings: object = {}): Promise<Engine> {
  const options = engineSchema.parse({ embedding: { dimensions: 8 }, ...settings });
  const engine = await openEngine({ options, folder, clock: systemClock, seed: 1 });
  opened.push(engine);
  return engine;
}

async function filled(folder = newFolder(), settings: object = {}): Promise<Engine> {
  const engine = await open(folder, settings);
  await engine.ingest(items(DOCUMENTS));
  return engine;
}

describe('an engine', () => {
  it('answers from the documents that it took in, and shows where from', async () => {
    const engine = await filled();
    const answer = await engine.ask('What does the crossing cost for a kayak?');
    expect(answer.text).toContain('£5.50');
    expect(answer.ranking.ids[0]).toBe('kayak');
    const { documentId, start, end, text } = answer.passages[0]!;
    expect(documentId).toBe('kayak');
    expect(engine.store.document('kayak')!.text.slice(start, end)).toBe(text);
    expect(answer.citations).toContain(0);
  });

  it('searches vectors and words by default', async () => {
    const engine = await filled();
    const { trace } = await engine.ask('What does the crossing cost for a kayak?', { trace: true });
    expect(trace!.keyword!.keys.length).toBeGreaterThan(0);
    expect(trace!.vector!.keys.length).toBeGreaterThan(0);
  });

  it.each([
    ['exact vectors and fts5', { index: { vector: 'exact', keyword: 'fts5' } }],
    ['words alone', { retrieval: { mode: 'keyword' } }],
    ['no embedder', { embedding: { provider: 'none' } }],
    ['vectors alone', { embedding: { dimensions: 8 }, retrieval: { mode: 'vector' } }],
    ['reranking', { reranking: { kind: 'mmr' } }],
  ])('answers with %s', async (_name, settings) => {
    const engine = await filled(newFolder(), settings);
    const answer = await engine.ask('What does the crossing cost for a kayak?');
    expect(answer.ranking.ids).toContain('kayak');
    expect(answer.text).toContain('£5.50');
  });

  it.each([
    ['as they are', {}],
    ['reranked', { reranking: { kind: 'mmr' } }],
  ])(
    'tells how near the nearest passage is, which the scores of passages do not: %s',
    async (_, settings) => {
      const engine = await filled(newFolder(), settings);
      const sought = 'What does the crossing cost for a kayak?';
      const [found, astray] = [await engine.ask(sought), await engine.ask('dog piano sheep')];
      expect(found.similarity).toBeGreaterThan(0.7);
      expect(astray.similarity).toBeLessThan(found.similarity! - 0.1);
      expect(astray.passages[0]!.score).toBeCloseTo(found.passages[0]!.score, 1);
      const again = await engine.ask(sought);
      expect([again.cache.response, again.similarity]).toEqual(['hit', found.similarity]);
      const anew = await engine.ask(sought, { cache: false });
      expect(anew.similarity).toBeCloseTo(found.similarity!, 6);
    },
  );

  it('knows of no such nearness where words alone are searched', async () => {
    const engine = await filled(newFolder(), { retrieval: { mode: 'keyword' } });
    expect((await engine.ask('What does the crossing cost for a kayak?')).similarity).toBeUndefined();
  });

  it('keeps to a metadata filter', async () => {
    const engine = await filled();
    const answer = await engine.ask('What does a crossing cost?', { filter: { kind: 'large' } });
    expect(answer.ranking.ids).toHaveLength(5);
    for (const { metadata } of answer.passages) expect(metadata).toEqual({ kind: 'large' });
  });

  it('streams its answer', async () => {
    const engine = await filled();
    const seen: string[] = [];
    for await (const event of engine.stream('What does the crossing cost for a kayak?'))
      seen.push(event.type);
    expect(seen[0]).toBe('text');
    expect(seen.at(-1)).toBe('done');
  });

  it('says that an empty index is empty', async () => {
    const engine = await open();
    expect(engine.info()).toMatchObject({ documents: 0, chunks: 0 });
    await expect(engine.ask('Anything?')).rejects.toMatchObject({
      code: 'store.empty',
      hint: 'Ingest some documents first.',
    });
    const stop = new AbortController();
    const stopped = async function* () {
      yield* items(DOCUMENTS);
      stop.abort();
    };
    const ingest = engine.ingest(stopped(), { signal: stop.signal });
    await expect(ingest).rejects.toMatchObject({ code: 'run.interrupted' });
    await expect(engine.ask('Anything?')).rejects.toMatchObject({
      code: 'store.empty',
      hint: expect.stringContaining('run the same command again'),
    });
  });

  it('describes its index, and gives equal content an equal hash', async () => {
    const one = (await filled()).info();
    const two = (await filled()).info();
    expect(one).toMatchObject({ documents: 10, chunks: 10, vectorIndex: 'hnsw', keywordIndex: 'bm25' });
    expect(one.embedder).toMatch(/^lsa\//);
    expect(two.hash).toBe(one.hash);
    const smaller = await open();
    await smaller.ingest(items(DOCUMENTS.slice(1)));
    expect(smaller.info().hash).not.toBe(one.hash);
  });

  it('tells whoever listens how an ingest goes on, and how questions fare', async () => {
    const engine = await open();
    const types = new Set<string>();
    const phases = new Set<string>();
    const stop = engine.events.listen((event) => {
      types.add(event.type);
      if (event.type === 'ingest.progress') phases.add(event.phase);
    });
    await engine.ingest(items(DOCUMENTS));
    await engine.ask('What does the crossing cost for a kayak?');
    expect([...phases]).toEqual(expect.arrayContaining(['read', 'publish', 'index']));
    expect(types).toContain('query.finished');
    stop();
    expect(engine.events.active).toBe(false);
  });
});

describe('a change of documents', () => {
  it('is answered from at once, whatever was cached', async () => {
    const engine = await filled();
    const question = 'What does the crossing cost for a kayak?';
    await engine.ask(question);
    expect((await engine.ask(question)).cache.response).toBe('hit');
    const result = await engine.ingest(items([fare('kayak', 99)]));
    expect(result).toMatchObject({ indexed: 1, unchanged: 0, removed: 0, failed: [] });
    expect(result.phases.index).toBeGreaterThanOrEqual(0);
    const answer = await engine.ask(question);
    expect(answer.text).toContain('£99.50');
    expect(answer.cache.response).toBe('miss');
    expect(engine.info().documents).toBe(10);
  });

  it('leaves nothing behind of what was removed', async () => {
    const engine = await filled();
    const result = await engine.ingest(items(DOCUMENTS.slice(0, 5)), { removeMissing: true });
    expect(result).toMatchObject({ indexed: 0, unchanged: 5, removed: 5 });
    const answer = await engine.ask('What does the crossing cost for a kayak?');
    expect(answer.ranking.ids).not.toContain('kayak');
    expect(engine.info()).toMatchObject({ documents: 5, chunks: 5 });
  });

  it('never shows through halfway to questions that are asked meanwhile', async () => {
    const engine = await filled();
    const before = engine.info().version;
    let done = false;
    const next = DOCUMENTS.map((_, index) => fare(SUBJECTS[index]!, index + 100));
    const ingest = engine.ingest(items(next)).finally(() => {
      done = true;
    });
    const seen = new Set<string>();
    while (!done) {
      const answer = await engine.ask('What does the crossing cost for a kayak?', { cache: false });
      expect(answer.passages).toHaveLength(5);
      expect(answer.passages.every(({ text }) => text.includes('£10') === answer.text.includes('£10'))).toBe(
        true,
      );
      // Everything in this process answers without waiting: the ingest needs its turn.
      await setImmediate();
      seen.add(answer.text.includes('£105.50') ? 'new' : answer.text.includes('£5.50') ? 'old' : answer.text);
    }
    await ingest;
    expect([...seen].filter((state) => state !== 'old' && state !== 'new')).toEqual([]);
    expect(seen).toContain('old');
    expect((await engine.ask('What does the crossing cost for a kayak?')).text).toContain('£105.50');
    expect(engine.info().version).toBeGreaterThan(before);
  });

  it('waits for the one before it', async () => {
    const engine = await open();
    await Promise.all([
      engine.ingest(items(DOCUMENTS.slice(0, 6))),
      engine.ingest(items(DOCUMENTS.slice(4))),
    ]);
    expect(engine.info().documents).toBe(10);
    expect((await engine.ask('What does the crossing cost for a sheep?')).ranking.ids[0]).toBe('sheep');
  });

  it('that was called off leaves the index as it was', async () => {
    const engine = await filled();
    const ingest = engine.ingest(items([fare('kayak', 99)]), { signal: AbortSignal.abort() });
    await expect(ingest).rejects.toMatchObject({ code: 'run.interrupted' });
    expect((await engine.ask('What does the crossing cost for a kayak?')).text).toContain('£5.50');
  });
});

describe('an index on disk', () => {
  it('is there again when it is opened anew, with the same answers', async () => {
    const folder = newFolder();
    const engine = await filled(folder);
    const before = await engine.ask('What does the crossing cost for a kayak?');
    const info = engine.info();
    await engine.close();
    const again = await open(folder);
    expect(again.info()).toEqual(info);
    const after = await again.ask('What does the crossing cost for a kayak?');
    expect(after.text).toBe(before.text);
    expect(after.ranking.ids).toEqual(before.ranking.ids);
    expect([...after.ranking.scores]).toEqual([...before.ranking.scores]);
  });

  it('made with another embedder is refused to questions, until the documents are ingested with this one', async () => {
    const folder = newFolder();
    await (await filled(folder)).close();
    const engine = await open(folder, { embedding: { dimensions: 4 } });
    const question = 'What does the crossing cost for a kayak?';
    await expect(engine.ask(question)).rejects.toMatchObject({ code: 'store.incompatible' });
    await engine.ingest(items(DOCUMENTS));
    expect((await engine.ask(question)).text).toContain('£5.50');
  });

  it('is held by one engine at a time', async () => {
    const folder = newFolder();
    const engine = await open(folder);
    await expect(open(folder)).rejects.toMatchObject({ code: 'store.locked' });
    await engine.close();
    expect((await open(folder)).info().documents).toBe(0);
  });

  it('may have its store elsewhere', async () => {
    const path = join(newFolder(), 'elsewhere.sqlite');
    const engine = await filled(newFolder(), { store: { url: `sqlite://${path}` } });
    expect(engine.info().path).toBe(path);
    await expect(open(newFolder(), { store: { url: `sqlite://${path}` } })).rejects.toMatchObject({
      code: 'store.locked',
    });
  });
});

describe('a closed engine', () => {
  it('can be closed again, and answers nothing more', async () => {
    const engine = await filled();
    await engine.close();
    await engine.close();
    await expect(engine.ask('Anything?')).rejects.toMatchObject({ code: 'engine.closed' });
    await expect(engine.ingest(items(DOCUMENTS))).rejects.toMatchObject({ code: 'engine.closed' });
  });

  it('has stopped the ingest that was running', async () => {
    const engine = await open();
    const ingest = engine.ingest(items(DOCUMENTS));
    const outcome = ingest.then(
      () => 'done',
      (error: { code: string }) => error.code,
    );
    await engine.close();
    expect(['run.interrupted', 'engine.closed']).toContain(await outcome);
  });
});

it('refuses to search vectors that nobody makes', async () => {
  const settings = { retrieval: { mode: 'vector' }, embedding: { provider: 'none' } };
  await expect(open(newFolder(), settings)).rejects.toMatchObject({
    code: 'config.invalid',
    where: 'retrieval.mode',
  });
});

it('shows and clears its caches, and has none for a layer that is off', async () => {
  const engine = await filled(newFolder(), { caching: { retrieval: { enabled: false } } });
  const question = 'What does the crossing cost for a kayak?';
  await engine.ask(question);
  await engine.ask(question);
  expect(engine.cacheStatistics()).toMatchObject({
    embedding: { entries: 1, hits: 0, misses: 1, evictions: 0 },
    retrieval: undefined,
    response: { entries: 1, hits: 1, misses: 1, evictions: 0 },
  });
  await engine.clearCaches();
  expect((await engine.ask(question)).cache.response).toBe('miss');
});
