import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEmbedderSource } from '../../../src/engine/embedding/source.ts';
import { openSqliteStore } from '../../../src/engine/indexing/sqlite-store.ts';
import { engineSchema } from '../../../src/engine/options.ts';
import type { DocumentStore, Embedder, EmbedderSource } from '../../../src/engine/ports.ts';

const WORDS =
  'ferry harbour tide captain vessel refund ticket operator crossing dough flour bread salt'.split(' ');

let store: DocumentStore;
beforeEach(async () => {
  store = await openSqliteStore(':memory:');
});
afterEach(() => store.close());

const sourceOf = (embedding: object = {}): EmbedderSource =>
  createEmbedderSource(engineSchema.parse({ embedding, openai: { apiKey: 'none' } }));

/** Documents of one chunk, of three words that depend on their number. */
function stage(from: number, count: number): void {
  const drafts = Array.from({ length: count }, (_, place) => {
    const number = from + place;
    const text = [number, number * 3 + 1, number * 7 + 2].map((word) => WORDS[word % WORDS.length]).join(' ');
    const id = `d${String(number).padStart(3, '0')}`;
    const chunks = [{ ordinal: 0, start: 0, end: text.length, text }];
    return { document: { id, title: `Note ${number}`, text, metadata: {} }, hash: text + number, chunks };
  });
  store.stage(drafts);
}

/** What an ingest does with the embedder that it was given. */
async function publish(embedder: Embedder | undefined): Promise<void> {
  if (embedder !== undefined) {
    const chunks = store.chunksWithoutVector(embedder.id, 1000);
    const { vectors } = await embedder.embed(
      chunks.map(({ text }) => text),
      { purpose: 'document' },
    );
    store.putVectors(
      embedder.id,
      chunks.map(({ key }, place) => ({ key, vector: vectors[place]! })),
    );
  }
  store.publish(embedder?.id);
}

async function ingest(source: EmbedderSource, from: number, count: number): Promise<Embedder | undefined> {
  stage(from, count);
  const embedder = await source.prepare(store, {});
  await publish(embedder);
  return embedder;
}

describe('the source of LSA embedders', () => {
  it('fits a model on what is staged, and opens the same again', async () => {
    const fitted = await ingest(sourceOf({ dimensions: 4 }), 0, 12);
    expect(fitted!.dimensions).toBe(4);
    const opened = await sourceOf({ dimensions: 4 }).open(store);
    expect(opened!.id).toBe(fitted!.id);
    const [before, after] = await Promise.all(
      [fitted!, opened!].map((embedder) => embedder.embed(['ferry tide'], { purpose: 'query' })),
    );
    expect(after).toEqual(before);
  });

  it('folds new chunks in until they outgrow the share that is set, then fits anew', async () => {
    const source = sourceOf({ dimensions: 4, refitAfter: 0.25 });
    const first = await ingest(source, 0, 12);
    expect((await ingest(source, 12, 2))!.id).toBe(first!.id);
    expect((await ingest(source, 14, 1))!.id).toBe(first!.id);
    const refitted = await ingest(source, 15, 1);
    expect(refitted!.id).not.toBe(first!.id);
    expect((await ingest(source, 16, 4))!.id).toBe(refitted!.id);
  });

  it('does not fit again after an ingest was cut off between fitting and publishing', async () => {
    stage(0, 12);
    const first = await sourceOf().prepare(store, {});
    expect((await sourceOf().prepare(store, {}))!.id).toBe(first!.id);
  });

  it('fits anew when other dimensions are asked for, or its model was dropped', async () => {
    const first = await ingest(sourceOf({ dimensions: 4 }), 0, 12);
    const wider = await ingest(sourceOf({ dimensions: 6 }), 12, 1);
    expect(wider!.dimensions).toBe(6);
    await publish(undefined);
    const again = await sourceOf({ dimensions: 6 }).prepare(store, {});
    expect(again!.id).not.toBe(first!.id);
    expect(again!.dimensions).toBe(6);
  });

  it('fits on a sample where chunks are many, always the same one', async () => {
    const settings = { dimensions: 3, fitSample: 8 };
    const [one, two] = [await ingest(sourceOf(settings), 0, 40), await openSqliteStore(':memory:')];
    store.close();
    store = two;
    expect((await ingest(sourceOf(settings), 0, 40))!.id).toBe(one!.id);
    await publish(undefined);
    expect((await sourceOf({ dimensions: 3 }).prepare(store, {}))!.id).not.toBe(one!.id);
  });

  it('has no embedder for an empty store', async () => {
    expect(await sourceOf().prepare(store, {})).toBeUndefined();
    expect(await sourceOf().open(store)).toBeUndefined();
  });

  it('tells its progress, and stops when told to', async () => {
    stage(0, 12);
    const seen: number[] = [];
    await sourceOf({ dimensions: 3 }).prepare(store, { onProgress: (done) => seen.push(done) });
    expect(seen.length).toBeGreaterThan(0);
    const withdrawal = new AbortController();
    const onProgress = () => withdrawal.abort(new Error('withdrawn'));
    const preparing = sourceOf({ dimensions: 2 }).prepare(store, { signal: withdrawal.signal, onProgress });
    await expect(preparing).rejects.toThrow('withdrawn');
  });
});

describe('opening an index', () => {
  const incompatible = (was: RegExp, wanted: RegExp) =>
    expect.objectContaining({
      code: 'store.incompatible',
      message: expect.stringMatching(new RegExp(`${was.source}.*${wanted.source}`)),
      hint: expect.stringMatching(/again.*--index/),
    });

  it('refuses one made with other dimensions, naming both', async () => {
    await ingest(sourceOf({ dimensions: 4 }), 0, 12);
    await expect(sourceOf({ dimensions: 6 }).open(store)).rejects.toEqual(incompatible(/lsa\/4/, /lsa\/6/));
  });

  it('refuses one made by another provider or model, naming both', async () => {
    await ingest(sourceOf({ dimensions: 4 }), 0, 12);
    const remote = { provider: 'openai', model: 'm', dimensions: 4 };
    await expect(sourceOf(remote).open(store)).rejects.toEqual(incompatible(/lsa\/4@/, /openai\/m\/4/));
    store.publish('openai/other/4');
    await expect(sourceOf(remote).open(store)).rejects.toEqual(
      incompatible(/openai\/other\/4/, /openai\/m\/4/),
    );
    await expect(sourceOf().open(store)).rejects.toEqual(incompatible(/openai\/other\/4/, /lsa\/256/));
  });

  it('refuses one without vectors', async () => {
    await ingest(sourceOf({ provider: 'none' }), 0, 3);
    await expect(sourceOf().open(store)).rejects.toEqual(incompatible(/no vectors/, /lsa\/256/));
  });

  it('takes any for an engine without vectors', async () => {
    await ingest(sourceOf({ dimensions: 4 }), 0, 12);
    expect(await sourceOf({ provider: 'none' }).open(store)).toBeUndefined();
    expect(await sourceOf({ provider: 'none' }).prepare(store, {})).toBeUndefined();
  });

  it('takes one made with the same remote model, and an empty one', async () => {
    const remote = { provider: 'openai', model: 'm', dimensions: 4 };
    expect((await sourceOf(remote).open(store))!.id).toBe('openai/m/4');
    stage(0, 2);
    store.publish(undefined);
    await expect(sourceOf(remote).open(store)).rejects.toEqual(incompatible(/no vectors/, /openai\/m\/4/));
    expect((await sourceOf(remote).prepare(store, {}))!.id).toBe('openai/m/4');
  });
});
