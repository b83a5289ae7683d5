import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { workFolder } from '../cli/cli.ts';
import { MADE_SET } from '../cli/made-set.ts';
import { childrenOf, type Serving, send, startServe } from '../cli/serving.ts';
import { until } from '../server/made-app.ts';
import { startChatServer } from '../servers/openai-chat.ts';
import { startOtlpReceiver } from '../servers/otlp-receiver.ts';
import { type Family, readExposition, valueIn } from '../telemetry/exposition.ts';
import { fallen, scrape, scrapeFor } from './scraping.ts';

/* What the built program tells of itself, above all with several processes. */

const work = workFolder(MADE_SET);
const ends: (() => unknown)[] = [];
let indexes = 0;

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});
afterAll(() => work.remove());

async function serve(settings: readonly string[], argv: readonly string[] = [], env = {}): Promise<Serving> {
  const index = `index-${++indexes}`;
  const set = settings.flatMap((one) => ['--set', one]);
  const service = await startServe(['--index', index, ...set, ...argv], { cwd: work.path, env });
  ends.push(async () => {
    service.child.kill('SIGKILL');
    await service.ended;
  });
  return service;
}

const QUICK = ['retrieval.mode=keyword', 'embedding.provider=none'];
const LAMP = { id: 'lamp', text: 'The lamp called L1 costs 11 crowns a day.' };
const ask = ({ url }: Serving, query: string) => send(`${url}/api/query`, { query });
const metricsOf = async ({ url }: Serving) => readExposition((await send(`${url}/metrics`)).body);
const answeredIn = (families: ReadonlyMap<string, Family>): number =>
  valueIn(families, 'rag_queries_total', { outcome: 'answered' })!;

/** The lines that a service has written to stderr: each must be JSON. */
const linesOf = (err: string): { event?: string; [field: string]: unknown }[] =>
  err
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));

