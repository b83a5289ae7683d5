import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askPrometheus } from '../../src/cli/dashboards-live.ts';
import { runCli } from '../../src/cli/program.ts';
import type { LiveQuery } from '../../src/dashboards/check/live.ts';
import { CATALOGUE } from '../../src/telemetry/catalogue.ts';
import { cli, type Ended, workFolder } from '../cli/cli.ts';
import { type Serving, send, startServe } from '../cli/serving.ts';
import { memoryWorld } from '../cli-unit/memory-world.ts';
import { type ChatServer, startChatServer } from '../servers/openai-chat.ts';
import { type OtlpReceiver, startOtlpReceiver } from '../servers/otlp-receiver.ts';
import { type Prometheus, startPrometheus } from '../servers/prometheus.ts';
import { pause, withoutPrograms } from '../servers/system-program.ts';

/* Every panel's query on a real Prometheus, which scrapes a real service under load and faults, and the load generator. */

const ABSENT = withoutPrograms('prometheus', 'promtool');
const work = workFolder();
const DASHBOARDS = join(work.path, 'dashboards');
const SCRAPED_EACH_SECOND = ['--set', 'monitoring.scrapeSeconds=1'];
/** Seconds of load. The rates of panels are taken over them. */
const LOAD = 25;
/** Seconds of it that have passed when Prometheus is asked. */
const WAITED = 17;
/** Some questions are answered with less, some late, and some not at all; but for the first, with which a load tries its target. */
const FAULTS = [
  'generator: error 15%',
  'embedder: error 10%',
  'store: error 4%',
  'cache: error 2%',
  'generator: latency 30ms 20%',
]
  .map((fault) => `${fault} from 5s`)
  .join('; ');

/** What `gate --tell` would tell of a night. */
const NIGHTLY = {
  dataset: 'tidewater',
  at: Date.now(),
  questions: 240,
  failed: 0,
  recall: { '10': 0.9 },
  retrieval_accuracy: 0.9,
  right: 0.8,
  scores: { golden_recall: [], golden_right: [] },
  nightly: {
    command: 'gate',
    verdict: 'passed',
    measures: { right: 0.8, 'recall@10': 0.9, 'ndcg@10': 0.85 },
    latency_seconds: { '50': 0.02, '95': 0.08, '99': 0.2 },
  },
};

interface Result extends LiveQuery {
  readonly status: string;
  readonly series: number;
}

let prometheus: Prometheus;
let service: Serving;
let collector: OtlpReceiver;
let load: Promise<Ended>;
const ends: (() => Promise<unknown>)[] = [];

async function groundspeed(...argv: string[]) {
  const world = memoryWorld(argv);
  const code = await runCli(world);
  return { code, out: world.out.text(), err: world.err.text() };
}

async function serveUnderFaults(chat: ChatServer): Promise<Serving> {
  const settings = {
    'generation.provider': 'openai',
    'openai.baseUrl': chat.baseUrl,
    'openai.apiKey': 'no-secret',
    'generation.prices': JSON.stringify({ 'gpt-4o-mini': { input: 1, output: 2 } }),
    'tracing.endpoint': collector.endpoint,
    'tracing.sampler': 'parentbased_always_on',
    'degradation.layers': 'keyword,extractive',
    'resilience.queries.retries': '1',
    // Failures come back at once and answers take their time: of many calls at once five fail in a row. It tries again soon.
    'resilience.dependencies.generator.breaker.resetSeconds': '1',
    'evaluation.sampleRate': '1',
    'evaluation.canaryEverySeconds': '4',
  };
  const assignments = Object.entries(settings).flatMap(([path, value]) => ['--set', `${path}=${value}`]);
  return startServe(['--drill', '--drill-faults', FAULTS, ...assignments], { cwd: work.path });
}

/** Starts a load, and gives the address at which its generator is scraped. */
async function startLoad(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const argv = ['--target', `${url}/api/query`, '--preset', 'groundspeed', '--rate', '25', '--warmup', '0'];
    load = cli(['load', ...argv, '--duration', `${LOAD}s`, '--metrics-port', '0'], {
      cwd: work.path,
      onStderr(text) {
        const [, address] = /metrics: http:\/\/([^/]+)\/metrics/.exec(text) ?? [];
        if (address !== undefined) resolve(address);
      },
    });
    load.then(({ code, err }) => reject(new Error(`load ended with ${code}: ${err}`)), reject);
  });
}

beforeAll(async () => {
  if (ABSENT !== undefined) return;
  const chat = await startChatServer(() => ({
    pieces: ['Seven short ', 'blasts ', 'and one long.'],
    usage: { prompt_tokens: 200, completion_tokens: 9 },
  }));
  ends.push(() => chat.close());
  collector = await startOtlpReceiver();
  ends.push(() => collector.close());
  service = await serveUnderFaults(chat);
  ends.push(() => service.stop());
  const documents = [{ id: 'new-ferry', title: 'A new ferry', text: 'A new ferry sails on Monday.' }];
  await send(`${service.url}/api/documents`, { documents });
  expect((await send(`${service.url}/api/evaluation`, NIGHTLY)).status).toBe(200);
  await send(`${service.url}/drill/begin`, {});
  const generator = await startLoad(service.url);
  const targets = {
    services: `127.0.0.1:${service.port}`,
    generators: generator,
    alertmanagers: '',
    tokenFile: '',
  };
  const monitoring = Object.entries(targets).flatMap(([name, value]) => [
    '--set',
    `monitoring.${name}=${value}`,
  ]);
  const built = await groundspeed(
    'dashboards',
    'build',
    '--output',
    DASHBOARDS,
    ...SCRAPED_EACH_SECOND,
    ...monitoring,
  );
  expect(built.err).toBe('');
  prometheus = await startPrometheus(join(DASHBOARDS, 'prometheus/prometheus.yml'));
  ends.push(() => prometheus.stop());
  await pause(WAITED * 1000);
});

