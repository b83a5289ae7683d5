import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SourceItem } from '../../../src/engine/documents/source.ts';
import type { EngineEvent } from '../../../src/engine/events.ts';
import { type IngestDependencies, ingestDocuments } from '../../../src/engine/indexing/ingest.ts';
import { openSqliteStore, type WrittenStore } from '../../../src/engine/indexing/sqlite-store.ts';
import { engineSchema } from '../../../src/engine/options.ts';
import type { Embedder } from '../../../src/engine/ports.ts';
import { createPolicy } from '../../../src/engine/resilience/create-policy.ts';
import { ManualClock } from '../../../src/kernel/clock.ts';
import { createEmitter } from '../../../src/kernel/emitter.ts';
import { GroundspeedError } from '../../../src/kernel/errors.ts';
import { seededRandom } from '../../../src/kernel/random.ts';
import { fakeEmbedder, fakeEmbedderSource } from '../fake-embedder.ts';

const RESET = 30;
const options = engineSchema.parse({
  embedding: { batchSize: 2 },
  resilience: {
    ingest: { retries: 1, baseMs: 10 },
    breaker: { failures: 3, resetSeconds: RESET },
  },
});

const document = (id: string, text = `Text of ${id}.`): SourceItem => ({
  document: { id, title: `Title ${id}`, text, metadata: {} },
});
const documents = (...ids: string[]) => ids.map((id) => document(id));

let store: WrittenStore;
let clock: ManualClock;
beforeEach(async () => {
  store = await openSqliteStore(':memory:');
  clock = new ManualClock();
});
afterEach(() => store.close());

/** Whether the service works, by the time and the texts that it is asked for. */
type Service = (seconds: number, texts: readonly string[]) => boolean;

/** An embedder behind its policy, as the engine gives it to an ingest. */
function guarded(service: Service, id = 'fake/8') {
  const calls: { readonly at: number; readonly texts: readonly string[] }[] = [];
  const events = createEmitter<EngineEvent>();
  const seen: EngineEvent[] = [];
  events.listen((event) => void seen.push(event));
  const policy = createPolicy('embedder', {
    options: options.resilience,
    remote: true,
    clock,
    random: seededRandom('outage'),
    events,
  });
  const port = fakeEmbedder({
    id,
    onCall: (texts) => {
      const at = clock.now() / 1000;
      calls.push({ at, texts });
      if (!service(at, texts)) throw new GroundspeedError('embedding.failed', 'The service failed with 503');
    },
  });
  const embedder: Embedder = {
    ...port,
    embed: (texts, { purpose, signal }) =>
      policy.run((stop) => port.embed(texts, { purpose, signal: stop }), { purpose: 'ingest', signal }),
  };
  return { embedder, policy, events, seen, calls };
}

/** Ingests while the clock is moved on, second by second. */
async function ingest(
  source: Iterable<SourceItem>,
  { embedder, policy, events }: Pick<ReturnType<typeof guarded>, 'embedder' | 'policy' | 'events'>,
  more: Partial<IngestDependencies> = {},
) {
  let done = false;
  const ingested = ingestDocuments(source, {
    store,
    embedders: fakeEmbedderSource(embedder),
    options,
    clock,
    events,
    embedderHealth: () => policy.health(),
    ...more,
  }).finally(() => {
    done = true;
  });
  ingested.catch(() => undefined);
  while (!done) {
    await new Promise((resolve) => setImmediate(resolve));
    if (clock.sleeping > 0) await clock.advance(1000);
  }
  return ingested;
}

const skippedIn = (seen: readonly EngineEvent[]) =>
  seen.flatMap((event) => (event.type === 'document.skipped' ? [event.documentId] : []));

