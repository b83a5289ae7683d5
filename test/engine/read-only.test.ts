import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { SourceItem } from '../../src/engine/documents/source.ts';
import { type Engine, openEngine } from '../../src/engine/engine.ts';
import { engineSchema } from '../../src/engine/options.ts';
import { GroundspeedError } from '../../src/kernel/errors.ts';
import { systemClock } from '../../src/system/clock.ts';

const root = mkdtempSync(join(tmpdir(), 'groundspeed-read-only-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const opened: Engine[] = [];
afterEach(async () => {
  for (const engine of opened.splice(0)) await engine.close();
});

let folders = 0;
const newFolder = (): string => join(root, String(++folders));

async function open(folder: string, readOnly: boolean, settings: object = {}): Promise<Engine> {
  const options = engineSchema.parse({ embedding: { dimensions: 8 }, ...settings });
  const engine = await openEngine({ options, folder, clock: systemClock, seed: 1, readOnly });
  opened.push(engine);
  return engine;
}

const fare = (subject: string, pounds: number): SourceItem => ({
  document: {
    id: subject,
    title: `Taking a ${subject}`,
    text: `The crossing for a ${subject} costs £${pounds}.50. Please tell the crew of your ${subject} before boarding.`,
    metadata: {},
  },
});
const FARES = ['bicycle', 'dog', 'lorry', 'caravan', 'kayak', 'parrot'].map(fare);
const codeOf = (thrown: unknown): string =>
  thrown instanceof GroundspeedError ? thrown.code : String(thrown);

describe('an engine that reads only', () => {
  it.each([
    ['hnsw and bm25', {}],
    ['exact and fts5', { index: { vector: 'exact', keyword: 'fts5' } }],
    ['words alone', { retrieval: { mode: 'keyword' } }],
  ])('answers beside the one that writes, from its snapshots: %s', async (_name, settings) => {
    const folder = newFolder();
    const writer = await open(folder, false, settings);
    await writer.ingest(FARES);
    const files = readdirSync(folder).filter((name) => !name.endsWith('-shm'));
    const readers = [await open(folder, true, settings), await open(folder, true, settings)];
    for (const reader of readers) {
      const question = 'What does the crossing cost for a kayak?';
      const [seen, known] = [await reader.ask(question), await writer.ask(question)];
      expect(seen.text).toContain('£4.50');
      expect(seen.ranking).toEqual(known.ranking);
      expect(reader.info()).toEqual(writer.info());
    }
    expect(readdirSync(folder).filter((name) => !name.endsWith('-shm'))).toEqual(files);
  });

  it('sees what is published once it follows, and not before', async () => {
    const folder = newFolder();
    const writer = await open(folder, false);
    await writer.ingest(FARES);
    const reader = await open(folder, true);
    await writer.ingest([fare('kayak', 77), fare('llama', 88)]);

    expect((await reader.ask('What does the crossing cost for a kayak?')).text).toContain('£4.50');
    expect(reader.info().documents).toBe(6);
    expect(reader.store.document('kayak')!.text).toContain('£4.50');

    expect(await reader.follow()).toBe(true);
    expect((await reader.ask('What does the crossing cost for a kayak?')).text).toContain('£77.50');
    expect((await reader.ask('What does the crossing cost for a llama?')).text).toContain('£88.50');
    expect(reader.info()).toEqual(writer.info());
    expect(await reader.follow()).toBe(false);
  });

  it('builds what it finds no snapshot of, and leaves none', async () => {
    const folder = newFolder();
    const writer = await open(folder, false);
    await writer.ingest(FARES);
    for (const name of readdirSync(folder)) {
      if (/^(vectors|keywords)/.test(name)) rmSync(join(folder, name));
    }
    const reader = await open(folder, true);
    expect((await reader.ask('What does the crossing cost for a dog?')).text).toContain('£1.50');
    expect(readdirSync(folder).some((name) => /^(vectors|keywords)/.test(name))).toBe(false);
  });

  it('fails no question while it follows one change after another', async () => {
    const folder = newFolder();
    const writer = await open(folder, false);
    await writer.ingest(FARES);
    const reader = await open(folder, true, { caching: { enabled: false } });
    let over = false;
    let asked = 0;
    const asking = (async () => {
      while (!over) {
        const { text, ranking } = await reader.ask('What does the crossing cost for a dog?');
        expect(text).toMatch(/£\d+\.50/);
        expect(ranking.ids).toContain('dog');
        asked += 1;
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    for (let pounds = 10; pounds < 30; pounds += 1) {
      await writer.ingest([fare('dog', pounds)]);
      await Promise.all([reader.follow(), reader.follow()]);
      expect((await reader.ask('What does the crossing cost for a dog?')).text).toContain(`£${pounds}.50`);
    }
    over = true;
    await asking;
    expect(asked).toBeGreaterThan(0);
  });

  it('lets the log of the store begin anew, so that it does not grow with every ingest', async () => {
    const folder = newFolder();
    const writer = await open(folder, false, { retrieval: { mode: 'keyword' } });
    await writer.ingest(FARES);
    const readers = [
      await open(folder, true, { retrieval: { mode: 'keyword' } }),
      await open(folder, true, { retrieval: { mode: 'keyword' } }),
    ];
    const sizes: number[] = [];
    const filler = 'A long notice about the harbour and its boats. '.repeat(2000);
    for (let round = 0; round < 8; round += 1) {
      const text = `Edition ${round}. ${filler}`;
      await writer.ingest([{ document: { id: 'notice', title: '', text, metadata: {} } }]);
      for (const reader of readers) await reader.follow();
      writer.checkpoint();
      for (const reader of readers) await reader.follow();
      sizes.push(statSync(join(folder, 'store.sqlite-wal')).size);
    }
    expect(Math.max(...sizes)).toBeLessThan(1.5 * sizes[1]!);
  });

  it('changes nothing', async () => {
    const folder = newFolder();
    await (await open(folder, false)).ingest(FARES);
    const reader = await open(folder, true);
    const refusals = await Promise.allSettled([
      reader.ingest(FARES),
      (async () => reader.store.publish(undefined))(),
      (async () => reader.store.remove(['dog']))(),
      (async () => reader.store.setFact('a', 'b'))(),
      (async () => reader.store.stage([]))(),
      (async () => reader.store.putVectors('m', []))(),
      (async () => reader.store.saveModel('m', new Uint8Array()))(),
    ]);
    expect(refusals.map((one) => one.status === 'rejected' && codeOf(one.reason))).toEqual(
      refusals.map(() => 'store.unwritable'),
    );
    expect(reader.store.documentCount).toBe(6);
    reader.store.check();
  });

  it('leaves the lock to the one that writes', async () => {
    const folder = newFolder();
    const writer = await open(folder, false);
    await writer.ingest(FARES);
    await writer.close();
    await open(folder, true);
    const next = await open(folder, false);
    expect((await next.ingest([fare('goat', 9)])).indexed).toBe(1);
    await expect(open(folder, false)).rejects.toMatchObject({ code: 'store.locked' });
  });

  it('needs an index, and makes none', async () => {
    const folder = newFolder();
    await expect(open(folder, true)).rejects.toMatchObject({ code: 'store.empty' });
    expect(existsSync(folder)).toBe(false);
  });
});
