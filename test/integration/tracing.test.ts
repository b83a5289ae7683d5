import { createServer, type Server, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { engineFacts } from '../../src/server/engine-facts.ts';
import { type RunningService, startService } from '../../src/server/service.ts';
import { tracedEngine } from '../../src/server/traced-engine.ts';
import { systemClock } from '../../src/system/clock.ts';
import { telemetryOptions } from '../../src/telemetry/options.ts';
import { traceOf } from '../../src/telemetry/tracing/trace-ids.ts';
import { startTracing, type Tracing } from '../../src/telemetry/tracing/tracing.ts';
import { appSetting, faresEngine, heldEngine, KAYAK, until } from '../server/made-app.ts';
import { type OtlpReceiver, type ReceivedSpan, startOtlpReceiver } from '../servers/otlp-receiver.ts';
import { readExposition, valueIn } from '../telemetry/exposition.ts';

type Fares = Awaited<ReturnType<typeof faresEngine>>;
const ends: (() => Promise<unknown>)[] = [];
let fares: Fares;

beforeAll(async () => {
  fares = await faresEngine({ caching: { enabled: false }, reranking: { kind: 'mmr' } });
});
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});
afterAll(() => fares.remove());

async function receiver(setting = {}): Promise<OtlpReceiver> {
  const made = await startOtlpReceiver(setting);
  ends.push(() => made.close());
  return made;
}

async function tracingTo(endpoint: string, settings: object = {}, content = false): Promise<Tracing> {
  const options = telemetryOptions.tracing.parse({ endpoint, sampler: 'parentbased_always_on', ...settings });
  const tracing = await startTracing({ options, content, version: '1.2.3', clock: systemClock });
  ends.push(() => tracing!.stop());
  return tracing!;
}

const ofEngine = (tracing: Tracing, { options, folder }: Fares) =>
  tracing.forEngine(engineFacts(options, folder));

async function serve(tracing: Tracing, engine: Engine, server = {}): Promise<RunningService> {
  const service = await startService({
    ...appSetting({ engine, options: { limits: { maxConcurrentQueries: 1 } }, server }),
    tracing: ofEngine(tracing, fares),
  });
  ends.push(() => service.stop());
  return service;
}

function ask(
  { url }: RunningService,
  more: object = {},
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(`${url}/api/query`, {
    method: 'POST',
    body: JSON.stringify({ query: KAYAK, ...more }),
    headers: { 'content-type': 'application/json', ...headers },
  });
}

const ms = ({ start, end }: ReceivedSpan): number => Number(end - start) / 1e6;
const rootsOf = (spans: readonly ReceivedSpan[]) => spans.filter(({ name }) => name === 'rag.query');
const childrenOf = (spans: readonly ReceivedSpan[], { spanId }: ReceivedSpan) =>
  spans.filter(({ parentSpanId }) => parentSpanId === spanId).sort((a, b) => Number(a.start - b.start));