describe('an embedder whose breaker opens during an ingest', () => {
  it('is waited for, and all documents are indexed in the same ingest', async () => {
    const service = guarded((seconds) => seconds > 20);
    const result = await ingest(documents('a', 'b', 'c', 'd', 'e'), service);
    expect(result).toMatchObject({ indexed: 5, failed: [], skipped: [], quarantined: [] });
    expect(store.quarantine.list()).toEqual([]);
    const states = service.seen.flatMap((event) => (event.type === 'breaker.changed' ? [event.to] : []));
    expect(states).toEqual(['open', 'half-open', 'closed']);
    // While it is open nobody calls: a probe is the first to be let through.
    const after = service.calls.filter(({ at }) => at > 5);
    expect(after[0]!.at).toBeGreaterThanOrEqual(RESET);
    expect(after[0]!.texts).toEqual(['Is the service there?']);
  });

  it('is given up after as many resets as are allowed; what is whole is shown, the rest listed and told', async () => {
    const service = guarded(
      (_, texts) => !texts.some((text) => /[cde]\./.test(text) || text.startsWith('Is')),
    );
    const result = await ingest(documents('a', 'b', 'c', 'd', 'e'), service, { waitForBreaker: 2 });
    expect(result).toMatchObject({ indexed: 2, failed: [], quarantined: [] });
    expect(result.skipped).toEqual(['c', 'd', 'e'].map((id) => ({ id, reason: 'embedder: open' })));
    expect(skippedIn(service.seen)).toEqual(['c', 'd', 'e']);
    expect(store.documentIds()).toEqual(['a', 'b']);
    expect(store.stagedIds()).toEqual(['c', 'd', 'e']);
    expect(store.quarantine.list()).toEqual([]);
    expect(clock.now() / 1000).toBeGreaterThanOrEqual(2 * RESET);
    expect(clock.now() / 1000).toBeLessThan(2.5 * RESET);
  });

  it('leaves the skipped to the next ingest, which asks for no vector twice', async () => {
    await ingest(
      documents('a', 'b', 'c'),
      guarded((_, texts) => !texts.some((text) => /c\.|Is/.test(text))),
    );
    const mended = guarded(() => true);
    expect(await ingest([], mended)).toMatchObject({ indexed: 1, failed: [], skipped: [] });
    expect(mended.calls.flatMap(({ texts }) => texts)).toEqual(['Title c\nText of c.']);
  });

  it('is not waited for at all where that is not wished', async () => {
    const service = guarded(() => false);
    const result = await ingest(documents('a', 'b'), service, { waitForBreaker: 0 });
    expect(result).toMatchObject({ indexed: 0, failed: [] });
    expect(result.skipped.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(clock.now() / 1000).toBeLessThan(RESET);
  });

  it('may be called off while it is waited for', async () => {
    const controller = new AbortController();
    const service = guarded(() => false);
    service.events.listen((event) => {
      if (event.type === 'breaker.changed') setImmediate(() => controller.abort());
    });
    await expect(ingest(documents('a', 'b'), service, { signal: controller.signal })).rejects.toMatchObject({
      code: 'run.interrupted',
    });
    expect(clock.now() / 1000).toBeLessThan(RESET);
  });

  it('lets documents go on that another embedder made searchable, until all of them can go over to it', async () => {
    await ingest(
      documents('a', 'b', 'c'),
      guarded(() => true),
    );
    const down = guarded((_, texts) => texts.every((text) => /[ad]\./.test(text)), 'new/8');
    const result = await ingest([...documents('a', 'b', 'c'), document('d')], down, { waitForBreaker: 1 });
    expect(result).toMatchObject({ indexed: 0, unchanged: 3, change: { addedKeys: [], removedKeys: [] } });
    expect(result.skipped.map(({ id }) => id).sort()).toEqual(expect.arrayContaining(['b', 'c', 'd']));
    expect(store.model).toBe('fake/8');
    expect([...store.publishedVectors()]).toHaveLength(3);
    expect(
      await ingest(
        [],
        guarded(() => true, 'new/8'),
      ),
    ).toMatchObject({ indexed: 1, skipped: [] });
    expect(store.model).toBe('new/8');
    expect([...store.publishedVectors()]).toHaveLength(4);
  });
});

describe('a document that makes the service fail', () => {
  it('is told from an outage though it opens the breaker: it alone is quarantined', async () => {
    const service = guarded((_, texts) => !texts.some((text) => text.includes('poison')));
    const source = [...documents('a', 'b'), document('c', 'A poison text.'), ...documents('d', 'e', 'f')];
    const result = await ingest(source, service);
    expect(result).toMatchObject({ indexed: 5, skipped: [], failed: [{ id: 'c' }] });
    expect(store.quarantine.list().map(({ id }) => id)).toEqual(['c']);
    expect(service.seen.some((event) => event.type === 'breaker.changed' && event.to === 'open')).toBe(true);
    const calls = service.calls.length;
    expect(await ingest(source, service)).toMatchObject({ unchanged: 5, quarantined: [{ id: 'c' }] });
    expect(service.calls).toHaveLength(calls);
  });

  it('is found among others that do', async () => {
    const service = guarded((_, texts) => !texts.some((text) => text.includes('poison')));
    const source = ['a', 'b', 'c', 'd', 'e', 'f'].map((id, index) =>
      document(id, index % 2 === 0 ? `A poison text ${id}.` : `Text of ${id}.`),
    );
    const result = await ingest(source, service);
    expect(result.failed.map(({ id }) => id)).toEqual(['a', 'c', 'e']);
    expect(result).toMatchObject({ indexed: 3, skipped: [] });
  });
});
