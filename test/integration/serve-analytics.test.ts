import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../../src/cli/program.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { streamAnswer } from '../../src/engine/stream.ts';
import { sha256 } from '../../src/kernel/digest.ts';
import { CANARY_CLIENT, CANARY_HEADER, canaryProof } from '../../src/server/analytics/canary-proof.ts';
import { Evaluations } from '../../src/server/analytics/evaluations.ts';
import { startObserving } from '../../src/server/analytics/observing.ts';
import { analyticsOptions } from '../../src/server/analytics/options.ts';
import { engineFacts } from '../../src/server/engine-facts.ts';
import { type RunningService, startService } from '../../src/server/service.ts';
import { systemClock } from '../../src/system/clock.ts';
import { telemetryOptions } from '../../src/telemetry/options.ts';
import { startTracing } from '../../src/telemetry/tracing/tracing.ts';
import { memoryWorld } from '../cli-unit/memory-world.ts';
import { appSetting, FARES, faresEngine, heldEngine, KAYAK, until } from '../server/made-app.ts';
import { startOtlpReceiver } from '../servers/otlp-receiver.ts';
import { readExposition, valueIn } from '../telemetry/exposition.ts';

const CANARY = 'canary4711';
const TOKEN = 'token-of-the-service';
const ends: (() => unknown)[] = [];
let fares: Awaited<ReturnType<typeof faresEngine>>;

beforeAll(async () => {
  fares = await faresEngine();
});
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});
afterAll(() => fares.remove());

interface Serving {
  readonly content?: boolean;
  readonly evaluation?: object;
  readonly analytics?: object;
  readonly server?: object;
  readonly engine?: Engine;
  /** Of the engine, as the service reads them. */
  readonly options?: object;
  readonly canarySecret?: string;
}

/** A service that observes all it can: logs at the lowest level, metrics, spans of every question, analytics, online scores. */
async function serve({
  content = false,
  evaluation = {},
  analytics = {},
  server = {},
  engine = fares.engine,
  options = {},
  canarySecret,
}: Serving = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'groundspeed-observed-'));
  ends.push(() => rmSync(folder, { recursive: true, force: true }));
  const receiver = await startOtlpReceiver();
  ends.push(() => receiver.close());
  const lines: string[] = [];
  const setting = appSetting({ engine, server, options });
  const { metrics, clock } = setting;
  const tracing = await startTracing({
    options: telemetryOptions.tracing.parse({
      endpoint: receiver.endpoint,
      sampler: 'always_on',
      documents: true,
    }),
    content,
    version: '1.2.3',
    clock,
  });
  const ofEngine = tracing!.forEngine(engineFacts(fares.options, fares.folder));
  const observed = await startObserving({
    order: {
      analytics: analyticsOptions.analytics.parse({ flushMs: 50, ...analytics }),
      evaluation: analyticsOptions.evaluation.parse({ sampleRate: 1, maxPerSecond: 1000, ...evaluation }),
      content,
    },
    folder,
    metrics,
    clock,
    tracing: ofEngine,
    log: { info: () => undefined, warn: (_fields, message) => lines.push(message) },
  });
  const service = await startService({
    ...setting,
    tracing: ofEngine,
    analytics: observed.analytics,
    evaluation: observed.evaluation,
    canarySecret,
    takeEvaluation: async (run) => new Evaluations(metrics, clock).take(run),
    log: { level: 'trace', stream: { write: (line) => lines.push(line) }, content },
  });
  const end = async (): Promise<void> => {
    await service.stop();
    await observed.stop();
    await tracing!.stop();
  };
  ends.push(end);
  return { service, observed, receiver, lines, end, folder };
}

function post(
  { url }: RunningService,
  path: string,
  body: object | string,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(`${url}${path}`, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  });
}

const read = async ({ url }: RunningService, path: string, headers = {}): Promise<Record<string, unknown>> =>
  (await fetch(`${url}${path}`, { headers })).json() as Promise<Record<string, unknown>>;

const scored = async ({ url }: RunningService): Promise<number> => {
  const text = await (await fetch(`${url}/metrics`)).text();
  const labels = { evaluator: 'empty_retrieval', result: 'scored' };
  return valueIn(readExposition(text), 'rag_eval_samples_total', labels) ?? 0;
};

