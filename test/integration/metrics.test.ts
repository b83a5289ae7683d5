import { spawnSync } from 'node:child_process';
import { Agent } from 'node:http';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { engineFacts } from '../../src/server/engine-facts.ts';
import type { AppSetting } from '../../src/server/parts.ts';
import { type RunningService, startService } from '../../src/server/service.ts';
import { standingExposition } from '../../src/server/standing-exposition.ts';
import { systemClock } from '../../src/system/clock.ts';
import { renderMetrics } from '../../src/telemetry/merge.ts';
import { telemetryOptions } from '../../src/telemetry/options.ts';
import { watchProcess } from '../../src/telemetry/process-metrics.ts';
import { createMetrics } from '../../src/telemetry/registry.ts';
import { startTracing } from '../../src/telemetry/tracing/tracing.ts';
import { appSetting, faresEngine, heldEngine, KAYAK, type MadeSetting, until } from '../server/made-app.ts';
import { readExposition, valueIn } from '../telemetry/exposition.ts';
import { scrapeFor } from './scraping.ts';

const OPEN_METRICS = { accept: 'application/openmetrics-text;version=1.0.0,text/plain;q=0.5' };
const promtool = spawnSync('promtool', ['--version']).status === 0;

let made: Awaited<ReturnType<typeof faresEngine>>;
const ends: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  made = await faresEngine();
  return () => made.remove();
});
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function serve(
  setting: Partial<MadeSetting> = {},
  more: Partial<AppSetting> = {},
): Promise<RunningService> {
  const metrics = more.metrics ?? createMetrics({ version: '1.2.3', nodeVersion: 'v20' });
  const processSnapshot = watchProcess({ folder: made.folder });
  const service = await startService({
    ...appSetting({ engine: made.engine, ...setting }),
    exposition: async (format) => renderMetrics([await metrics.snapshot(), await processSnapshot()], format),
    ...more,
    metrics,
  });
  ends.push(() => service.stop());
  return service;
}

const collectGarbage = ((): (() => void) => {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
})();

