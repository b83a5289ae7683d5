import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openEngine } from '../../src/engine/engine.ts';
import { engineSchema } from '../../src/engine/options.ts';
import type { Clock } from '../../src/kernel/clock.ts';
import { Evaluations } from '../../src/server/analytics/evaluations.ts';
import { startObserving } from '../../src/server/analytics/observing.ts';
import { analyticsOptions } from '../../src/server/analytics/options.ts';
import { documentsTaken, NO_WAITING } from '../../src/server/documents-taken.ts';
import { engineFacts } from '../../src/server/engine-facts.ts';
import { type RunningService, startService } from '../../src/server/service.ts';
import { systemClock } from '../../src/system/clock.ts';
import { renderMetrics } from '../../src/telemetry/merge.ts';
import { telemetryOptions } from '../../src/telemetry/options.ts';
import { pastOnly } from '../../src/telemetry/past-only.ts';
import { startTracing } from '../../src/telemetry/tracing/tracing.ts';
import { appSetting, FARES, faresEngine, KAYAK, until } from '../server/made-app.ts';
import { type Family, readExposition, valueIn } from '../telemetry/exposition.ts';

/* What observability does where the world around it is not as it should be. */

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const post = (url: string, body: object): Promise<Response> =>
  fetch(url, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  });
const ask = ({ url }: RunningService, query = KAYAK) => post(`${url}/api/query`, { query });
const metricsOf = async ({ url }: RunningService) =>
  readExposition(await (await fetch(`${url}/metrics`)).text());

