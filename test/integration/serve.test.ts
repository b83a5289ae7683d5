import { request as httpRequest } from 'node:http';
import { createServer } from 'node:net';
import type { EventSourceMessage } from 'eventsource-parser';
import { EventSourceParserStream } from 'eventsource-parser/stream';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { AskOptions } from '../../src/engine/answer.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { type AnswerEvent, streamAnswer } from '../../src/engine/stream.ts';
import { GroundspeedError } from '../../src/kernel/errors.ts';
import { type RunningService, startService } from '../../src/server/service.ts';
import {
  appSetting,
  faresEngine,
  type HeldEngine,
  heldEngine,
  KAYAK,
  type MadeSetting,
  until,
} from '../server/made-app.ts';
import { readExposition, valueIn } from '../telemetry/exposition.ts';

let made: Awaited<ReturnType<typeof faresEngine>>;
const services: RunningService[] = [];

beforeAll(async () => {
  made = await faresEngine();
});
afterEach(async () => {
  for (const service of services.splice(0)) await service.stop();
});
afterAll(() => made.remove());

async function serve(setting: Partial<MadeSetting> = {}): Promise<RunningService> {
  const service = await startService(
    appSetting({ engine: made.engine, ...setting, server: { drainMs: 300, ...setting.server } }),
  );
  services.push(service);
  return service;
}

const held = (): HeldEngine => heldEngine(made.engine);

function ask({ url }: RunningService, more: object = {}, init: RequestInit = {}): Promise<Response> {
  return fetch(`${url}/api/query`, {
    method: 'POST',
    body: JSON.stringify({ query: KAYAK, ...more }),
    ...init,
    headers: { 'content-type': 'application/json', ...init.headers },
  });
}

const metricsOf = async ({ url }: RunningService) =>
  readExposition(await (await fetch(`${url}/metrics`)).text());

/** What bodies may hold, of which each test looks at some. */
interface Body {
  readonly answer: string;
  readonly sources: readonly { readonly id: string }[];
  readonly error: { readonly code: string; readonly message: string; readonly field: string | null };
}

const bodyOf = async (response: Response): Promise<Body> => (await response.json()) as Body;

const eventsOf = (response: Response): ReadableStreamDefaultReader<EventSourceMessage> =>
  response.body!.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream()).getReader();

async function allEvents(response: Response): Promise<EventSourceMessage[]> {
  const events: EventSourceMessage[] = [];
  const reader = eventsOf(response);
  for (let next = await reader.read(); !next.done; next = await reader.read()) events.push(next.value);
  return events;
}

/** What comes over the wire, as it is: fetch would unpack it. */
function raw(
  url: string,
  headers: Record<string, string>,
  body: object,
): Promise<{ headers: NodeJS.Dict<string | string[]>; bytes: Buffer }> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      url,
      { method: 'POST', headers: { 'content-type': 'application/json', ...headers } },
      (response) => {
        const pieces: Buffer[] = [];
        response.on('data', (piece: Buffer) => pieces.push(piece));
        response.on('end', () => resolve({ headers: response.headers, bytes: Buffer.concat(pieces) }));
        response.on('error', reject);
      },
    );
    request.on('error', reject);
    request.end(JSON.stringify(body));
  });
}

/** An engine that says its pieces one by one, each when it is told to. */
function piecewiseEngine(pieces: readonly (string | Error)[]) {
  let say = (): void => undefined;
  let withdrawn = 0;
  const ask = async (question: string, options: AskOptions = {}) => {
    for (const piece of pieces) {
      await new Promise<void>((resolve, reject) => {
        say = resolve;
        options.signal?.addEventListener('abort', () => {
          withdrawn += 1;
          reject(new GroundspeedError('query.aborted', 'withdrawn'));
        });
      });
      if (piece instanceof Error) throw piece;
      options.onText?.(piece);
    }
    return made.engine.ask(question);
  };
  const engine: Engine = {
    ...held(),
    stream: (question: string, options: AskOptions = {}): AsyncIterable<AnswerEvent> =>
      streamAnswer((streamed) => ask(question, streamed), options),
  };
  return { engine, say: () => say(), withdrawn: () => withdrawn };
}