describe('a secret word that is sent to two workers in every way', () => {
  const CANARY = 'canary4711';

  async function driveCanary({ url }: Serving): Promise<void> {
    const headers = {
      'user-agent': CANARY,
      'x-request-id': `${CANARY} with a blank`,
      cookie: `session=${CANARY}`,
      tracestate: `vendor=${CANARY}`,
      baggage: `user=${CANARY}`,
    };
    const bodies = [
      { query: `${CANARY}: what does the lamp cost?`, client_id: CANARY },
      { query: `${CANARY}: what does the lamp cost?`, filter: { [CANARY]: CANARY } },
      { query: `${CANARY} lamp streams`, stream: true },
      { query: `${CANARY} lamp break` },
      { query: `${CANARY} lamp break`, stream: true },
      { query: `${CANARY} `.repeat(5000) },
      { query: CANARY, [CANARY]: CANARY },
    ];
    // Twice: each connection goes to the worker whose turn it is.
    for (const body of [...bodies, ...bodies]) await send(`${url}/api/query`, body, headers);
    // Ids of documents are told.
    const kept = { id: 'kept', title: CANARY, text: `The ${CANARY} lamp costs 7 crowns.` };
    await send(`${url}/api/documents`, { documents: [{ ...kept, metadata: { kind: CANARY } }] }, headers);
    await send(`${url}/api/documents`, { documents: [{ id: 'empty', title: CANARY, text: '' }] }, headers);
    await send(`${url}/api/documents`, { documents: CANARY }, headers);
    await send(`${url}/api/evaluation`, { dataset: CANARY, at: CANARY }, headers);
    await send(`${url}/${CANARY}?${CANARY}=${CANARY}`, {}, headers);
    await send(`${url}/api/analytics?${CANARY}=1`, undefined, headers);
    await send(`${url}/api/metrics`, undefined, { ...headers, authorization: `Bearer ${CANARY}` });
  }

  it('stands in the index alone; all that is said after the start is a JSON line, also with --quiet', async () => {
    const receiver = await startOtlpReceiver();
    ends.push(() => receiver.close());
    const chat = await startChatServer(({ messages }) => {
      const text = JSON.stringify(messages);
      return text.includes('break')
        ? { status: 400, message: `not this: ${text}` }
        : { pieces: ['The lamp costs 11 crowns', ` and ${CANARY} [1].`] };
    });
    ends.push(() => chat.close());
    const service = await serve(
      [
        'log.level=trace',
        'embedding.dimensions=4',
        'generation.provider=openai',
        'degradation.enabled=false',
        'analytics.flushMs=20',
        'evaluation.sampleRate=1',
        'evaluation.maxPerSecond=1000',
        `tracing.endpoint=${receiver.endpoint}`,
        'tracing.sampler=parentbased_always_on',
        'tracing.documents=false',
      ],
      ['--workers', '2', '--quiet'],
      { OPENAI_API_KEY: 'sk-of-the-service', OPENAI_BASE_URL: chat.baseUrl },
    );
    const { url } = service;
    await send(`${url}/api/documents`, { documents: [LAMP] });
    // The writer embeds, and counts that: nobody has asked anything yet.
    const calls = (await metricsOf(service)).get('gen_ai_client_operation_duration_seconds')!.samples;
    expect(calls).toContainEqual({
      name: 'gen_ai_client_operation_duration_seconds_count',
      labels: expect.objectContaining({ gen_ai_operation_name: 'embeddings', error_type: '' }),
      value: 1,
    });
    await driveCanary(service);
    await until(async () => {
      const scored = { evaluator: 'lexical_faithfulness', result: 'scored' };
      return valueIn(await metricsOf(service), 'rag_eval_samples_total', scored)! > 0;
    });
    const paths = ['/metrics', '/api/metrics', '/api/analytics', '/health'];
    const told = await Promise.all(paths.map(async (path) => (await send(`${url}${path}`)).body));
    told.push((await send(`${url}/metrics`, undefined, { accept: 'application/openmetrics-text' })).body);
    const killed = childrenOf(service.child.pid!).at(-1)!;
    let said = '';
    service.child.stderr!.on('data', (piece: Buffer) => {
      said += piece.toString('utf8');
    });
    process.kill(killed, 'SIGKILL');
    await until(() => said.includes('worker.replaced'), 30_000);
    expect(valueIn(await metricsOf(service), 'rag_workers')).toBe(2);
    const { code, out, err } = await service.stop();
    expect(code).toBe(0);

    const lines = linesOf(err);
    expect(lines.filter(({ event }) => event?.startsWith('worker.'))).toMatchObject([
      { level: 40, event: 'worker.ended', role: 'reader', worker_pid: killed, reason: 'signal SIGKILL' },
      { level: 40, event: 'worker.replaced', role: 'reader' },
    ]);
    expect(lines).toContainEqual(expect.objectContaining({ event: 'service.stopping' }));
    // The word has come through: what was answered, failed and taken in was told of.
    expect(lines.filter(({ query_sha256 }) => query_sha256 !== undefined).length).toBeGreaterThan(5);
    expect(new Set(receiver.spans.map(({ status }) => status))).toContain(2);
    expect(receiver.spans.length).toBeGreaterThan(10);
    const folder = join(work.path, service.index.path);
    const files = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => ({ name, bytes: readFileSync(join(parentPath, name)) }));
    const withIt = files.filter(({ bytes }) => bytes.toString('latin1').toLowerCase().includes(CANARY));
    const ofIndex = /^(?:store\.sqlite|keywords\.|vectors\.)/;
    expect(withIt.map(({ name }) => name).filter((name) => !ofIndex.test(name))).toEqual([]);
    expect(withIt.map(({ name }) => name)).toContain('store.sqlite');
    expect(files.map(({ name }) => name)).toContain('analytics.db');
    for (const text of [...told, out, err, receiver.raw]) expect(text.toLowerCase()).not.toContain(CANARY);
  });
});