afterAll(async () => {
  for (const end of ends.reverse()) await end();
  await load;
  work.remove();
});

async function checkLive(
  ...more: readonly string[]
): Promise<{ code: number; live: Result[]; findings: object[] }> {
  const { code, out, err } = await groundspeed(
    ...['dashboards', 'check', '--output', DASHBOARDS, '--prometheus', prometheus.url, ...more],
    ...['--over', `${WAITED}s`, '--without', 'alertmanager', '--json', ...SCRAPED_EACH_SECOND],
  );
  expect(err).toBe('');
  return { code, ...(JSON.parse(out) as { live: Result[]; findings: object[] }) };
}

const promtool = (text: string): string => {
  const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
    input: text,
    encoding: 'utf8',
  });
  return `${status} ${stdout}${stderr}`;
};

describe.skipIf(ABSENT !== undefined)(`a service under load and faults (${ABSENT ?? 'Prometheus'})`, () => {
  let asked: readonly Result[] = [];

  it('gives data to every query of every panel', async () => {
    const { code, live, findings } = await checkLive();
    asked = live;
    expect(findings).toEqual([]);
    expect(code).toBe(0);
    expect(live.length).toBeGreaterThan(80);
    expect(live.filter(({ query }) => query.includes('$'))).toEqual([]);
  });

  it('gives it where every job is chosen, the load generator apart', async () => {
    const { live, findings } = await checkLive('--job', '.+');
    expect(findings).toEqual([]);
    const seriesOf = (title: string) =>
      live.filter(({ place }) => place.panel === title).map(({ series }) => series);
    expect(await prometheus.targets()).toHaveLength(2);
    for (const title of ['Instances up', 'Uptime', 'Memory, of its limit', 'Lag of the event loop'])
      expect(new Set(seriesOf(title)), title).toEqual(new Set([1]));
  });

  it('has none for a metric whose name is changed, whichever it is', async () => {
    const names = Object.values(CATALOGUE).map(({ name }) => name);
    const shown = names.filter((name) => asked.some(({ query }) => query.includes(name)));
    expect(shown.length).toBeGreaterThan(50);
    const missed: string[] = [];
    for (const name of shown) {
      const pattern = new RegExp(`\\b${name}(?=(_bucket|_sum|_count)?\\{)`, 'g');
      const changed = asked
        .filter(({ query }) => pattern.test(query))
        .map((one) => ({ ...one, query: one.query.replaceAll(pattern, `${name}x`) }));
      const results = await askPrometheus(prometheus.url, changed, new Set());
      if (results.every(({ status }) => status === 'data')) missed.push(name);
    }
    // That one has a 0 that stands in where nothing overflowed: its name is checked in the files alone.
    expect(missed).toEqual([CATALOGUE.labelOverflow.name]);
  });

  it('is found out where the name is changed in a file', async () => {
    const file = join(DASHBOARDS, 'grafana/dashboards/service.json');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replaceAll('rag_cache_entries{', 'rag_cache_entry{'));
    const { code, findings } = await checkLive();
    writeFileSync(file, text);
    expect(code).toBe(4);
    for (const rule of ['metric-unknown', 'live-empty']) {
      expect(findings).toContainEqual(
        expect.objectContaining({ rule, dashboard: 'RAG service', panel: 'Entries' }),
      );
    }
  });

  it('has rules that Prometheus evaluates, and targets that it can read', async () => {
    const rules = await prometheus.rules();
    expect(rules.length).toBeGreaterThan(40);
    expect(rules.filter(({ health }) => health !== 'ok')).toEqual([]);
    const service = (await prometheus.targets()).find(({ labels }) => labels.job === 'groundspeed');
    expect(service).toMatchObject({ health: 'up', lastError: '' });
  });

  it('leads from the buckets of latencies to traces, which the collector has', async () => {
    const found = await prometheus.exemplars('rag_query_duration_seconds_bucket');
    const traces = found.flatMap(({ exemplars }) => exemplars.map(({ labels }) => labels.trace_id));
    expect(traces.length).toBeGreaterThan(5);
    const known = new Set(collector.spans.map(({ traceId }) => traceId));
    // The last ones may not have been sent yet.
    expect(traces.filter((id) => known.has(id!)).length).toBeGreaterThan(traces.length / 2);
  });

  it('shows metrics that promtool passes', async () => {
    expect(promtool((await send(`${service.url}/metrics`)).body)).toBe('0 ');
  });

  it('was asked by a load that ran to its end', async () => {
    const { code, err } = await load;
    // On a machine that others use, a run may well call itself invalid.
    expect({ code, err }).toSatisfy(() => code === 0 || code === 7);
  });
});