describe('an answer', () => {
  it('is compressed for who takes gzip, and for nobody else', async () => {
    const service = await serve();
    const url = `${service.url}/api/query`;
    const plain = await raw(url, {}, { query: KAYAK });
    const packed = await raw(url, { 'accept-encoding': 'gzip, deflate, br' }, { query: KAYAK });
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(packed.headers).toMatchObject({
      'content-encoding': 'gzip',
      vary: expect.stringMatching(/accept-encoding/i),
    });
    expect(packed.bytes.length).toBeLessThan(plain.bytes.length / 2);
    const odd = await raw(url, { 'accept-encoding': 'zstd' }, { query: KAYAK });
    expect(JSON.parse(odd.bytes.toString()).success).toBe(true);
    const unpacked = await bodyOf(await ask(service));
    expect(unpacked.answer).toBe(JSON.parse(plain.bytes.toString()).answer);
  });

  it('is streamed as tokens, then whole; never compressed', async () => {
    const service = await serve();
    const response = await ask(
      service,
      { stream: true },
      { headers: { 'accept-encoding': 'gzip', 'x-request-id': 'mine' } },
    );
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(response.headers.get('content-encoding')).toBeNull();
    expect(response.headers.get('x-request-id')).toBe('mine');
    const events = await allEvents(response);
    const done = events.at(-1)!;
    expect(done.event).toBe('done');
    const body = JSON.parse(done.data);
    const tokens = events.slice(0, -1);
    expect(tokens.every(({ event }) => event === 'token')).toBe(true);
    expect(tokens.map(({ data }) => JSON.parse(data).text).join('')).toBe(body.answer);
    const whole = await bodyOf(await ask(service));
    expect(Object.keys(body).sort()).toEqual(Object.keys(whole).sort());
    expect(body).toMatchObject({ answer: whole.answer, sources: whole.sources, request_id: 'mine' });
  });

  it('comes piece by piece, as it is generated', async () => {
    const { engine, say } = piecewiseEngine(['one ', 'two']);
    const service = await serve({ engine });
    const responding = ask(service, { stream: true });
    await until(async () => valueIn(await metricsOf(service), 'rag_queries_in_flight') === 1);
    say();
    const events = eventsOf(await responding);
    expect((await events.read()).value).toMatchObject({ event: 'token', data: '{"text":"one "}' });
    say();
    expect((await events.read()).value).toMatchObject({ event: 'token', data: '{"text":"two"}' });
    expect((await events.read()).value).toMatchObject({ event: 'done' });
    expect((await events.read()).done).toBe(true);
  });

  it('that breaks off on the way ends in an error event, and says no more than a response would', async () => {
    const { engine, say } = piecewiseEngine(['one ', new GroundspeedError('generation.failed', 'sk-canary')]);
    const service = await serve({ engine });
    const responding = ask(service, { stream: true });
    await until(async () => valueIn(await metricsOf(service), 'rag_queries_in_flight') === 1);
    say();
    const events = eventsOf(await responding);
    await events.read();
    say();
    const { value } = await events.read();
    expect(value!.event).toBe('error');
    expect(JSON.parse(value!.data)).toMatchObject({
      success: false,
      error: { code: 'generation.failed', message: 'The generation service failed.' },
      request_id: expect.any(String),
    });
    expect((await events.read()).done).toBe(true);
    expect(valueIn(await metricsOf(service), 'rag_queries_in_flight')).toBe(0);
  });

  it('that fails before its first piece is a plain response', async () => {
    const { engine, say } = piecewiseEngine([new GroundspeedError('store.empty', 'nothing there')]);
    const service = await serve({ engine });
    const responding = ask(service, { stream: true });
    await until(async () => valueIn(await metricsOf(service), 'rag_queries_in_flight') === 1);
    say();
    const response = await responding;
    expect([response.status, response.headers.get('content-type')]).toEqual([
      503,
      'application/json; charset=utf-8',
    ]);
    const invalid = await ask(service, { stream: true, top_k: 0 });
    expect([invalid.status, (await bodyOf(invalid)).error.field]).toEqual([400, 'top_k']);
  });
});

