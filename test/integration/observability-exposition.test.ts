import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { startExpositionServer } from '../../src/server/exposition-server.ts';
import { renderMetrics } from '../../src/telemetry/merge.ts';
import { createMetrics } from '../../src/telemetry/registry.ts';
import { workFolder } from '../cli/cli.ts';
import { childrenOf, isAlive, send, startServe } from '../cli/serving.ts';
import { until } from '../server/made-app.ts';
import { type Prometheus, startPrometheus } from '../servers/prometheus.ts';
import { pause, withoutPrograms } from '../servers/system-program.ts';

/* What a real Prometheus reads of expositions that are hard to read. */

const ABSENT = withoutPrograms('prometheus');
const work = workFolder();
const ends: (() => Promise<unknown>)[] = [];

afterAll(async () => {
  for (const end of ends.reverse()) await end();
  work.remove();
});

async function scraping(name: string, target: string): Promise<Prometheus> {
  const config = join(work.path, `${name}.yml`);
  writeFileSync(
    config,
    `global: { scrape_interval: 1s, scrape_timeout: 1s }
scrape_configs: [{ job_name: ${name}, static_configs: [{ targets: ['${target}'] }] }]
`,
  );
  const prometheus = await startPrometheus(config);
  ends.push(() => prometheus.stop());
  return prometheus;
}

/** The one number that a query gives, once it is as it should be. */
async function seen(
  prometheus: Prometheus,
  expression: string,
  so: (value: number) => boolean,
): Promise<number> {
  let last: unknown;
  for (const from = performance.now(); performance.now() - from < 30_000; await pause(100)) {
    const [series] = await prometheus.query(expression);
    last = series?.value[1];
    if (series !== undefined && so(Number(last))) return Number(last);
  }
  throw new Error(`${expression} was ${String(last)} in the end`);
}

describe.skipIf(ABSENT !== undefined).concurrent(`scraped by ${ABSENT ?? 'a real Prometheus'}`, () => {
  it('labels come as they are, whatever is in them, but for those without an end', async () => {
    const odd = 'a "model"\\with\nall: {of}, = # \u00e9\u{1f6f6}';
    const metrics = createMetrics({ version: 'v"1"\n\\', nodeVersion: 'v20' });
    metrics.cost.inc({ model: odd }, 2.5);
    metrics.cost.inc({ model: 'x'.repeat(10_000) }, 1);
    metrics.queryDuration.observe({ outcome: 'answered', cache: 'miss' }, 0.2, 'f'.repeat(32));
    const server = await startExpositionServer({
      host: '127.0.0.1',
      port: 0,
      exposition: async (format) => renderMetrics([await metrics.snapshot()], format),
    });
    ends.push(() => server.close());
    const prometheus = await scraping('odd', new URL(server.url).host);
    await seen(prometheus, 'up', (up) => up === 1);
    const costs = await prometheus.query('rag_llm_cost_usd_total');
    const byModel = Object.fromEntries(costs.map(({ metric, value }) => [metric.model, value[1]]));
    expect(byModel).toMatchObject({ [odd]: '2.5', other: '1' });
    expect(Object.keys(byModel).filter((model) => model.length > 1000)).toEqual([]);
    const overflow = 'rag_label_overflow_total{metric="rag_llm_cost_usd_total",label="model"}';
    expect(await seen(prometheus, overflow, Number.isFinite)).toBe(1);
    const [build] = await prometheus.query('rag_build_info');
    expect(build!.metric.version).toBe('v"1"\n\\');
    const [found] = await prometheus.exemplars('rag_query_duration_seconds_bucket');
    expect(found!.exemplars).toMatchObject([{ labels: { trace_id: 'f'.repeat(32) }, value: '0.2' }]);
    const [target] = await prometheus.targets();
    expect(target).toMatchObject({ health: 'up', lastError: '' });
  });

  it('two workers are one service that never counts back, though one dies and no collector is there', async () => {
    const settings = [
      'tracing.endpoint=http://127.0.0.1:9',
      'tracing.sampler=parentbased_always_on',
      'tracing.exportTimeoutMs=200',
      'tracing.flushMs=0',
    ];
    const service = await startServe(
      ['--workers', '2', ...settings.flatMap((setting) => ['--set', setting])],
      { cwd: work.path },
    );
    ends.push(() => service.stop());
    const prometheus = await scraping('workers', `127.0.0.1:${service.port}`);
    const ask = async (): Promise<void> => {
      const { status } = await send(`${service.url}/api/query`, { query: 'What does a kayak cost?' });
      expect(status).toBe(200);
    };
    for (let asked = 0; asked < 20; asked += 1) await ask();
    const answered = 'sum(rag_queries_total)';
    await seen(prometheus, answered, (count) => count === 20);
    await seen(prometheus, 'rag_spans_dropped_total{reason="export_failed"}', (dropped) => dropped > 0);
    const limit = await seen(prometheus, 'rag_memory_limit_bytes', (bytes) => bytes > 0);
    const [worker] = childrenOf(service.child.pid!);
    process.kill(worker!, 'SIGKILL');
    await until(() => !isAlive(worker!));
    for (let asked = 0; asked < 10; asked += 1) await ask();
    await seen(prometheus, answered, (count) => count === 30);
    const back = await prometheus.query('resets(rag_queries_total[1m]) > 0');
    expect(back).toEqual([]);
    expect(await seen(prometheus, 'rag_memory_limit_bytes', () => true)).toBe(limit);
    expect(await prometheus.exemplars('rag_query_duration_seconds_bucket')).toEqual([]);
    const [target] = await prometheus.targets();
    expect(target).toMatchObject({ lastError: '' });
  });
});