function heapAfterCollection(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

const ask = ({ url }: RunningService, query = KAYAK): Promise<Response> =>
  fetch(`${url}/api/query`, {
    method: 'POST',
    body: JSON.stringify({ query }),
    headers: { 'content-type': 'application/json' },
  });

const scrape = async ({ url }: RunningService, headers: Record<string, string> = {}): Promise<string> =>
  (await fetch(`${url}/metrics`, { headers })).text();

describe('GET /metrics', () => {
  it.skipIf(!promtool && process.env.CI !== 'true')(
    'passes promtool check metrics, of a service that has answered, failed and learnt (skipped without promtool)',
    async () => {
      const service = await serve();
      await ask(service);
      await ask(service, '');
      await fetch(`${service.url}/no/such/"path"`);
      await fetch(`${service.url}/api/documents`, {
        method: 'POST',
        body: JSON.stringify({
          documents: [{ id: 'new', title: 'N', text: 'A new ferry sails on Monday.' }],
        }),
        headers: { 'content-type': 'application/json' },
      });
      const text = await scrape(service);
      const checked = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
      expect(checked.stderr + checked.stdout).toBe('');
      expect(checked.status).toBe(0);
      const families = readExposition(text);
      expect(valueIn(families, 'rag_documents_processed_total', { result: 'indexed' })).toBe(1);
      const age =
        Date.now() / 1000 -
        valueIn(families, 'rag_index_newest_document_timestamp_seconds', { index: 'main' })!;
      expect(age).toBeGreaterThanOrEqual(0);
    },
  );

  it('answers in OpenMetrics who accepts it, with the trace ids of sampled questions', async () => {
    const options = telemetryOptions.tracing.parse({
      endpoint: 'http://127.0.0.1:9', // nobody listens: what is traced is lost, and counted
      sampler: 'parentbased_always_on',
      exportTimeoutMs: 50,
      flushMs: 0,
    });
    const tracing = await startTracing({ options, content: false, version: '1', clock: systemClock });
    ends.push(() => tracing!.stop());
    const facts = engineFacts(made.options, made.folder);
    const service = await serve({}, { tracing: tracing!.forEngine(facts) });
    await ask(service);
    const text = await scrape(service, OPEN_METRICS);
    expect(text).toMatch(/rag_query_duration_seconds_bucket\{.*\} 1 # \{trace_id="[0-9a-f]{32}"\} /);
    expect(text.endsWith('# EOF\n')).toBe(true);
    const { headers } = await fetch(`${service.url}/metrics`, { headers: OPEN_METRICS });
    expect(headers.get('content-type')).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
    expect(headers.get('vary')).toContain('accept');
    expect(await scrape(service)).not.toContain('trace_id');
  });

  it('has no exemplars without tracing', async () => {
    const service = await serve();
    await ask(service);
    expect(await scrape(service, OPEN_METRICS)).not.toContain('trace_id');
  });

  it('is not there where metrics are off, and then nobody listens to the engine', async () => {
    const metrics = createMetrics({ version: '1', nodeVersion: 'v20', enabled: false });
    const service = await serve({}, { metrics });
    expect((await ask(service)).status).toBe(200);
    expect((await fetch(`${service.url}/metrics`)).status).toBe(404);
    expect(made.engine.events.active).toBe(false);
  });

  it('answers while the service goes down', async () => {
    const engine = heldEngine(made.engine);
    const service = await serve({ engine, server: { drainMs: 5000 } });
    const answer = ask(service);
    await until(() => engine.held === 1);
    const stopped = service.stop();
    await until(async () => (await ask(service)).status === 503);
    const families = readExposition(await scrape(service));
    expect(valueIn(families, 'rag_queries_in_flight')).toBe(1);
    expect(
      valueIn(families, 'rag_requests_refused_total', { queue: 'queries', reason: 'draining' }),
    ).toBeGreaterThan(0);
    engine.release();
    expect((await answer).status).toBe(200);
    await stopped;
  });

  it('stands a thousand scrapes a second: questions are answered, readings are few, and nothing is left of them', async () => {
    const metrics = createMetrics({ version: '1.2.3', nodeVersion: 'v20' });
    let readings = 0;
    const exposition = standingExposition(async (format) => {
      readings += 1;
      return renderMetrics([await metrics.snapshot()], format);
    }, systemClock);
    const service = await serve({}, { metrics, exposition });
    const agent = new Agent({ keepAlive: true, maxSockets: 16 });
    ends.push(async () => agent.destroy());
    for (const one of await scrapeFor(0.2, service.url, agent)) expect(one?.status).toBe(200);
    const heap = heapAfterCollection();
    readings = 0;
    const start = performance.now();
    let over = false;
    const asking = (async () => {
      const statuses: number[] = [];
      for (; !over; ) statuses.push((await ask(service, `${KAYAK} ${statuses.length}`)).status);
      return statuses;
    })();
    const statuses = (await scrapeFor(2, service.url, agent)).map((one) => one?.status);
    over = true;
    const tenths = (performance.now() - start) / 100;
    expect(statuses).toHaveLength(2000);
    expect(new Set(statuses)).toEqual(new Set([200]));
    const answered = await asking;
    expect(new Set(answered)).toEqual(new Set([200]));
    expect(answered.length).toBeGreaterThan(5);
    expect(readings).toBeGreaterThan(0);
    expect(readings).toBeLessThanOrEqual(tenths + 1);
    expect(heapAfterCollection() - heap).toBeLessThan(20e6);
  });

  it('is compressed for who accepts that, and says so', async () => {
    const service = await serve();
    const get = (accepted: string) =>
      fetch(`${service.url}/metrics`, { headers: { 'accept-encoding': accepted } });
    for (const accepted of ['gzip', 'deflate, GZIP;q=0.5', 'gzip, deflate, br']) {
      const response = await get(accepted);
      expect(response.headers.get('content-encoding')).toBe('gzip');
      expect(response.headers.get('vary')).toBe('accept, accept-encoding');
      expect(await response.text()).toContain('rag_queries_total');
    }
    for (const refused of ['identity', 'gzip;q=0', 'gzip;q=0.0, br', 'x-gzipped']) {
      const response = await get(refused);
      expect(response.headers.get('content-encoding')).toBeNull();
      expect(await response.text()).toContain('rag_queries_total');
    }
  });

  it('stands a thousand scrapes, and paths and words that somebody makes up, with no series more', async () => {
    const service = await serve();
    await ask(service);
    await fetch(`${service.url}/made-up`);
    await scrape(service);
    /** Ours: those of Node.js go by what it did, a kind of garbage collection, say. */
    const seriesOf = (text: string): string[] =>
      [...readExposition(text)]
        .filter(([name]) => name.startsWith('rag_'))
        .flatMap(([, { samples }]) => samples.map(({ name, labels }) => `${name} ${JSON.stringify(labels)}`));
    const before = seriesOf(await scrape(service));
    const work = Array.from({ length: 20 }, async (_, worker) => {
      for (let turn = 0; turn < 50; turn += 1) {
        expect(await scrape(service, turn % 2 === 0 ? OPEN_METRICS : {})).toContain('rag_queries_total');
        if (turn % 10 === 0) await fetch(`${service.url}/made-up/${worker}/${turn}?q=${'x'.repeat(10_000)}`);
      }
    });
    await Promise.all(work);
    const text = await scrape(service);
    expect(seriesOf(text)).toEqual(before);
    const families = readExposition(text);
    expect(
      valueIn(families, 'rag_requests_total', { method: 'GET', endpoint: '/metrics', status: '200' }),
    ).toBeGreaterThan(1000);
  });
});