describe('more questions than may be answered at once', () => {
  it('wait in a queue that is bounded; past it they are sent away at once, and health still answers', async () => {
    const engine = held();
    const service = await serve({
      engine,
      options: { limits: { maxConcurrentQueries: 2 } },
      server: { maxQueuedQueries: 3, maxQueueWaitMs: 60_000 },
    });
    const asked = Array.from({ length: 5 }, () => ask(service));
    await until(async () => valueIn(await metricsOf(service), 'rag_queue_depth', { queue: 'queries' }) === 3);
    const refused = await ask(service);
    expect(refused.status).toBe(503);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(await bodyOf(await refused)).toMatchObject({
      success: false,
      error: { code: 'engine.overloaded', message: expect.stringContaining('2 at once') },
      request_id: refused.headers.get('x-request-id'),
    });
    expect((await fetch(`${service.url}/health`)).status).toBe(200);
    expect(engine.held).toBe(2);
    engine.release();
    expect((await Promise.all(asked)).map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    const families = await metricsOf(service);
    expect(valueIn(families, 'rag_requests_refused_total', { queue: 'queries', reason: 'queue_full' })).toBe(
      1,
    );
    expect(valueIn(families, 'rag_queries_total', { outcome: 'rejected' })).toBe(1);
    expect(valueIn(families, 'rag_queries_total', { outcome: 'answered' })).toBe(5);
    expect(valueIn(families, 'rag_queue_wait_seconds_count', { queue: 'queries' })).toBe(5);
  });

  it('are sent away when their turn does not come', async () => {
    const engine = held();
    const service = await serve({
      engine,
      options: { limits: { maxConcurrentQueries: 1 } },
      server: { maxQueueWaitMs: 30 },
    });
    const first = ask(service).catch(() => undefined);
    await until(async () => valueIn(await metricsOf(service), 'rag_queries_in_flight') === 1);
    const late = await ask(service);
    expect(late.status).toBe(503);
    expect((await bodyOf(late)).error.message).toContain('no turn came within 30 ms');
    await service.stop();
    await first;
    await until(() => engine.held === 0);
  });

  it.each([false, true])('give up their places when their callers go away (stream: %s)', async (stream) => {
    const engine = held();
    const service = await serve({
      engine,
      options: { limits: { maxConcurrentQueries: 1 } },
      server: { maxQueuedQueries: 1, maxQueueWaitMs: 60_000 },
    });
    const [running, waiting] = [new AbortController(), new AbortController()];
    const first = ask(service, { stream }, { signal: running.signal }).catch(() => 'left');
    await until(() => engine.held === 1);
    const second = ask(service, { stream }, { signal: waiting.signal }).catch(() => 'left');
    await until(async () => valueIn(await metricsOf(service), 'rag_queue_depth', { queue: 'queries' }) === 1);
    waiting.abort();
    await until(async () => valueIn(await metricsOf(service), 'rag_queue_depth', { queue: 'queries' }) === 0);
    const third = ask(service, { stream });
    await until(async () => valueIn(await metricsOf(service), 'rag_queue_depth', { queue: 'queries' }) === 1);
    running.abort();
    await until(async () => valueIn(await metricsOf(service), 'rag_queue_depth', { queue: 'queries' }) === 0);
    engine.release();
    expect((await third).status).toBe(200);
    expect(await Promise.all([first, second])).toEqual(['left', 'left']);
    await until(async () => valueIn(await metricsOf(service), 'rag_queries_in_flight') === 0);
    const families = await metricsOf(service);
    expect(valueIn(families, 'rag_queries_total', { outcome: 'withdrawn' })).toBe(2);
    expect(
      valueIn(families, 'rag_requests_total', { method: 'POST', endpoint: '/api/query', status: '499' }),
    ).toBe(2);
  });

  it('may leave in the middle of a stream, which frees their place too', async () => {
    const { engine, say, withdrawn } = piecewiseEngine(['one ', 'two']);
    const service = await serve({ engine, options: { limits: { maxConcurrentQueries: 1 } } });
    const leaving = new AbortController();
    const responding = ask(service, { stream: true }, { signal: leaving.signal });
    await until(async () => valueIn(await metricsOf(service), 'rag_queries_in_flight') === 1);
    say();
    const events = eventsOf(await responding);
    await events.read();
    leaving.abort();
    await until(() => withdrawn() > 0);
    await until(async () => valueIn(await metricsOf(service), 'rag_queries_in_flight') === 0);
  });
});

describe('a service that is asked to stop', () => {
  it('answers what is in flight, refuses what comes, says so in its health, and then listens no more', async () => {
    const engine = held();
    const service = await serve({ engine, server: { drainMs: 60_000 } });
    const inFlight = ask(service);
    const streamed = ask(service, { stream: true });
    await until(() => engine.held === 2);
    const stopped = service.stop();
    await until(async () => (await fetch(`${service.url}/health`)).status === 503);
    expect(await (await fetch(`${service.url}/api/health`)).json()).toMatchObject({ status: 'draining' });
    const refused = await ask(service);
    expect([refused.status, refused.headers.get('connection')]).toEqual([503, 'close']);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect((await fetch(`${service.url}/metrics`)).status).toBe(200);
    engine.release();
    expect((await inFlight).status).toBe(200);
    expect((await bodyOf(await inFlight)).answer).toContain('£4.50');
    expect((await allEvents(await streamed)).at(-1)!.event).toBe('done');
    await stopped;
    await expect(fetch(`${service.url}/health`)).rejects.toThrow();
  });

  it('sends those in the queue away, and waits no longer than server.drainMs', async () => {
    const engine = held();
    const service = await serve({
      engine,
      options: { limits: { maxConcurrentQueries: 1 } },
      server: { drainMs: 50 },
    });
    const cut = ask(service).then(
      () => 'answered',
      () => 'cut',
    );
    await until(() => engine.held === 1);
    const waiting = ask(service);
    await until(async () => valueIn(await metricsOf(service), 'rag_queue_depth', { queue: 'queries' }) === 1);
    await service.stop();
    const sentAway = await waiting;
    expect([sentAway.status, (await bodyOf(sentAway)).error.code]).toEqual([503, 'engine.closed']);
    expect(await cut).toBe('cut');
    await until(() => engine.held === 0);
  });

  it('is not held up by connections that only stay open', async () => {
    const service = await serve({ server: { drainMs: 60_000 } });
    await (await ask(service)).text(); // kept alive by fetch
    await service.stop();
  });
});

describe('where a service listens', () => {
  it('is told when that is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await until(() => other.listening);
    const { port } = other.address() as { port: number };
    await expect(serve({ server: { port } })).rejects.toMatchObject({
      code: 'server.port',
      message: `The service cannot listen on 127.0.0.1:${port}: another program listens there`,
    });
    other.close();
    await expect(
      serve({ server: { host: '203.0.113.7', apiToken: 'a-token-of-our-own' } }),
    ).rejects.toMatchObject({
      code: 'server.port',
      message: expect.stringContaining('this machine has no such address'),
    });
  });

  it('is this machine alone, but with a token', async () => {
    await expect(serve({ server: { host: '0.0.0.0' } })).rejects.toMatchObject({
      code: 'server.unsafe',
      exitCode: 2,
    });
    const service = await serve({ server: { host: '0.0.0.0', apiToken: 'a-token-of-our-own' } });
    expect(service.url).toBe(`http://127.0.0.1:${service.port}`);
    expect((await ask(service)).status).toBe(401);
    expect((await ask(service, {}, { headers: { authorization: 'Bearer a-token-of-our-own' } })).status).toBe(
      200,
    );
  });
});