/** Breaks, with what it was asked in every text, where the question says so. */
function breaking(): Engine {
  const broken: Engine['ask'] = async (question, options) => {
    if (!question.includes('break')) return fares.engine.ask(question, options);
    const cause = Object.assign(new Error(`cause: ${question}`), { code: question });
    throw Object.assign(new Error(`failed: ${question}\n    at ${question}`, { cause }), {
      detail: question,
    });
  };
  return new Proxy(fares.engine, {
    get(target, name) {
      if (name === 'ask') return broken;
      if (name === 'stream')
        return ((question, options = {}) =>
          streamAnswer((streamed) => broken(question, streamed), options)) satisfies Engine['stream'];
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/** A canary in everything that a caller can send. */
async function driveCanary(service: RunningService): Promise<void> {
  const headers = {
    'user-agent': CANARY,
    'x-request-id': `${CANARY} with a blank`,
    cookie: `session=${CANARY}`,
    referer: `http://${CANARY}.example`,
    tracestate: `vendor=${CANARY}`,
    baggage: `user=${CANARY}`,
  };
  const send = async (path: string, body: object | string): Promise<void> => {
    await (await post(service, path, body, headers)).text();
  };
  await send('/api/query', { query: `${CANARY}: what does a kayak cost?`, client_id: CANARY });
  await send('/api/query', { query: `${CANARY}: what does a dog cost?`, filter: { [CANARY]: CANARY } });
  await send('/api/query', { query: `${CANARY} streams`, stream: true });
  await send('/api/query', { query: `${CANARY} break` });
  await send('/api/query', { query: `${CANARY} break`, stream: true });
  await send('/api/query', { query: CANARY, [CANARY]: CANARY });
  await send('/api/query', `{"query": "${CANARY}`);
  await send(`/${CANARY}?${CANARY}=${CANARY}`, {});
  await send('/api/documents', {
    documents: [
      { id: 'secretive', title: CANARY, text: `The ${CANARY} is kept below.`, metadata: { kind: CANARY } },
    ],
  });
  await send('/api/documents', { documents: [{ id: 'empty', text: '', metadata: { kind: CANARY } }] });
  await send('/api/evaluation', { dataset: CANARY, at: CANARY });
  await fetch(`${service.url}/api/analytics?${CANARY}=1`, { headers });
  await fetch(`${service.url}/api/metrics`, { headers: { ...headers, authorization: `Bearer ${CANARY}` } });
}

describe('a canary in queries, documents, filters, errors and headers', () => {
  it('appears in no log, span, metric or figure', async () => {
    const { service, lines, receiver, end, folder } = await serve({ engine: breaking() });
    await driveCanary(service);
    await until(async () => (await scored(service)) >= 3);
    const told = [
      await (await fetch(`${service.url}/metrics`)).text(),
      await (
        await fetch(`${service.url}/metrics`, { headers: { accept: 'application/openmetrics-text' } })
      ).text(),
      JSON.stringify(await read(service, '/api/metrics')),
      JSON.stringify(await read(service, '/api/analytics')),
      await (await fetch(`${service.url}/health`)).text(),
    ];
    await end();
    expect(receiver.spans.length).toBeGreaterThan(5);
    expect(lines.length).toBeGreaterThan(10);
    expect(told.join('').toLowerCase()).not.toContain(CANARY);
    expect(receiver.raw.toLowerCase()).not.toContain(CANARY);
    expect(lines.join('').toLowerCase()).not.toContain(CANARY);
    expect(readFileSync(join(folder, 'analytics.db')).includes(CANARY)).toBe(false);
    await fares.engine.ingest(FARES, { removeMissing: true });
  });

  it('appears where text is opted in: the first characters of questions', async () => {
    const { service, lines, end } = await serve({ content: true });
    await (await post(service, '/api/query', { query: `${CANARY} ${'x'.repeat(200)}` })).text();
    const analytics = (await read(service, '/api/analytics')) as {
      popular_queries: { query: string }[];
    };
    await end();
    const line = lines.map((one) => JSON.parse(one)).find(({ query }) => query !== undefined);
    expect(line.query).toBe(`${CANARY} ${'x'.repeat(89)}`);
    expect(analytics.popular_queries[0]!.query).toBe(line.query);
  });
});

describe('the line of a question', () => {
  it('holds its hash and length, its trace, ids, scores and times', async () => {
    const { service, lines, end } = await serve();
    const response = await post(service, '/api/query', { query: KAYAK }, { 'x-request-id': 'mine' });
    await response.text();
    await end();
    const line = lines
      .map((one) => JSON.parse(one))
      .find(({ request_id, msg }) => request_id === 'mine' && msg === 'answered');
    expect(line).toMatchObject({
      req: { method: 'POST', route: '/api/query' },
      status: 200,
      outcome: 'answered',
      query_sha256: sha256(KAYAK),
      query_chars: KAYAK.length,
      trace_id: expect.stringMatching(/^[0-9a-f]{32}$/),
      span_id: expect.stringMatching(/^[0-9a-f]{16}$/),
      documents: expect.arrayContaining(['kayak']),
      ms: expect.any(Number),
    });
    expect(line.scores).toHaveLength(line.documents.length);
    expect(Object.keys(line.stages)).toEqual(['embed', 'retrieve', 'rerank', 'prompt', 'generate']);
  });

  it('is there for a caller that went away, for what was refused, and for what was taken in', async () => {
    const engine = heldEngine(fares.engine);
    const { service, lines, end } = await serve({
      engine,
      options: { limits: { maxConcurrentQueries: 1 } },
      server: { maxQueuedQueries: 0 },
    });
    const leaving = new AbortController();
    const held = fetch(`${service.url}/api/query`, {
      method: 'POST',
      body: JSON.stringify({ query: KAYAK }),
      headers: { 'content-type': 'application/json', 'x-request-id': 'leaves' },
      signal: leaving.signal,
    });
    await until(() => engine.held === 1);
    for (let refused = 0; refused < 3; refused += 1) {
      expect((await post(service, '/api/query', { query: KAYAK })).status).toBe(503);
    }
    leaving.abort();
    await expect(held).rejects.toThrow();
    await until(() => engine.held === 0);
    await (
      await post(service, '/api/documents', { documents: [{ id: 'tandem', text: 'It costs £9.' }] })
    ).text();
    await until(
      async () => ((await read(service, '/api/metrics')) as { query_count: number }).query_count === 3,
    );
    expect(await read(service, '/api/metrics')).toMatchObject({
      outcomes: { rejected: 3, error: 0 },
      error_rate: 1,
    });
    await end();
    const events = lines.map((one) => JSON.parse(one));
    const found = (fields: object): object =>
      events.find((line) => Object.entries(fields).every(([name, value]) => line[name] === value));
    expect(found({ request_id: 'leaves', msg: 'answered' })).toMatchObject({
      status: 499,
      outcome: 'withdrawn',
    });
    expect(found({ status: 503 })).toMatchObject({ code: 'engine.overloaded', outcome: 'rejected' });
    const refusals = events.filter(({ event }) => event === 'queue.refused');
    expect(refusals.map(({ queue, count }) => [queue, count])).toEqual([
      ['queries', 1],
      ['queries', 2],
    ]);
    expect(found({ event: 'ingest.finished' })).toMatchObject({ indexed: 1, failed: 0, level: 30 });
    await fares.engine.ingest(FARES, { removeMissing: true });
  });
});

describe('GET /api/metrics and /api/analytics', () => {
  it('tell of the questions that were asked, streamed ones too', async () => {
    const { service } = await serve({ engine: breaking(), analytics: { clients: 'web' } });
    const ask = async (body: object): Promise<void> =>
      void (await (await post(service, '/api/query', body)).text());
    await ask({ query: 'What does the crossing cost for a caravan?', client_id: 'web' });
    await ask({ query: 'What does the crossing cost for a caravan?', client_id: 'web', stream: true });
    await ask({ query: 'break', client_id: 'mary' });
    await ask({ query: 'break', stream: true });
    await ask({ query: '' });
    await until(
      async () => ((await read(service, '/api/metrics')) as { query_count: number }).query_count === 4,
    );
    expect(await read(service, '/api/metrics')).toMatchObject({
      success: true,
      outcomes: { answered: 2, error: 2 },
      error_rate: 0.5,
      p50_response_time: expect.any(Number),
      retrieval_accuracy: null,
      uptime_percentage: 100,
    });
    const { clients, documents } = (await read(service, '/api/analytics?limit=5')) as {
      clients: { client: string; queries: number; errors: number }[];
      documents: { most_retrieved: { id: string; count: number }[] };
    };
    expect(clients).toContainEqual(expect.objectContaining({ client: 'web', queries: 2, errors: 0 }));
    expect(clients).toContainEqual(
      expect.objectContaining({ client: expect.stringMatching(/^client-/), errors: 1 }),
    );
    expect(documents.most_retrieved).toContainEqual({ id: 'caravan', count: 2 });
  });

  it('know a canary by what it proves, and not by how it calls itself', async () => {
    const { service } = await serve({ server: { apiToken: TOKEN }, canarySecret: 'own secret' });
    const headers = { authorization: `Bearer ${TOKEN}` };
    const ask = async (more: Record<string, string>): Promise<void> => {
      const body = { query: KAYAK, client_id: CANARY_CLIENT };
      await (await post(service, '/api/query', body, { ...headers, ...more })).text();
    };
    const counted = (): Promise<Record<string, unknown>> => read(service, '/api/metrics', headers);
    await ask({});
    await ask({ [CANARY_HEADER]: 'true' });
    await ask({ [CANARY_HEADER]: CANARY_CLIENT });
    await ask({ [CANARY_HEADER]: canaryProof('another token') });
    await ask({ [CANARY_HEADER]: canaryProof(TOKEN) });
    await ask({ [CANARY_HEADER]: 'own secret' });
    await until(async () => (await counted()).canary_queries === 2);
    expect(await counted()).toMatchObject({ query_count: 4, canary_queries: 2 });
    const scoredHere = async (): Promise<number> => {
      const text = await (await fetch(`${service.url}/metrics`, { headers })).text();
      const labels = { evaluator: 'empty_retrieval', result: 'scored' };
      return valueIn(readExposition(text), 'rag_eval_samples_total', labels) ?? 0;
    };
    await until(async () => (await scoredHere()) === 4);
  });

  it('call what became of a question as metrics and the log do', async () => {
    const { service, lines, end } = await serve();
    const filter = { kind: 'nothing is of this kind' };
    expect(await (await post(service, '/api/query', { query: KAYAK, filter })).json()).toMatchObject({
      abstained: true,
      sources: [],
    });
    const outcomes = async (): Promise<unknown> => (await read(service, '/api/metrics')).outcomes;
    await until(async () => ((await outcomes()) as { no_context: number }).no_context === 1);
    expect(await outcomes()).toMatchObject({ no_context: 1, abstained: 0, answered: 0 });
    const readings = readExposition(await (await fetch(`${service.url}/metrics`)).text());
    expect(valueIn(readings, 'rag_queries_total', { outcome: 'no_context' })).toBe(1);
    expect(valueIn(readings, 'rag_queries_total', { outcome: 'abstained' })).toBe(0);
    await end();
    const line = lines
      .map((one) => JSON.parse(one))
      .find(({ msg, outcome }) => msg === 'answered' && outcome);
    expect(line.outcome).toBe('no_context');
  });

  it('are for those with the token, and there only where analytics are kept', async () => {
    const { service } = await serve({ server: { apiToken: TOKEN } });
    for (const path of ['/api/metrics', '/api/analytics']) {
      expect((await fetch(`${service.url}${path}`)).status).toBe(401);
      const headers = { authorization: `Bearer ${TOKEN}` };
      expect((await fetch(`${service.url}${path}`, { headers })).status).toBe(200);
      expect((await fetch(`${service.url}${path}?days=0`, { headers })).status).toBe(400);
    }
    expect((await post(service, '/api/evaluation', {})).status).toBe(401);
    const without = await serve({ analytics: { enabled: false } });
    expect((await fetch(`${without.service.url}/api/metrics`)).status).toBe(404);
  });

  it('are not kept where the file cannot be: the service goes on', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'groundspeed-file-')), 'file');
    writeFileSync(file, '');
    const told: object[] = [];
    const { metrics, clock } = appSetting({ engine: fares.engine });
    const observed = await startObserving({
      order: {
        analytics: analyticsOptions.analytics.parse({}),
        evaluation: analyticsOptions.evaluation.parse({ sampleRate: 0 }),
        content: false,
      },
      folder: file,
      metrics,
      clock,
      log: { info: () => undefined, warn: (fields) => told.push(fields) },
    });
    expect(observed).toMatchObject({ analytics: undefined, evaluation: undefined });
    expect(told).toMatchObject([{ event: 'analytics.failed', err: expect.any(Error) }]);
    await observed.stop();
    rmSync(join(file, '..'), { recursive: true });
  });
});

