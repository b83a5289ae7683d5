import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Engine, openEngine } from '../../src/engine/engine.ts';
import { engineSchema } from '../../src/engine/options.ts';
import type { SourceDocument } from '../../src/engine/ports.ts';
import { systemClock } from '../../src/system/clock.ts';
import { snapshotToAdd, watchEngineFigures } from '../../src/telemetry/engine-figures.ts';
import { DepartedCounts, type MetricsSnapshot, renderMetrics } from '../../src/telemetry/merge.ts';
import { createMetrics } from '../../src/telemetry/registry.ts';
import { readExposition, valueIn } from '../telemetry/exposition.ts';
import { RedisServer, WITHOUT_REDIS } from './redis-server.ts';

const QUESTION = 'What does the crossing cost for a dog?';
const fare = (subject: string, pounds: number): { document: SourceDocument } => ({
  document: {
    id: subject,
    title: `Taking a ${subject}`,
    text: `The crossing for a ${subject} costs £${pounds}.50. Please tell the crew of your ${subject} before boarding.`,
    metadata: {},
  },
});
const FARES = ['bicycle', 'dog', 'lorry', 'caravan', 'kayak', 'parrot'].map(fare);

describe.skipIf(WITHOUT_REDIS)(
  `engines behind one Redis${WITHOUT_REDIS ? ` (${WITHOUT_REDIS})` : ''}`,
  () => {
    const server = new RedisServer();
    const root = mkdtempSync(join(tmpdir(), 'groundspeed-redis-engines-'));
    const opened: Engine[] = [];
    let folders = 0;
    const newFolder = (): string => join(root, String(++folders));

    async function open(folder: string, { readOnly = false, settings = {} } = {}): Promise<Engine> {
      const options = engineSchema.parse({
        embedding: { dimensions: 8 },
        caching: { redisUrl: server.url },
        ...settings,
      });
      const engine = await openEngine({ options, folder, clock: systemClock, seed: 1, readOnly });
      opened.push(engine);
      return engine;
    }

    beforeAll(async () => {
      await server.start();
    });
    afterEach(async () => {
      await opened[0]?.clearCaches();
      for (const engine of opened.splice(0)) await engine.close();
    });
    afterAll(async () => {
      await server.remove();
      rmSync(root, { recursive: true, force: true });
    });

    it('share answers of one index, also across a restart', async () => {
      const folder = newFolder();
      const writer = await open(folder);
      await writer.ingest(FARES);
      const reader = await open(folder, { readOnly: true });
      const first = await writer.ask(QUESTION);
      expect(first.cache).toMatchObject({ embedding: 'miss', retrieval: 'miss', response: 'miss' });
      const second = await reader.ask(QUESTION);
      expect(second.cache).toMatchObject({ response: 'hit' });
      expect(second.text).toBe(first.text);
      expect(second.passages).toEqual(first.passages);
      expect(second.ranking).toEqual(first.ranking);
      expect(reader.cacheStatistics().response).toMatchObject({ hits: 1, misses: 0, entries: 1 });

      await writer.close();
      const later = await open(folder);
      expect((await later.ask(QUESTION)).cache.response).toBe('hit');
    });

    it('are counted as one cache, whose entries and evictions count once, also when one of them is gone', async () => {
      const folder = newFolder();
      const settings = { caching: { redisUrl: server.url, response: { entries: 2 } } };
      const writer = await open(folder, { settings });
      await writer.ingest(FARES);
      const engines = [writer, await open(folder, { readOnly: true, settings })];
      const processes = engines.map((engine) => {
        const metrics = createMetrics({ version: '1', nodeVersion: 'v0' });
        watchEngineFigures(metrics, () => ({
          documents: 6,
          chunks: 6,
          version: 1,
          caches: engine.cacheStatistics(),
        }));
        return metrics;
      });
      const shown = async (...more: MetricsSnapshot[]) => {
        const snapshots = await Promise.all(processes.map(snapshotToAdd));
        const families = readExposition(await renderMetrics([...snapshots, ...more]));
        const labels = { layer: 'response' };
        return [
          valueIn(families, 'rag_cache_entries', labels),
          valueIn(families, 'rag_cache_evictions_total', labels),
        ];
      };
      for (const [turn, subject] of ['dog', 'lorry', 'kayak', 'parrot', 'caravan'].entries()) {
        await engines[turn % 2]!.ask(`What does the crossing cost for a ${subject}?`);
      }
      // What the other one has asked meanwhile is known once there is something to ask.
      await engines[1]!.ask('What does the crossing cost for a caravan?');
      expect(await shown()).toEqual([2, 3]);
      const departed = new DepartedCounts();
      departed.add(await snapshotToAdd(processes.pop()!));
      expect(await shown(departed.snapshot)).toEqual([2, 3]);
    });

    it('share nothing of two indexes of the same version, nor of one that has changed', async () => {
      const [here, elsewhere] = [await open(newFolder()), await open(newFolder())];
      await here.ingest(FARES);
      await elsewhere.ingest([...FARES.filter(({ document }) => document.id !== 'dog'), fare('dog', 99)]);
      expect(here.info().version).toBe(elsewhere.info().version);
      expect((await here.ask(QUESTION)).text).toContain('£1.50');
      const other = await elsewhere.ask(QUESTION);
      expect(other.text).toContain('£99.50');
      expect(other.cache).toMatchObject({ retrieval: 'miss', response: 'miss' });

      await here.ingest([fare('dog', 77)]);
      const changed = await here.ask(QUESTION);
      expect(changed.text).toContain('£77.50');
      expect(changed.cache.response).toBe('miss');
    });

    it('share nothing between rights, or settings that change the answer', async () => {
      const folder = newFolder();
      const writer = await open(folder);
      await writer.ingest(FARES);
      const readers = [
        await open(folder, { readOnly: true }),
        await open(folder, { readOnly: true, settings: { retrieval: { rrfK: 10 } } }),
      ] as const;
      await writer.ask(QUESTION, { scope: 'crew' });
      expect((await readers[0].ask(QUESTION, { scope: 'public' })).cache.response).toBe('miss');
      expect((await readers[0].ask(QUESTION)).cache.response).toBe('miss');
      expect((await readers[0].ask(QUESTION, { scope: 'crew' })).cache.response).toBe('hit');
      expect((await readers[1].ask(QUESTION, { scope: 'crew' })).cache.response).toBe('miss');
    });

    it('share nothing of an index into which documents are on their way', async () => {
      const folder = newFolder();
      const [old, built] = [await open(folder), await open(newFolder())];
      await old.ingest(FARES);
      await built.ingest([fare('dog', 77), ...FARES.filter(({ document }) => document.id !== 'dog')]);
      const stop = new AbortController();
      const broken = old.ingest(
        (async function* () {
          yield fare('dog', 77);
          yield fare('goat', 8);
          // Taken in, not published: a question in between is answered from before.
          const answer = await old.ask(QUESTION);
          expect(answer.text).toContain('£1.50');
          stop.abort(new Error('enough'));
        })(),
        { signal: stop.signal },
      );
      await expect(broken).rejects.toThrow();
      const answer = await built.ask(QUESTION);
      expect(answer.text).toContain('£77.50');
      expect(answer.cache.response).toBe('miss');
    });

    it('answer a copied index from what the original has cached', async () => {
      const folder = newFolder();
      const original = await open(folder);
      await original.ingest(FARES);
      await original.ask(QUESTION);
      await original.close();
      const copied = newFolder();
      cpSync(folder, copied, { recursive: true });
      const copy = await open(copied);
      expect((await copy.ask(QUESTION)).cache.response).toBe('hit');
    });

    it('go on answering while it is away, and share again when it is back', async () => {
      const folder = newFolder();
      const settings = { resilience: { breaker: { resetSeconds: 0.5 } } };
      const writer = await open(folder, { settings });
      await writer.ingest(FARES);
      const first = await writer.ask(QUESTION);
      await server.kill();
      const without = await writer.ask(QUESTION);
      expect(without.text).toBe(first.text);
      expect(without).not.toHaveProperty('degraded');
      expect((await writer.ask(QUESTION)).cache.response).toBe('hit');
      await server.start();
      const reader = await open(folder, { readOnly: true, settings });
      let round = 0;
      await expect
        .poll(
          async () => {
            round += 1;
            const question = `${QUESTION} ${round}`; // the reader has nothing of its own
            await writer.ask(question);
            return (await reader.ask(question)).cache.response;
          },
          { timeout: 20_000, interval: 200 },
        )
        .toBe('hit');
    });
  },
);