describe('the traces of a service', () => {
  it.each(['http/protobuf', 'http/json'] as const)(
    'arrive over %s, one tree a request, and time adds up',
    async (protocol) => {
      const collector = await receiver();
      const tracing = await tracingTo(collector.endpoint, { protocol });
      const service = await serve(tracing, fares.engine, { maxQueuedQueries: 50 });
      const answers = await Promise.all(Array.from({ length: 8 }, () => ask(service)));
      expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200));
      await service.stop();
      await tracing.stop();

      expect([...collector.types]).toEqual([
        protocol === 'http/json' ? 'application/json' : 'application/x-protobuf',
      ]);
      const { spans } = collector;
      const roots = rootsOf(spans);
      expect(roots).toHaveLength(8);
      expect(new Set(roots.map(({ traceId }) => traceId)).size).toBe(8);
      for (const root of roots) {
        const children = childrenOf(spans, root);
        expect(children.map(({ name }) => name.replace(/ fares.*| groundspeed-serve.*/, ''))).toEqual([
          'queue queries',
          'embeddings lsa/4',
          'retrieval',
          'rerank mmr',
          'prompt',
          'chat extractive',
        ]);
        const searches = childrenOf(spans, children[2]!);
        expect(searches.map(({ attributes }) => attributes['rag.dependency']).sort()).toEqual([
          'keywords',
          'vectors',
        ]);
        expect(
          searches.every(({ attributes }) => typeof attributes['rag.retrieval.count'] === 'number'),
        ).toBe(true);
        expect(spans.filter(({ traceId }) => traceId === root.traceId)).toHaveLength(9);
        const accounted = children.reduce((sum, child) => sum + ms(child), 0);
        expect(accounted + (root.attributes['rag.unaccounted_ms'] as number)).toBeCloseTo(ms(root), 2);
        for (const child of [...children, ...searches]) {
          expect(child.start >= root.start && child.end <= root.end).toBe(true);
        }
        expect(root).toMatchObject({
          kind: 2,
          parentSpanId: '',
          attributes: {
            'rag.outcome': 'answered',
            'openinference.span.kind': 'CHAIN',
            'rag.question.chars': KAYAK.length,
          },
          resource: { 'service.name': 'groundspeed', 'service.version': '1.2.3' },
        });
      }
      expect(tracing.figures()).toEqual({
        ended: 72,
        exported: 72,
        dropped: { queue_full: 0, export_failed: 0 },
      });
    },
  );

  it('go on with the trace of a caller, and do as it has decided', async () => {
    const collector = await receiver();
    const tracing = await tracingTo(collector.endpoint, { sampler: 'parentbased_always_off' });
    const service = await serve(tracing, fares.engine);
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    await ask(service, {}, { traceparent: `00-${traceId}-b7ad6b7169203331-01` });
    await ask(service, {}, { traceparent: `00-${'1'.repeat(32)}-b7ad6b7169203331-00` });
    await ask(service, {}, { traceparent: 'nonsense' });
    await ask(service);
    await service.stop();
    await tracing.stop();
    expect(new Set(collector.spans.map((span) => span.traceId))).toEqual(new Set([traceId]));
    expect(rootsOf(collector.spans)).toMatchObject([{ parentSpanId: 'b7ad6b7169203331' }]);
  });

  it('are of a share of the questions', async () => {
    const collector = await receiver();
    const tracing = await tracingTo(collector.endpoint, { sampler: 'traceidratio', sampleRatio: 0.25 });
    const { ask: traced, stop } = ofEngine(tracing, fares).watch(fares.engine);
    for (let asked = 0; asked < 400; asked += 1) await traced(KAYAK);
    stop();
    await tracing.stop();
    // 400 at 0.25: 100 ± 8.7; five standard deviations are left on either side.
    expect(rootsOf(collector.spans).length).toBeGreaterThan(56);
    expect(rootsOf(collector.spans).length).toBeLessThan(144);
  });

  it('tell of a wait, a refusal, a bad request and a caller who left', async () => {
    const collector = await receiver();
    const tracing = await tracingTo(collector.endpoint);
    const held = heldEngine(fares.engine);
    const service = await serve(tracing, held, { maxQueuedQueries: 1 });
    const first = ask(service);
    await until(() => held.held === 1);
    const leaving = new AbortController();
    const second = fetch(`${service.url}/api/query`, {
      method: 'POST',
      body: JSON.stringify({ query: KAYAK }),
      headers: { 'content-type': 'application/json' },
      signal: leaving.signal,
    }).catch(() => undefined);
    const waiting = async () =>
      valueIn(readExposition(await (await fetch(`${service.url}/metrics`)).text()), 'rag_queue_depth', {
        queue: 'queries',
      });
    await until(async () => (await waiting()) === 1);
    expect((await ask(service)).status).toBe(503);
    expect((await ask(service, { query: 7 })).status).toBe(400);
    leaving.abort();
    await second;
    await until(async () => (await waiting()) === 0);
    held.release();
    expect((await first).status).toBe(200);
    await service.stop();
    await tracing.stop();
    const outcomes = rootsOf(collector.spans).map(({ attributes, status }) => [
      attributes['rag.outcome'],
      attributes['error.type'],
      status,
    ]);
    expect(outcomes.sort()).toEqual([
      ['answered', undefined, 0],
      ['invalid', 'request.invalid', 2],
      ['rejected', 'engine.overloaded', 2],
      ['withdrawn', 'query.aborted', 2],
    ]);
  });

  it('stream as they answer, with the time of the first piece', async () => {
    const collector = await receiver();
    const tracing = await tracingTo(collector.endpoint);
    const service = await serve(tracing, fares.engine);
    await (await ask(service, { stream: true })).text();
    await service.stop();
    await tracing.stop();
    const chat = collector.spans.find(({ name }) => name.startsWith('chat'));
    expect(chat?.attributes['gen_ai.response.time_to_first_chunk']).toBeGreaterThanOrEqual(0);
  });
});