describe('online evaluation', () => {
  it('adds its scores to the trace of the question', async () => {
    const { service, receiver, end } = await serve();
    await (await post(service, '/api/query', { query: KAYAK })).text();
    await until(async () => (await scored(service)) === 1);
    await end();
    const question = receiver.spans.find(({ name }) => name === 'rag.query')!;
    const evaluation = receiver.spans.find(({ name }) => name === 'evaluate')!;
    expect(evaluation).toMatchObject({ traceId: question.traceId, parentSpanId: question.spanId });
    expect(evaluation.events).toContainEqual({
      name: 'gen_ai.evaluation.result',
      attributes: {
        'gen_ai.evaluation.name': 'empty_retrieval',
        'gen_ai.evaluation.score.value': 0,
        'gen_ai.evaluation.score.label': 'pass',
      },
    });
  });

  it('does not hold up an answer, however long a judgement takes', async () => {
    const { service } = await serve({ evaluation: { maxPerSecond: 0.01 } });
    for (let asked = 0; asked < 5; asked += 1) {
      expect((await post(service, '/api/query', { query: KAYAK })).status).toBe(200);
    }
    expect(await scored(service)).toBe(0);
  });
});

describe('canary, from its arguments to its exit code', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'groundspeed-canary-'));
    const set = join(folder, 'fares');
    mkdirSync(set);
    const written = (name: string, rows: readonly object[]): void =>
      writeFileSync(join(set, name), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    const documents = FARES.flatMap((item) => ('document' in item ? [item.document] : []));
    written(
      'corpus.jsonl',
      documents.map(({ id, title, text }) => ({ _id: id, title, text })),
    );
    written(
      'questions.jsonl',
      documents.map(({ id }, pounds) => ({
        id,
        question: `What does the crossing cost for a ${id}?`,
        answers: [`£${pounds}.50`],
        evidence: [{ document: id, quote: `The crossing for a ${id} costs £${pounds}.50.` }],
        relevant: [id],
        answerable: true,
        split: 'test',
      })),
    );
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const started = (argv: readonly string[], env = {}) => {
    const world = {
      ...memoryWorld(['canary', '--dataset', join(folder, 'fares'), ...argv], { env }),
      clock: systemClock,
    };
    return { world, ended: runCli(world) };
  };

  it('asks one round, tells the service, and adds it to a history', async () => {
    const { service } = await serve({ server: { apiToken: TOKEN } });
    const reports = join(folder, 'reports');
    const { world, ended } = started(
      ['--target', service.url, '--once', '--json', '--k', '1,5', '--history', 'live', '--reports', reports],
      { GROUNDSPEED_API_TOKEN: TOKEN },
    );
    expect(await ended, world.err.text()).toBe(0);
    const told = JSON.parse(world.out.text());
    expect(told).toMatchObject({
      dataset: 'fares',
      questions: 6,
      failed: 0,
      recall: { '5': 1 },
      right: expect.any(Number),
    });
    const headers = { authorization: `Bearer ${TOKEN}` };
    const text = await (await fetch(`${service.url}/metrics`, { headers })).text();
    const readings = readExposition(text);
    expect(valueIn(readings, 'rag_eval_recall_ratio', { dataset: 'fares', k: '5' })).toBe(1);
    const at = valueIn(readings, 'rag_eval_last_success_timestamp_seconds', { dataset: 'fares', k: '5' })!;
    expect(Math.abs(at - Date.now() / 1000)).toBeLessThan(60);
    expect(await read(service, '/api/metrics', headers)).toMatchObject({
      query_count: 0,
      canary_queries: 6,
      retrieval_accuracy: 1,
    });
    const [line] = readFileSync(join(reports, 'history', 'live.jsonl'), 'utf8').split('\n');
    expect(JSON.parse(line!)).toMatchObject({ kind: 'evaluate', dataset: { name: 'fares' } });
  });

  it('asks past the caches, so that its recall is that of the index as it is', async () => {
    const own = await faresEngine();
    ends.push(own.remove);
    const { service } = await serve({ engine: own.engine, server: { apiToken: TOKEN } });
    const headers = { authorization: `Bearer ${TOKEN}` };
    const readings = async () =>
      readExposition(await (await fetch(`${service.url}/metrics`, { headers })).text());
    const { world, ended } = started(['--target', service.url, '--every', '50ms'], {
      GROUNDSPEED_API_TOKEN: TOKEN,
    });
    await until(() => world.out.text().split('\n').length > 3);
    const before = await readings();
    for (const layer of ['embedding', 'retrieval', 'response']) {
      for (const result of ['hit', 'miss'])
        expect(valueIn(before, 'rag_cache_requests_total', { layer, result }), layer).toBe(0);
    }
    const recall = async () =>
      valueIn(await readings(), 'rag_eval_recall_ratio', { dataset: 'fares', k: '5' });
    expect(await recall()).toBe(1);
    // As many stay as a question takes: what is missing is not found.
    await own.engine.ingest(FARES.slice(0, 3), { removeMissing: true });
    await until(async () => (await recall()) === 0.5);
    world.interrupt();
    expect(await ended).toBe(0);
    expect(world.err.text()).not.toContain('cache');
  });

  it('says once that a service takes no "cache": false, and goes on', async () => {
    let refused = 0;
    const strict = createServer(async (request, response) => {
      const body = JSON.parse(Buffer.concat(await request.toArray()).toString('utf8'));
      response.setHeader('content-type', 'application/json');
      if (body.cache !== undefined) {
        refused += 1;
        response.writeHead(400).end('{"error": {"message": "there is no field cache"}}');
        return;
      }
      const subject = /a (\w+)\?$/.exec(body.query)![1];
      response.end(
        JSON.stringify({ answer: 'It depends.', sources: [{ id: subject, text: 'It depends.' }] }),
      );
    });
    await new Promise<void>((resolve) => strict.listen(0, '127.0.0.1', resolve));
    ends.push(() => strict.close());
    const { port } = strict.address() as AddressInfo;
    const argv = ['--target', `http://127.0.0.1:${port}`, '--every', '50ms', '--metrics-port', '0'];
    const { world, ended } = started(argv);
    await until(() => world.out.text().split('\n').length > 3);
    world.interrupt();
    expect(await ended, world.err.text()).toBe(0);
    expect(world.out.text()).toContain('fares: recall@5 100.0 %');
    expect(world.err.text().split('takes no "cache": false')).toHaveLength(2);
    expect(refused).toBe(6);
  });

  it('counts as anybody where there is no token that could prove what it is', async () => {
    const { service } = await serve();
    const { world, ended } = started(['--target', service.url, '--once']);
    expect(await ended, world.err.text()).toBe(0);
    expect(await read(service, '/api/metrics')).toMatchObject({ query_count: 6, canary_queries: 0 });
  });

  it('goes on by schedule until it is interrupted, which is no failure', async () => {
    const { service } = await serve();
    const { world, ended } = started(['--target', service.url, '--every', '100ms', '--questions', '2']);
    await until(() => world.out.text().split('\n').length > 3);
    world.interrupt();
    expect(await ended).toBe(0);
    expect(world.out.text()).toMatch(
      /^\S+Z fares: recall@5 100\.0 %, right 100\.0 %, 2 questions, 0 failed\n/,
    );
  });

  it('serves what it found out itself, where the service does not take it', async () => {
    const { service } = await serve();
    const argv = ['--target', service.url, '--every', '1h', '--metrics-port', '0'];
    const { world, ended } = started(argv);
    await until(() => world.out.text().includes('fares'));
    const [, url] = /metrics: (\S+)/.exec(world.err.text())!;
    const text = await (await fetch(url!)).text();
    expect(text).toContain('rag_eval_recall_ratio{dataset="fares",k="5"} 1');
    expect(text).not.toContain('rag_queries_total');
    const own = await (await fetch(`${service.url}/metrics`)).text();
    expect(own).not.toContain('rag_eval_recall_ratio{');
    world.interrupt();
    expect(await ended).toBe(0);
  });

  it('says what is wrong, with the exit code of a target that is not there', async () => {
    const { world, ended } = started(['--target', 'http://127.0.0.1:9', '--once']);
    expect(await ended).toBe(5);
    expect(world.err.text()).toContain('target.connect');
    const none = started(['--once']);
    expect(await none.ended).toBe(2);
    expect(none.world.err.text()).toContain('--target');
    const { service } = await serve({ server: { apiToken: TOKEN } });
    const refused = started(['--target', service.url, '--once']);
    expect(await refused.ended).not.toBe(0);
    expect(refused.world.err.text()).toContain('golden questions came to nothing');
  });

  it('warns of a round that failed, and asks again', async () => {
    const { world, ended } = started(['--target', 'http://127.0.0.1:9', '--every', '50ms']);
    await until(() => world.err.text().split('this round came to nothing').length > 2);
    world.interrupt();
    expect(await ended).toBe(0);
  });
});