describe('what goes wrong beside the questions', () => {
  it('is told in lines of the log, whatever --quiet says, and ends nothing', async () => {
    mkdirSync(join(work.path, `index-${indexes + 1}`, 'analytics.db'), { recursive: true });
    const service = await serve(
      ['generation.provider=openai', 'degradation.enabled=false', 'evaluation.canaryEverySeconds=1'],
      ['--dataset', 'islands', '--quiet'],
      { OPENAI_API_KEY: 'sk-none', OPENAI_BASE_URL: 'http://127.0.0.1:9/v1' },
    );
    let said = '';
    service.child.stderr!.on('data', (piece: Buffer) => {
      said += piece.toString('utf8');
    });
    await until(() => said.includes('canary.failed'), 30_000);
    expect((await send(`${service.url}/health/live`)).status).toBe(200);
    const { code, err } = await service.stop();
    expect(code).toBe(0);
    const lines = linesOf(err);
    expect(lines).toContainEqual(expect.objectContaining({ level: 40, event: 'analytics.failed' }));
    expect(lines).toContainEqual(expect.objectContaining({ level: 40, event: 'canary.failed' }));
  });
});

describe('scrapes of two workers', () => {
  it('a thousand a second, and then without end while they drain: each is whole, and no counter falls', async () => {
    const slow = ['generation.provider=simulated', 'generation.simulated.firstTokenMs=300'];
    const service = await serve([...QUICK, ...slow, 'caching.enabled=false'], ['--workers', '2']);
    const agent = new Agent({ keepAlive: true, maxSockets: 16 });
    ends.push(() => agent.destroy());
    const { url } = service;
    await send(`${url}/api/documents`, { documents: [LAMP] });
    const before = await metricsOf(service);
    const memory = valueIn(before, 'process_resident_memory_bytes')!;

    const asking = Array.from({ length: 4 }, () => ask(service, 'What does the lamp L1 cost?'));
    const scraped = await scrapeFor(1, url, agent);
    expect(new Set(scraped.map((one) => one?.status))).toEqual(new Set([200]));
    for (const { status } of await Promise.all(asking)) expect(status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 150)); // what stands, stands no more
    const after = await metricsOf(service);
    expect(answeredIn(after)).toBe(4);
    expect(fallen(before, after)).toEqual([]);
    // Far less than a text for each of them would take.
    expect(valueIn(after, 'process_resident_memory_bytes')! - memory).toBeLessThan(300e6); // of four processes; a thousand texts that nobody lets go of would be more

    const inFlight = Array.from({ length: 6 }, () => ask(service, 'What does the lamp L1 cost a day?'));
    await until(async () => (valueIn(await metricsOf(service), 'rag_queries_in_flight') ?? 0) > 0);
    const ending = service.stop();
    let last = after;
    let whole = 0;
    for (let refused = 0; refused < 3; ) {
      const one = await scrape(url, false);
      if (one === null) {
        refused += 1;
        continue;
      }
      expect([one.status, refused]).toEqual([200, 0]);
      const now = readExposition(one.body);
      expect(fallen(last, now)).toEqual([]);
      last = now;
      whole += 1;
    }
    expect(whole).toBeGreaterThan(0); // as many as the machine is quick enough for
    expect((await Promise.all(inFlight)).map(({ status }) => status)).toEqual(new Array(6).fill(200));
    const { code, err } = await ending;
    expect(code).toBe(0);
    expect(linesOf(err)).toMatchObject([{ event: 'service.stopping' }]);
  });
});

describe.each([1, 2])('metrics that are off, with %i workers', (workers) => {
  it('are not found, and all else is there', async () => {
    const service = await serve(
      [...QUICK, 'telemetry.metrics.enabled=false', 'analytics.flushMs=20'],
      ['--workers', String(workers)],
    );
    const { url } = service;
    expect((await send(`${url}/api/documents`, { documents: [LAMP] })).json.indexed).toBe(1);
    for (let turn = 0; turn < 4; turn += 1) {
      expect((await ask(service, 'What does the lamp L1 cost?')).json.answer).toContain('11 crowns');
    }
    for (let turn = 0; turn < 2; turn += 1) {
      const { status, json } = await send(`${url}/metrics`);
      expect([status, json.error.code]).toEqual([404, 'request.notFound']);
    }
    expect((await send(`${url}/health`)).json.status).toBe('healthy');
    await until(async () => JSON.parse((await send(`${url}/api/metrics`)).body).query_count === 4);
    const { code, err } = await service.stop();
    expect(code).toBe(0);
    expect(linesOf(err)).toMatchObject([{ event: 'service.stopping' }]);
  });
});