describe('two engines in one process', () => {
  it('keep their traces apart, and each question knows its own', async () => {
    const other = await faresEngine({
      caching: { enabled: false },
      generation: { provider: 'simulated', simulated: { firstTokenMs: 5, answerTokens: 2 } },
    });
    ends.push(() => other.remove());
    const collectors = [await receiver(), await receiver()] as const;
    const tracings = [
      await tracingTo(collectors[0].endpoint),
      await tracingTo(collectors[1].endpoint),
    ] as const;
    const first = tracedEngine(fares.engine, ofEngine(tracings[0], fares));
    const second = tracedEngine(other.engine, ofEngine(tracings[1], other));
    const seen: (string | undefined)[] = [];
    fares.engine.events.listen((event) => {
      if (event.type === 'query.started') seen.push(traceOf(event.tag)?.traceId);
    });
    await Promise.all(
      Array.from({ length: 10 }, (_, index) => (index % 2 === 0 ? first : second).engine.ask(KAYAK)),
    );
    first.stop();
    second.stop();
    for (const tracing of tracings) await tracing.stop();
    const chats = collectors.map(
      ({ spans }) => new Set(spans.map(({ name }) => name).filter((name) => name.startsWith('chat'))),
    );
    expect(chats).toEqual([new Set(['chat extractive']), new Set(['chat simulated'])]);
    expect(collectors.map(({ spans }) => rootsOf(spans).length)).toEqual([5, 5]);
    expect(seen.sort()).toEqual(
      rootsOf(collectors[0].spans)
        .map(({ traceId }) => traceId)
        .sort(),
    );
  });
});

describe('what spans hold', () => {
  const CANARY = 'Zyzzyva';

  async function rawOf(content: boolean, documents = false): Promise<string> {
    const engine = await faresEngine({
      generation: { provider: 'simulated', simulated: { errorRate: 0.5, firstTokenMs: 0, answerTokens: 2 } },
      caching: { enabled: false },
    });
    await engine.engine.ingest([
      { document: { id: 'd1', title: CANARY, text: `The crossing for a ${CANARY} costs £9.`, metadata: {} } },
    ]);
    const collector = await receiver();
    const tracing = await tracingTo(collector.endpoint, { protocol: 'http/json', documents }, content);
    const traced = tracedEngine(engine.engine, ofEngine(tracing, engine));
    for (let asked = 0; asked < 10; asked += 1) {
      await traced.engine.ask(`What does the crossing cost for a ${CANARY}? ${asked}`).catch(() => undefined);
    }
    await traced.engine.ask(`${CANARY} `.repeat(2000)).catch(() => undefined);
    traced.stop();
    await tracing.stop();
    await engine.remove();
    expect(rootsOf(collector.spans)).toHaveLength(11);
    expect(collector.spans.some(({ status }) => status === 2)).toBe(true);
    return collector.raw;
  }

  it('is no text of questions, documents or errors, and no ids of documents', async () => {
    const raw = await rawOf(false);
    expect(raw).not.toContain(CANARY);
    expect(raw).not.toContain('"d1"');
  });

  it('is the first hundred characters where that was chosen, and the ids of documents where these were', async () => {
    const raw = await rawOf(true, true);
    expect(raw).toContain(CANARY);
    expect(raw).toContain('"d1"');
    expect(raw).not.toContain(`${CANARY} `.repeat(20));
  });
});

describe('a collector that is not there', () => {
  /** A port that takes connections and never answers. */
  async function silence(): Promise<string> {
    const sockets = new Set<Socket>();
    const server: Server = createServer((socket) => sockets.add(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ends.push(async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    return `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  }

  async function refusal(): Promise<string> {
    const gone = await startOtlpReceiver();
    await gone.close();
    return gone.endpoint;
  }

  it.each([
    ['refuses', refusal],
    ['hangs', silence],
  ] as const)(
    'does no harm where it %s: questions are answered, losses counted, and the end is bounded',
    async (_, endpoint) => {
      const tracing = await tracingTo(await endpoint(), {
        maxQueuedSpans: 512,
        exportTimeoutMs: 200,
        flushMs: 1000,
      });
      const service = await serve(tracing, fares.engine);
      for (let asked = 0; asked < 20; asked += 1) expect((await ask(service)).status).toBe(200);
      const { ask: traced, stop } = ofEngine(tracing, fares).watch(fares.engine);
      for (let asked = 0; asked < 200; asked += 1) await traced(KAYAK);
      stop();
      await until(async () => tracing.figures().dropped.export_failed > 0);
      const metrics = readExposition(await (await fetch(`${service.url}/metrics`)).text());
      expect(valueIn(metrics, 'rag_spans_dropped_total', { reason: 'export_failed' })).toBeGreaterThan(0);
      const { ended, exported, dropped } = tracing.figures();
      expect(exported).toBe(0);
      expect(dropped.queue_full).toBeGreaterThan(0);
      expect(dropped.queue_full + dropped.export_failed).toBeLessThanOrEqual(ended);
      await service.stop();
      const from = performance.now();
      await tracing.stop();
      expect(performance.now() - from).toBeLessThan(5000);
    },
  );

  it('counts what a collector turns away', async () => {
    const collector = await receiver({ status: 400 });
    const tracing = await tracingTo(collector.endpoint);
    const { ask: traced, stop } = ofEngine(tracing, fares).watch(fares.engine);
    await traced(KAYAK);
    stop();
    await tracing.stop();
    const { ended, dropped } = tracing.figures();
    expect(dropped).toEqual({ queue_full: 0, export_failed: ended });
  });
});