describe('a collector that takes spans and never answers', () => {
  let made: Awaited<ReturnType<typeof faresEngine>>;
  beforeAll(async () => {
    made = await faresEngine();
  });
  afterAll(() => made.remove());

  /** `release` answers what it holds, and all that comes from then on, with an error that nobody tries again. */
  async function hangingCollector() {
    const held: ServerResponse[] = [];
    let released = false;
    const refuse = (response: ServerResponse): void => void response.writeHead(400).end();
    const server = createServer((request, response) => {
      request.resume();
      if (released) refuse(response);
      else held.push(response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ends.push(() => {
      server.closeAllConnections();
      server.close();
    });
    return {
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      held,
      release() {
        released = true;
        for (const response of held.splice(0)) refuse(response);
      },
    };
  }

  async function traced(endpoint: string) {
    const options = telemetryOptions.tracing.parse({
      endpoint,
      sampler: 'parentbased_always_on',
      exportTimeoutMs: 30_000,
      flushMs: 100,
    });
    const tracing = (await startTracing({ options, content: false, version: '1', clock: systemClock }))!;
    const setting = appSetting({ engine: made.engine });
    const service = await startService({
      ...setting,
      tracing: tracing.forEngine(engineFacts(made.options, made.folder)),
    });
    ends.push(() => service.stop());
    return { service, tracing };
  }

  it('holds up no answer; what it took no notice of is counted in the end', async () => {
    const collector = await hangingCollector();
    const { service, tracing } = await traced(collector.endpoint);
    ends.push(() => tracing.stop());
    await ask(service);
    await until(() => collector.held.length > 0);
    for (let asked = 0; asked < 20; asked += 1) {
      const { status } = await ask(service, `${KAYAK} ${asked}`);
      const { exported, dropped } = tracing.figures();
      // It was answered while the first export was still under way.
      expect([status, exported, dropped.export_failed]).toEqual([200, 0, 0]);
    }
    collector.release();
    await until(() => {
      const { ended, dropped } = tracing.figures();
      return dropped.export_failed === ended;
    });
    const { ended } = tracing.figures();
    expect(ended).toBeGreaterThan(20);
    const lost = { reason: 'export_failed' };
    expect(valueIn(await metricsOf(service), 'rag_spans_dropped_total', lost)).toBe(ended);
  });

  it('does not hold up the end of the service longer than it may', async () => {
    const collector = await hangingCollector();
    const { service, tracing } = await traced(collector.endpoint);
    await ask(service);
    await until(() => collector.held.length > 0);
    await service.stop();
    await tracing.stop(); // tracing.flushMs, and not the half minute of an export
    expect(collector.held.length).toBeGreaterThan(0);
  });
});

describe('a calendar that is set back while the service runs', () => {
  const DAY = 86_400_000;

  async function serviceOn(clock: Clock) {
    const folder = mkdtempSync(join(tmpdir(), 'groundspeed-calendar-'));
    ends.push(() => rmSync(folder, { recursive: true, force: true }));
    const options = engineSchema.parse({ embedding: { dimensions: 4 } });
    const engine = await openEngine({ options, folder, clock, seed: 1 });
    ends.push(() => engine.close());
    const setting = appSetting({ engine });
    const { metrics } = setting;
    const observed = await startObserving({
      order: {
        analytics: analyticsOptions.analytics.parse({ flushMs: 20 }),
        evaluation: analyticsOptions.evaluation.parse({ sampleRate: 1 }),
        content: false,
      },
      folder,
      metrics,
      clock,
      log: { info: () => undefined, warn: () => undefined },
    });
    ends.push(() => observed.stop());
    const snapshot = pastOnly(() => metrics.snapshot(), clock);
    const service = await startService({
      ...setting,
      clock,
      startedAt: clock.epoch(),
      analytics: observed.analytics,
      evaluation: observed.evaluation,
      takeEvaluation: async (run) => new Evaluations(metrics, clock).take(run),
      takeDocuments: async (items) =>
        documentsTaken(await engine.ingest(items, NO_WAITING), engine.store.version),
      exposition: async (format) => renderMetrics([await snapshot()], format),
    });
    ends.push(() => service.stop());
    return service;
  }

  const TIMES = [
    'rag_index_last_success_timestamp_seconds',
    'rag_index_newest_document_timestamp_seconds',
    'rag_eval_last_success_timestamp_seconds',
  ];
  const timesIn = (families: ReadonlyMap<string, Family>): number[] =>
    TIMES.flatMap((name) => families.get(name)!.samples.map(({ value }) => value));

  /** All numbers in a JSON value, and all times, each as a number. */
  function numbersIn(value: unknown): number[] {
    if (typeof value === 'number') return [value];
    if (typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value)) return [Date.parse(value)];
    return typeof value === 'object' && value !== null ? Object.values(value).flatMap(numbersIn) : [];
  }

  it.each([
    ['by an hour', 3_600_000],
    ['by a week', 7 * DAY],
  ])('%s: nothing is negative, and nothing of the future stays', async (_name, backMs) => {
    let off = 0;
    const clock: Clock = {
      now: () => systemClock.now(),
      epoch: () => systemClock.epoch() + off,
      sleep: (duration, signal) => systemClock.sleep(duration, signal),
    };
    const service = await serviceOn(clock);
    const golden = (recall: number) =>
      post(`${service.url}/api/evaluation`, {
        dataset: 'fares',
        at: clock.epoch(),
        questions: 1,
        failed: 0,
        retrieval_accuracy: recall,
        right: recall,
        recall: { '5': recall },
        scores: { golden_recall: [recall], golden_right: [recall] },
      });
    const documents = FARES.flatMap((item) => ('document' in item ? [item.document] : []));
    const take = (some: readonly object[]) => post(`${service.url}/api/documents`, { documents: some });
    const work = async (recall: number, from: number): Promise<void> => {
      const taken = documents.slice(from, from + 3).map(({ id, title, text }) => ({ id, title, text }));
      expect((await take(taken)).status).toBe(200);
      expect((await golden(recall)).status).toBe(200);
      expect((await ask(service, `${KAYAK} ${from}`)).status).toBe(200);
    };
    const look = async () => {
      const families = await metricsOf(service);
      const json = (await (await fetch(`${service.url}/api/metrics`)).json()) as {
        readonly uptime: number;
        readonly retrieval_accuracy: number | null;
      };
      const now = clock.epoch();
      for (const { type, samples } of families.values()) {
        if (type !== 'gauge') for (const { value } of samples) expect(value).toBeGreaterThanOrEqual(0);
      }
      for (const seconds of timesIn(families)) expect(seconds * 1000).toBeLessThanOrEqual(now);
      for (const number of numbersIn(json)) {
        expect(number).toBeGreaterThanOrEqual(0);
        expect(number).toBeLessThanOrEqual(now);
      }
      return { families, json, now };
    };
    await work(1, 0);
    const before = await look();
    expect(timesIn(before.families)).toHaveLength(3);

    off = -backMs;
    const after = await look();
    // Told as of the moment at which it was noticed, and no fresher whenever it is looked at again.
    for (const seconds of timesIn(after.families)) expect(seconds * 1000).toBeGreaterThan(after.now - 60_000);
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(timesIn((await look()).families)).toEqual(timesIn(after.families));
    expect(after.json.uptime).toBe(0);
    expect(after.json.retrieval_accuracy).toBe(1);

    await new Promise((resolve) => setTimeout(resolve, 30));
    await work(0.5, 3);
    const later = await look();
    for (const [place, seconds] of timesIn(later.families).entries()) {
      expect(seconds).toBeGreaterThan(timesIn(after.families)[place]!);
    }
    expect(later.json.retrieval_accuracy).toBe(0.5);
    expect(valueIn(later.families, 'rag_eval_recall_ratio', { dataset: 'fares', k: '5' })).toBe(0.5);
    expect(valueIn(later.families, 'rag_queries_total', { outcome: 'answered' })).toBe(2);
  });
});