describe('what is sent in another way than it should be', () => {
  it('is refused, and never stops the service', async () => {
    const service = await serve();
    const send = (body: string | Uint8Array, headers: Record<string, string> = {}) =>
      ask(service, {}, { body, headers });
    expect((await send('{"query":"a"')).status).toBe(400);
    expect((await send(Uint8Array.of(0xff, 0xfe, 0x00))).status).toBe(400);
    expect((await send('x', { 'content-type': 'text/html' })).status).toBe(415);
    expect((await send(`{"query":"${'x'.repeat(2_000_000)}"}`)).status).toBe(413);
    expect((await fetch(`${service.url}/api/query`)).status).toBe(405);
    expect((await ask(service)).status).toBe(200);
  });
});

describe('metrics', () => {
  it('are text that Prometheus reads, and agree with what was asked', async () => {
    const service = await serve();
    for (let round = 0; round < 3; round += 1)
      await (await ask(service, { query: `${KAYAK} ${round}` })).text();
    await (await ask(service, { query: `${KAYAK} 0` })).text();
    await (await ask(service, { top_k: -1 })).text();
    const families = await metricsOf(service);
    const value = (name: string, labels = {}) => valueIn(families, name, labels);
    expect(value('rag_requests_total', { method: 'POST', endpoint: '/api/query', status: '200' })).toBe(4);
    expect(value('rag_requests_total', { method: 'POST', endpoint: '/api/query', status: '400' })).toBe(1);
    expect(value('rag_request_duration_seconds_count', { method: 'POST', endpoint: '/api/query' })).toBe(5);
    expect(value('rag_queries_total', { outcome: 'answered' })).toBe(4);
    expect(value('rag_query_duration_seconds_count', { outcome: 'answered', cache: 'hit' })).toBe(1);
    expect(value('rag_cache_requests_total', { layer: 'response', result: 'hit' })).toBe(1);
    expect(value('rag_stage_duration_seconds_count', { stage: 'generate' })).toBe(3);
    expect(value('rag_time_to_first_token_seconds_count')).toBe(4);
    expect(value('rag_index_documents', { index: 'main' })).toBe(6);
    expect(value('rag_workers')).toBe(1);
    expect(value('rag_memory_limit_bytes')).toBeGreaterThan(0);
  });
});
