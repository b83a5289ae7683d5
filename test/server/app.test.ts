import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import type { Chunk } from '../../src/engine/ports.ts';
import { GroundspeedError } from '../../src/kernel/errors.ts';
import { type App, createApp } from '../../src/server/app.ts';
import { appSetting, faresEngine, heldEngine, KAYAK, type MadeSetting, until } from './made-app.ts';

let made: Awaited<ReturnType<typeof faresEngine>>;
let app: App;
const apps: App[] = [];

async function appOver(setting: Partial<MadeSetting> = {}): Promise<App> {
  const one = await createApp(appSetting({ engine: made.engine, ...setting }));
  apps.push(one);
  return one;
}

beforeAll(async () => {
  made = await faresEngine();
  app = await appOver();
});
afterAll(async () => {
  for (const one of apps) await one.http.close();
  await made.remove();
});

const post = (payload: unknown, url = '/api/query', headers: Record<string, string> = {}) =>
  app.http.inject({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json', ...headers },
    payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
  });

describe('the wait for a place', () => {
  it('is told with the question, so that whoever counts its time counts from its arrival', async () => {
    const waits: (number | undefined)[] = [];
    const stop = made.engine.events.listen((event) => {
      if (event.type === 'query.started') waits.push(event.waitedMs);
    });
    const held = heldEngine(made.engine);
    const one = await appOver({ engine: held, options: { limits: { maxConcurrentQueries: 1 } } });
    const ask = (query: string) => one.http.inject({ method: 'POST', url: '/api/query', payload: { query } });
    const both = Promise.all([ask(KAYAK), ask('What does the crossing cost for a dog?')]);
    await until(() => held.held === 1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    held.release();
    const [, second] = (await both).map((response) => response.json());
    stop();
    expect(waits).toHaveLength(2);
    expect(second.queue_time).toBeGreaterThan(40);
    expect(waits[1]).toBeGreaterThanOrEqual(second.queue_time);
    expect(waits[0]).toBeLessThan(waits[1]!);
  });
});

describe('POST /api/query', () => {
  it.each(['/api/query', '/api/chat'])('answers, at %s, with what the answer stands on', async (url) => {
    const response = await post({ query: KAYAK, client_id: 'me', top_k: 3 }, url);
    expect(response.statusCode).toBe(200);
    expect(response.headers['content-type']).toBe('application/json; charset=utf-8');
    const body = response.json();
    expect(body).toMatchObject({
      success: true,
      abstained: false,
      usage: { input_tokens: expect.any(Number), output_tokens: expect.any(Number) },
      cost_usd: 0,
      stages: { embed: expect.any(Number), generate: expect.any(Number) },
      cache: { response: expect.stringMatching(/hit|miss/) },
      request_id: response.headers['x-request-id'],
    });
    expect(body.answer).toContain('£4.50');
    expect(body.confidence).toBeGreaterThan(0);
    expect(body.processing_time).toBeGreaterThan(0);
    expect(body.queue_time).toBeGreaterThanOrEqual(0);
    expect(body.first_token_time).toBeLessThanOrEqual(body.processing_time);
    expect(body.sources).toHaveLength(3);
    const [first] = body.sources;
    expect(first).toMatchObject({ id: 'kayak', rank: 1, cited: true, in_context: true, start: 0 });
    expect(first.metadata).toEqual({ kind: 'large' });
    expect(made.engine.store.document('kayak')!.text.slice(first.start, first.end)).toBe(first.text);
    expect(body.degraded).toBeNull();
  });

  it('answers out of no cache, and into none, where it is told to', async () => {
    const query = 'What does the crossing cost for a parrot?';
    const stateOf = async (more: object = {}) => (await post({ query, ...more })).json().cache.response;
    expect(await stateOf({ cache: false })).toBe('off');
    expect(await stateOf()).toBe('miss');
    expect(await stateOf({ cache: true })).toBe('hit');
    const { cache, answer } = (await post({ query, cache: false })).json();
    expect(cache).toEqual({ embedding: 'off', retrieval: 'off', response: 'off', semantic: 'off' });
    expect(answer).toContain('£5.50');
    const streamed = (await post({ query, cache: false, stream: true })).body;
    expect(streamed).toContain('"response":"off"');
  });

  it('keeps to the filter', async () => {
    const { sources } = (await post({ query: KAYAK, filter: { kind: ['small'] } })).json();
    expect(sources.map(({ id }: { id: string }) => id).sort()).toEqual(['bicycle', 'dog', 'lorry']);
  });

  it.each([
    [{}, 'query', 'query is missing'],
    [{ query: 7 }, 'query', 'query must be text'],
    [{ query: '  \n ' }, 'query', 'query must not be empty'],
    [{ query: 'x'.repeat(8001) }, 'query', 'query must have 8000 characters or fewer'],
    [{ query: 'a', top_k: 0 }, 'top_k', 'top_k must be a whole number from 1 to 100'],
    [{ query: 'a', top_k: 2.5 }, 'top_k', 'top_k must be a whole number from 1 to 100'],
    [{ query: 'a', top_k: '3' }, 'top_k', 'top_k must be a whole number from 1 to 100'],
    [{ query: 'a', stream: 'yes' }, 'stream', 'stream must be true or false'],
    [{ query: 'a', cache: 'no' }, 'cache', 'cache must be true or false'],
    [{ query: 'a', filter: { year: { from: 1 } } }, 'filter.year', /^filter.year must be text, a number/],
    [{ query: 'a', filter: [] }, 'filter', /^filter must be an object/],
    [{ query: 'a', client_id: '' }, 'client_id', 'client_id must not be empty'],
    [{ query: 'a', topK: 3 }, 'topK', 'topK is not a field that is known here'],
    [[], 'body', 'body must be a JSON object'],
    ['null', 'body', 'body must be a JSON object'],
    ['"text"', 'body', 'body must be a JSON object'],
  ])('refuses %j and names the field at fault', async (payload, field, message) => {
    const response = await post(payload);
    expect(response.statusCode).toBe(400);
    const body = response.json();
    expect(body).toMatchObject({
      success: false,
      error: { code: 'request.invalid', field },
      request_id: response.headers['x-request-id'],
    });
    if (typeof message === 'string') expect(body.error.message).toBe(message);
    else expect(body.error.message).toMatch(message);
  });

  it('names every field at fault', async () => {
    const { error } = (await post({ top_k: 1000, stream: 1, foo: 2 })).json();
    expect(error.problems.map(({ field }: { field: string }) => field)).toEqual([
      'query',
      'top_k',
      'stream',
      'foo',
    ]);
  });

  it.each([
    ['{"query": ', 400, 'request.malformed'],
    ['', 400, 'request.malformed'],
    ['{"query":"a","__proto__":{"x":1}}', 400, 'request.malformed'],
    [JSON.stringify({ query: 'a', filter: { x: 'y'.repeat(1_100_000) } }), 413, 'request.tooLarge'],
  ])('refuses a body that cannot be read: %.20s', async (payload, status, code) => {
    const response = await post(payload);
    expect(response.statusCode).toBe(status);
    expect(response.json()).toMatchObject({
      success: false,
      error: { code },
      request_id: expect.any(String),
    });
  });

  it.each([
    ['text/plain', {}],
    ['application/x-www-form-urlencoded', {}],
    ['application/json', { 'content-encoding': 'gzip' }],
  ])('takes only plain JSON, not %s %j', async (type, headers) => {
    const response = await post({ query: 'a' }, '/api/query', { 'content-type': type, ...headers });
    expect(response.statusCode).toBe(415);
    expect(response.json().error.code).toBe('request.contentType');
  });

  it('says 503 while there is nothing to ask', async () => {
    const empty = await faresEngine();
    await empty.engine.ingest([], { removeMissing: true });
    const other = await appOver({ engine: empty.engine });
    const response = await other.http.inject({ method: 'POST', url: '/api/query', payload: { query: 'a' } });
    expect(response.statusCode).toBe(503);
    expect(response.headers['retry-after']).toBe('1');
    expect(response.json().error.code).toBe('store.empty');
    await empty.remove();
  });

  it('tells the kind of its own faults and keeps their particulars to itself', async () => {
    const failing = {
      ...made.engine,
      store: made.engine.store,
      events: made.engine.events,
      ask: async () => {
        throw new GroundspeedError('generation.failed', 'the key sk-canary is wrong');
      },
    } as unknown as Engine;
    const other = await appOver({ engine: failing });
    const response = await other.http.inject({ method: 'POST', url: '/api/query', payload: { query: 'a' } });
    expect(response.statusCode).toBe(502);
    expect(response.json().error).toEqual({
      code: 'generation.failed',
      message: 'The generation service failed.',
      field: null,
      problems: [],
    });
  });
});

describe('POST /api/documents', () => {
  it('takes documents in, to be found at once; bad ones fail alone, by id', async () => {
    const documents = [
      { id: 'llama', title: 'Taking a llama', text: 'The crossing for a llama costs £99.50.' },
      { id: 'blank', text: '   ' },
      { id: 'llama', text: 'Another llama.' },
      { id: 'huge', text: 'x'.repeat(10_485_761) },
      {
        id: 'kayak',
        title: 'Taking a kayak',
        text: 'The crossing for a kayak costs £77.50.',
        metadata: { a: 1 },
      },
    ];
    const response = await post({ documents }, '/api/documents');
    expect(response.statusCode).toBe(200);
    const body = response.json();
    expect(body).toMatchObject({ success: true, processed_count: 2, indexed: 2, unchanged: 0 });
    expect(body.failed.map(({ id, code }: { id: string; code: string }) => [id, code]).sort()).toEqual([
      ['blank', 'document.empty'],
      ['huge', 'document.tooLarge'],
      ['llama', 'document.duplicate'],
    ]);
    const answer = (await post({ query: 'What does the crossing cost for a llama?' })).json();
    expect(answer.sources[0].id).toBe('llama');
    expect((await post({ query: KAYAK })).json().answer).toContain('£77.50');
    const again = (await post({ documents: [documents[4]] }, '/api/documents')).json();
    expect(again).toMatchObject({ processed_count: 1, indexed: 0, unchanged: 1, failed: [] });
  });

  it.each([
    [{}, 'documents'],
    [{ documents: 'x' }, 'documents'],
    [{ documents: [] }, 'documents'],
    [{ documents: [{ id: 'a', text: 'b' }, { id: 'c' }] }, 'documents[1].text'],
    [{ documents: [{ id: '', text: 'b' }] }, 'documents[0].id'],
    [{ documents: [{ id: 'a', text: 'b', metadata: [] }] }, 'documents[0].metadata'],
    [{ documents: [{ id: 'a', text: 'b', colour: 1 }] }, 'documents[0].colour'],
    [{ documents: [7] }, 'documents[0]'],
  ])('refuses %j and names the field at fault', async (payload, field) => {
    const response = await post(payload, '/api/documents');
    expect(response.statusCode).toBe(400);
    expect(response.json().error).toMatchObject({ code: 'request.invalid', field });
  });

  it('takes larger bodies than a question may have, up to its own limit', async () => {
    const other = await appOver({ server: { maxBodyBytes: 2_000_000 } });
    const send = async (length: number) =>
      other.http.inject({
        method: 'POST',
        url: '/api/documents',
        payload: { documents: [{ id: 'long', text: 'word '.repeat(length / 5) }] },
      });
    expect((await send(1_500_000)).statusCode).toBe(200);
    expect((await send(2_500_000)).statusCode).toBe(413);
  });
});

describe('health', () => {
  it.each(['/health', '/api/health'])('%s tells version, uptime and what is served', async (url) => {
    const response = await app.http.inject(url);
    expect(response.statusCode).toBe(200);
    const body = response.json();
    expect(body).toMatchObject({
      status: 'healthy',
      version: '1.2.3',
      index: { chunks: expect.any(Number) },
    });
    expect(body.uptime).toBeGreaterThanOrEqual(5);
  });

  it('tries the store, the index and the models', async () => {
    expect((await app.http.inject('/health/db')).json()).toMatchObject({ status: 'ok' });
    expect((await app.http.inject('/health/vector')).json()).toMatchObject({
      status: 'ok',
      vector_index: 'hnsw',
    });
    expect((await app.http.inject('/health/ai')).json()).toMatchObject({
      status: 'ok',
      generator: 'extractive',
    });
  });

  it('looks for words where only words are searched', async () => {
    const words = await faresEngine({ retrieval: { mode: 'keyword' } });
    const other = await appOver({ engine: words.engine });
    const body = (await other.http.inject('/health/vector')).json();
    expect(body).toMatchObject({ status: 'ok', vector_index: null, keyword_index: 'bm25' });
    await words.remove();
  });

  it('says 503 and why, by its kind, where a part fails', async () => {
    const failed = (): never => {
      throw new GroundspeedError('store.corrupt', 'page 7 of /secret/path is torn');
    };
    const broken = {
      events: made.engine.events,
      health: () => made.engine.health(),
      cacheStatistics: () => made.engine.cacheStatistics(),
      store: {
        documentCount: 1,
        chunkCount: 1,
        version: 1,
        publishedChunks: (): Iterable<Chunk> => failed(),
      },
      stages: async () => ({
        embedder: { embed: async () => failed(), id: 'e', dimensions: 1 },
        keyword: { size: 0, kind: 'bm25' },
      }),
    } as unknown as Engine;
    const other = await appOver({ engine: broken });
    for (const path of ['/health/db', '/health/vector', '/health/ai']) {
      const response = await other.http.inject(path);
      expect([path, response.statusCode]).toEqual([path, 503]);
      expect(response.json()).toMatchObject({
        status: 'unavailable',
        reason: { code: 'store.corrupt', message: 'The index cannot be read.' },
      });
    }
    const health = await other.http.inject('/health');
    expect(health.statusCode).toBe(503);
    expect(health.json()).toMatchObject({
      status: 'unhealthy',
      ready: false,
      components: { store: { status: 'unhealthy', errors: 1, details: { reason: 'store.corrupt' } } },
    });
    expect((await other.http.inject('/health/live')).statusCode).toBe(200);
  });

  it('turns 503 while the service goes down, which questions and documents do too', async () => {
    const other = await appOver();
    await other.drain();
    const health = await other.http.inject('/health');
    expect([health.statusCode, health.json().status]).toEqual([503, 'draining']);
    for (const [url, payload] of [
      ['/api/query', { query: KAYAK }],
      ['/api/documents', { documents: [{ id: 'a', text: 'b' }] }],
    ] as const) {
      const response = await other.http.inject({ method: 'POST', url, payload });
      expect(response.statusCode).toBe(503);
      expect(response.headers).toMatchObject({
        'retry-after': expect.stringMatching(/^[123]$/),
        connection: 'close',
      });
      expect(response.json().error).toMatchObject({ code: 'engine.closed' });
    }
  });
});

describe('what is not there', () => {
  it('is 404, as JSON', async () => {
    const response = await app.http.inject('/nowhere?x=1');
    expect(response.statusCode).toBe(404);
    expect(response.json()).toMatchObject({
      success: false,
      error: { code: 'request.notFound', field: null },
    });
  });

  it.each([
    ['GET', '/api/query', 'POST'],
    ['DELETE', '/api/documents', 'POST'],
    ['POST', '/health', 'GET, HEAD'],
    ['PUT', '/metrics?x', 'GET, HEAD'],
  ] as const)('is 405 for %s %s, which takes %s', async (method, url, allow) => {
    const response = await app.http.inject({ method, url });
    expect([response.statusCode, response.headers.allow]).toEqual([405, allow]);
    expect(response.json().error.code).toBe('request.method');
  });
});

describe('request ids', () => {
  it.each(['abc-123', '4bf92f3577b34da6:1', 'a.b_c'])("are the caller's: %s", async (id) => {
    const response = await post({ query: KAYAK }, '/api/query', { 'x-request-id': id });
    expect([response.headers['x-request-id'], response.json().request_id]).toEqual([id, id]);
  });

  it.each(['', 'a b', '<script>', 'x'.repeat(129), 'ä'])('are made anew in place of %j', async (id) => {
    const response = await post({ query: KAYAK }, '/api/query', { 'x-request-id': id });
    expect(response.headers['x-request-id']).toMatch(/^[\da-f-]{36}$/);
  });
});

describe('an API token', () => {
  const token = 'a-token-of-our-own';
  let guarded: App;
  beforeAll(async () => {
    guarded = await appOver({ server: { apiToken: token } });
  });
  const get = (url: string, authorization?: string) =>
    guarded.http.inject({ url, ...(authorization !== undefined && { headers: { authorization } }) });

  it.each([
    undefined,
    'Bearer',
    'Bearer wrong',
    `Bearer ${token}x`,
    `Bearer ${token.slice(1)}`,
    `Basic ${token}`,
    token,
  ])('is asked for: %s is not enough', async (header) => {
    for (const url of ['/metrics', '/api/nothing', '/', '/%61pi/query', '/api/query']) {
      const response = await get(url, header);
      expect([url, response.statusCode]).toEqual([url, 401]);
      expect(response.headers['www-authenticate']).toBe('Bearer');
      expect(response.json().error.code).toBe('request.unauthorised');
    }
  });

  it('is asked for before a body is read, however a path is written', async () => {
    for (const url of ['/api/query', '/api/documents', '/api/%71uery']) {
      const response = await guarded.http.inject({
        method: 'POST',
        url,
        headers: { 'content-type': 'application/json' },
        payload: '{broken',
      });
      expect(response.statusCode).toBe(401);
    }
  });

  it('opens what it guards; health is open to all', async () => {
    expect((await get('/metrics', `Bearer ${token}`)).statusCode).toBe(200);
    expect((await get('/metrics', `bearer  ${token}`)).statusCode).toBe(200);
    const asked = await guarded.http.inject({
      method: 'POST',
      url: '/api/query',
      headers: { authorization: `Bearer ${token}` },
      payload: { query: KAYAK },
    });
    expect(asked.statusCode).toBe(200);
    for (const url of [
      '/health',
      '/api/health',
      '/health/live',
      '/health/ready',
      '/health/db',
      '/health/vector',
      '/health/ai',
    ]) {
      expect((await get(url)).statusCode).toBe(200);
      expect((await guarded.http.inject({ method: 'HEAD', url })).statusCode).toBe(200);
    }
  });
});

describe('pages of other origins', () => {
  const preflight = (one: App, origin: string) =>
    one.http.inject({
      method: 'OPTIONS',
      url: '/api/query',
      headers: { origin, 'access-control-request-method': 'POST' },
    });

  it('are let in by server.corsOrigins alone, without a token for the preflight', async () => {
    const other = await appOver({
      server: { corsOrigins: ['https://a.example'], apiToken: 'a-token-of-our-own' },
    });
    const allowed = await preflight(other, 'https://a.example');
    expect(allowed.statusCode).toBe(204);
    expect(allowed.headers['access-control-allow-origin']).toBe('https://a.example');
    expect(allowed.headers['access-control-allow-headers']).toContain('authorization');
    const refused = await preflight(other, 'https://b.example');
    expect(refused.headers['access-control-allow-origin']).not.toBe('https://b.example');
    const failed = await other.http.inject({ url: '/metrics', headers: { origin: 'https://a.example' } });
    expect([failed.statusCode, failed.headers['access-control-allow-origin']]).toEqual([
      401,
      'https://a.example',
    ]);
  });

  it('are not let in by default', async () => {
    const response = await preflight(app, 'https://a.example');
    expect(response.headers['access-control-allow-origin']).toBeUndefined();
  });
});

describe('the log', () => {
  const logged = async (level: string, settings: Partial<MadeSetting> = {}) => {
    const lines: string[] = [];
    const one = await appOver({ log: { level, stream: { write: (line) => lines.push(line) } }, ...settings });
    const ask = (payload: unknown, headers: Record<string, string> = {}) =>
      one.http.inject({
        method: 'POST',
        url: '/api/query?question=canary',
        headers: { 'content-type': 'application/json', ...headers },
        payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
      });
    return { lines, ask, text: () => lines.join('') };
  };

  it('is silent at warn while all goes well', async () => {
    const { lines, ask } = await logged('warn');
    await ask({ query: KAYAK });
    await ask('{broken');
    expect(lines).toEqual([]);
  });

  it('has a JSON line for each request from info on, without what was asked, answered or sent along', async () => {
    const { lines, ask, text } = await logged('trace', { server: { apiToken: 'canary-token-1' } });
    const headers = { authorization: 'Bearer canary-token-1', 'x-request-id': 'mine' };
    await ask({ query: 'canary kayak', client_id: 'canary' }, headers);
    await ask({ query: 'canary', filter: { canary: 'canary' }, canary: 1 }, headers);
    await ask('{"query": "canary', headers);
    await ask({ query: 'canary' }, { authorization: 'Bearer canary-token-2' });
    expect(text()).not.toContain('canary');
    const answered = lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'answered');
    expect(answered).toHaveLength(4);
    expect(answered[0]).toMatchObject({
      level: 30,
      request_id: 'mine',
      req: { method: 'POST', route: '/api/query' },
      status: 200,
      ms: expect.any(Number),
    });
  });

  it('has the kind and the place of what the service is to blame for', async () => {
    const failing = {
      ...made.engine,
      store: made.engine.store,
      events: made.engine.events,
      ask: async () => {
        const cause = Object.assign(new Error('connect to canary'), { code: 'ECONNREFUSED' });
        throw new GroundspeedError('generation.failed', 'canary was asked\n    at canary', { cause });
      },
    } as unknown as Engine;
    const { lines, ask, text } = await logged('error', { engine: failing });
    await ask({ query: 'canary' });
    expect(text()).not.toContain('canary');
    expect(lines).toHaveLength(1);
    const { err } = JSON.parse(lines[0]!);
    expect(err).toMatchObject({ code: 'generation.failed', message: '', cause: { code: 'ECONNREFUSED' } });
    expect(err.stack).toMatch(/^\s+at .*app\.test\.ts/);
  });
});

describe('GET /metrics', () => {
  it('counts requests by route and status, and questions by outcome', async () => {
    const one = await appOver();
    const ask = (payload: object) => one.http.inject({ method: 'POST', url: '/api/query', payload });
    await ask({ query: KAYAK });
    await ask({ query: '' });
    await one.http.inject('/secret/path/4711');
    const response = await one.http.inject('/metrics');
    expect(response.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    const text = response.body;
    expect(text).toContain('rag_requests_total{method="POST",endpoint="/api/query",status="200"} 1');
    expect(text).toContain('rag_requests_total{method="POST",endpoint="/api/query",status="400"} 1');
    expect(text).toContain('rag_requests_total{method="GET",endpoint="unmatched",status="404"} 1');
    expect(text).toContain('rag_requests_in_flight 1');
    expect(text).not.toContain('4711');
  });
});
