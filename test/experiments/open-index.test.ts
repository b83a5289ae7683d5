import { readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { openEngine } from '../../src/engine/engine.ts';
import type { ExperimentEvent } from '../../src/experiments/events.ts';
import { indexName, openIndexedEngine } from '../../src/experiments/open-index.ts';
import type { RunSetup } from '../../src/experiments/setup.ts';
import { temporaryFolders } from './folders.ts';
import { MADE_SET, setupOf } from './made-set.ts';

const newFolder = temporaryFolders();

async function indexed(setup: RunSetup) {
  const { engine, index, ingest } = await openIndexedEngine(setup);
  await engine.close();
  return { index, ingest };
}

describe('the index of a golden set', () => {
  it('is built once, and reused by whoever asks for the same corpus and settings', async () => {
    const indexFolder = newFolder();
    const first = await indexed(setupOf({ indexFolder }));
    const again = await indexed(setupOf({ indexFolder, seed: 8, engine: { retrieval: { topK: 3 } } }));
    expect(first).toMatchObject({
      index: { reused: false, documents: 12 },
      ingest: { indexed: 12, unchanged: 0 },
    });
    expect(again).toMatchObject({ index: { reused: true, path: first.index.path, hash: first.index.hash } });
    expect(again.ingest).toMatchObject({ indexed: 0, unchanged: 12, documentsPerSecond: null });
  });

  it('stands beside those of other settings and of other corpora', async () => {
    const indexFolder = newFolder();
    await indexed(setupOf({ indexFolder }));
    await indexed(setupOf({ indexFolder, engine: { chunking: { size: 32, overlap: 4 } } }));
    const changed = { ...MADE_SET, corpusHash: 'f'.repeat(64), corpus: MADE_SET.corpus!.slice(1) };
    await indexed(setupOf({ indexFolder, golden: changed }));
    const folders = await readdir(indexFolder);
    expect(folders.length).toBe(3);
    expect(folders.every((name) => /^made-islands-[0-9a-f]{12}$/.test(name))).toBe(true);
  });

  it('is named after the embedding service, but not after its key or the credentials in its URL', () => {
    const nameFor = (baseUrl: string, apiKey: string): string =>
      indexName(
        setupOf({
          indexFolder: '',
          engine: { embedding: { provider: 'openai', dimensions: 8 }, openai: { baseUrl, apiKey } },
        }),
      );
    const name = nameFor('https://one.example/v1', 'sk-canary-one');
    expect(nameFor('https://me:canary@one.example/v1?key=canary', 'sk-canary-two')).toBe(name);
    expect(nameFor('https://two.example/v1', 'sk-canary-one')).not.toBe(name);
    expect(name).not.toContain('canary');
  });

  it('is refused while another run has it', async () => {
    const setup = setupOf({ indexFolder: newFolder() });
    const { engine } = await openIndexedEngine(setup);
    await expect(openIndexedEngine(setup)).rejects.toMatchObject({ code: 'store.locked' });
    await engine.close();
    await indexed(setup);
  });

  it('cannot be built without a corpus', async () => {
    const golden = { ...MADE_SET, corpus: undefined, corpusHash: undefined };
    const setup = setupOf({ indexFolder: newFolder(), golden });
    await expect(openIndexedEngine(setup)).rejects.toMatchObject({ code: 'dataset.missing' });
    const empty = { ...setup, ownIndex: true };
    await expect(openIndexedEngine(empty)).rejects.toMatchObject({ code: 'dataset.missing' });
  });

  it('may be one of the user’s own documents, of which questions without a corpus are then asked', async () => {
    const indexFolder = newFolder();
    const golden = { ...MADE_SET, corpus: undefined, corpusHash: undefined };
    const setup = setupOf({ indexFolder, ownIndex: true, golden });
    const { engine: options, clock, seed } = setup;
    const engine = await openEngine({ options, folder: indexFolder, clock, seed });
    await engine.ingest(MADE_SET.corpus!.map((document) => ({ document })));
    await engine.close();
    const opened = await openIndexedEngine(setup);
    await opened.engine.close();
    expect(opened).toMatchObject({ index: { reused: true, documents: 12 }, ingest: null });
    expect(opened.documents.map(({ id }) => id)).toEqual(MADE_SET.corpus!.map(({ id }) => id).sort());
  });

  it('leaves out documents that fail, tells the first of them and counts the others', async () => {
    const events: ExperimentEvent[] = [];
    const empty = Array.from({ length: 8 }, (_, index) => ({
      id: `empty-${index}`,
      title: '',
      text: ' ',
      metadata: {},
    }));
    const golden = { ...MADE_SET, corpus: [...MADE_SET.corpus!, ...empty] };
    const onEvent = (event: ExperimentEvent): void => void events.push(event);
    const { index, ingest } = await indexed(setupOf({ indexFolder: newFolder(), golden, onEvent }));
    expect(index.documents).toBe(12);
    expect(ingest?.failed.map(({ id }) => id)).toEqual(empty.map(({ id }) => id));
    const warnings = events.filter(({ type }) => type === 'warning');
    expect(warnings.length).toBe(6);
    expect(warnings.at(-1)).toMatchObject({ message: '3 more documents were left out' });
  });

  it('is no index when every document fails', async () => {
    const golden = { ...MADE_SET, corpus: [{ id: 'empty', title: '', text: '', metadata: {} }] };
    const setup = setupOf({ indexFolder: newFolder(), golden });
    await expect(openIndexedEngine(setup)).rejects.toMatchObject({
      code: 'dataset.empty',
      problems: [expect.stringContaining('empty')],
    });
    await expect(openIndexedEngine(setup)).rejects.toMatchObject({ code: 'dataset.empty' }); // and was let go of
  });

  it('may have a folder of its own, which no other golden set may take over', async () => {
    const indexFolder = newFolder();
    const own = setupOf({ indexFolder, ownIndex: true });
    expect((await indexed(own)).index).toMatchObject({ path: indexFolder, reused: false });
    expect((await indexed(own)).index.reused).toBe(true);
    const other = { ...own, golden: { ...MADE_SET, name: 'other islands' } };
    await expect(openIndexedEngine(other)).rejects.toMatchObject({ code: 'store.incompatible' });
    expect((await indexed(own)).index).toMatchObject({ reused: true, documents: 12 });
  });
});
