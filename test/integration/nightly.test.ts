import { cpSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { cli, workFolder } from '../cli/cli.ts';
import { MADE_SET } from '../cli/made-set.ts';
import { type Serving, send, startServe } from '../cli/serving.ts';
import { until } from '../server/made-app.ts';
import { readExposition, valueIn } from '../telemetry/exposition.ts';

/* A night's runs, told to a real service of two workers, and what is left of them after it was started anew. */

const TOKEN = 'token-of-the-service';
const COMMIT = '3f2a9c1d';
const ENV = { GROUNDSPEED_API_TOKEN: TOKEN, GROUNDSPEED_COMMIT: COMMIT };
const AUTHORISED = { authorization: `Bearer ${TOKEN}` };

const work = workFolder(MADE_SET);
const running: Serving[] = [];

async function serve(argv: readonly string[] = ['--index', 'served', '--workers', '2']): Promise<Serving> {
  const service = await startServe(
    ['--dataset', 'islands', '--set', 'evaluation.sampleRate=0', '--set', 'analytics.flushMs=50', ...argv],
    { cwd: work.path, env: ENV },
  );
  running.push(service);
  return service;
}

const groundspeed = (argv: readonly string[], env: Readonly<Record<string, string>> = ENV) =>
  cli([...argv, '--dataset', 'islands', '--quiet'], { cwd: work.path, env });

const readings = async ({ url }: Serving) =>
  readExposition((await send(`${url}/metrics`, undefined, AUTHORISED)).body);

const nightly = (families: Awaited<ReturnType<typeof readings>>, command: string) => {
  const of = { dataset: 'islands', command };
  const value = (name: string, labels: Record<string, string> = {}) =>
    valueIn(families, `rag_eval_nightly_${name}`, { ...of, ...labels });
  return {
    right: value('ratio', { measure: 'right' }),
    recall: value('ratio', { measure: 'recall@10' }),
    ndcg: value('ratio', { measure: 'ndcg@10' }),
    p50: value('latency_seconds', { percentile: '50' }),
    at: value('timestamp_seconds'),
    verdict: ['passed', 'failed', 'inconclusive', 'invalid'].filter(
      (verdict) => value('verdict', { verdict }) === 1,
    ),
    verdicts: value('verdict', { verdict: 'passed' }),
  };
};

interface Summary {
  readonly retrieval_accuracy: number | null;
  readonly retrieval_accuracy_at: string;
  readonly golden: readonly { source: string; command: string | null; at: string; questions: number }[];
}

const summary = async ({ url }: Serving): Promise<Summary> =>
  JSON.parse((await send(`${url}/api/metrics`, undefined, AUTHORISED)).body) as Summary;

const endOf = (folder: string): number => {
  const { startedAt, durationMs } = JSON.parse(
    readFileSync(join(work.path, 'reports', folder, 'record.json'), 'utf8'),
  );
  return Math.round(Date.parse(startedAt) + durationMs) / 1000;
};

beforeAll(async () => {
  const { code, err } = await groundspeed(['evaluate', '--index', 'measured']);
  expect(code, err).toBe(0);
  const accepted = await groundspeed(['gate', '--record', 'reports/latest', '--accept', 'nightly']);
  expect(accepted.code, accepted.err).toBe(0);
});
afterEach(async () => {
  for (const service of running.splice(0)) await service.stop('SIGKILL');
});
afterAll(() => work.remove());

describe('nightly runs that are told to a service of two workers', () => {
  it('are shown with their own times, gated or not, and come back after a restart', async () => {
    const first = await serve();
    expect(nightly(await readings(first), 'evaluate').at).toBeUndefined();

    const evaluated = await groundspeed([
      ...['evaluate', '--target', first.url, '--tell', first.url],
      ...['--set', `target.headers=${JSON.stringify(AUTHORISED)}`],
    ]);
    expect(evaluated.code, evaluated.err).toBe(0);
    const evaluatedAt = endOf('latest');
    const told = nightly(await readings(first), 'evaluate');
    expect(told).toMatchObject({ right: 1, recall: 1, at: evaluatedAt, verdict: [], verdicts: undefined });
    expect(told.ndcg).toBeGreaterThan(0.9);
    expect(told.p50).toBeGreaterThan(0);

    const gated = await groundspeed([
      ...['gate', '--record', 'reports/latest', '--baseline', 'nightly', '--tell', `${first.url}/`],
      '--json',
    ]);
    expect(gated.code, gated.err).toBe(0);
    const gate = nightly(await readings(first), 'gate');
    // So few questions may not decide it.
    const verdict = { PASS: 'passed', INCONCLUSIVE: 'inconclusive' }[
      (JSON.parse(gated.out) as { gate: { verdict: 'PASS' | 'INCONCLUSIVE' } }).gate.verdict
    ];
    expect(gate).toMatchObject({ right: 1, at: evaluatedAt, verdict: [verdict] });

    // What the service says of its own freshness is the canary's alone.
    expect(
      valueIn(await readings(first), 'rag_eval_last_success_timestamp_seconds', {
        dataset: 'islands',
        k: '5',
      }),
    ).toBeUndefined();
    const canary = await groundspeed([
      ...['canary', '--target', first.url, '--once', '--questions', '6', '--k', '5'],
    ]);
    expect(canary.code, canary.err).toBe(0);
    const canaryAt = { dataset: 'islands', k: '5' };
    const before = valueIn(await readings(first), 'rag_eval_last_success_timestamp_seconds', canaryAt)!;
    const figures = await summary(first);
    expect(figures.retrieval_accuracy).toBe(1);
    expect(figures.golden.map(({ source, command }) => `${source} ${command}`)).toEqual([
      'canary null',
      expect.stringMatching(/^nightly /),
      expect.stringMatching(/^nightly /),
    ]);
    expect((await first.stop()).code).toBe(0);

    const second = await serve();
    const restored = await readings(second);
    expect(nightly(restored, 'evaluate')).toEqual(told);
    expect(nightly(restored, 'gate')).toEqual(gate);
    const after = valueIn(restored, 'rag_eval_last_success_timestamp_seconds', canaryAt)!;
    expect(Math.abs(after - before)).toBeLessThan(1);
    expect(valueIn(restored, 'rag_eval_recall_ratio', canaryAt)).toBe(1);
    // Scores are counted once.
    const scored = { evaluator: 'golden_recall', result: 'scored' };
    expect(valueIn(restored, 'rag_eval_samples_total', scored)).toBe(0);
    expect((await summary(second)).golden).toEqual(figures.golden);
  }, 120_000);

  it('are invalid, and no quality of 0, where the target refused most questions', async () => {
    const service = await serve(['--index', 'alone']);
    const { code } = await groundspeed(['evaluate', '--target', service.url, '--tell', service.url]);
    expect(code).toBe(5); // it asked without a token
    expect(nightly(await readings(service), 'evaluate')).toMatchObject({
      verdict: ['invalid'],
      right: undefined,
      recall: undefined,
    });
    expect((await summary(service)).retrieval_accuracy).toBeNull();
  }, 60_000);

  it('are the last word on retrieval accuracy where they were the last to be asked', async () => {
    const service = await serve(['--index', 'alone']);
    expect((await summary(service)).retrieval_accuracy).toBeNull();
    const { code, err } = await groundspeed(['evaluate', '--index', 'measured', '--tell', service.url]);
    expect(code, err).toBe(0);
    await until(async () => (await summary(service)).retrieval_accuracy !== null);
    const figures = await summary(service);
    expect(figures.retrieval_accuracy).toBe(1);
    expect(Date.parse(figures.retrieval_accuracy_at) / 1000).toBe(endOf('latest'));
  }, 60_000);

  it('fail where they cannot be told, but only once the run is kept and had its own verdict', async () => {
    const service = await serve(['--index', 'alone']);
    const untold = await groundspeed(['evaluate', '--index', 'measured', '--tell', service.url], {});
    expect(untold.code).toBe(5);
    expect(untold.err).toContain('GROUNDSPEED_API_TOKEN');
    expect(endOf('latest')).toBeGreaterThan(Date.now() / 1000 - 60);

    const argv = ['gate', '--record', 'reports/latest', '--baseline', 'nightly', '--tell'];
    const nobody = await groundspeed([...argv, 'http://127.0.0.1:9']);
    expect(nobody.code).toBe(5);
    const wrong = await groundspeed([...argv, 'nightly.example']);
    expect(wrong.code).toBe(2);
    expect(wrong.err).toContain('--tell');
    const open = await groundspeed([...argv, 'http://user:hush@127.0.0.1:9']);
    expect(open.code).toBe(2);
    expect(open.err + open.out).not.toContain('hush');
  }, 60_000);

  it('are refused in what they should not say', async () => {
    const { url } = await serve(['--index', 'alone']);
    const run = {
      dataset: 'islands',
      at: Date.now(),
      questions: 0,
      failed: 0,
      recall: {},
      retrieval_accuracy: null,
      right: null,
      scores: { golden_recall: [], golden_right: [] },
      nightly: { command: 'gate', verdict: 'failed', measures: {}, latency_seconds: { '50': 0.2 } },
    };
    const { nightly: its, ...canarys } = run;
    const post = async (body: object) => (await send(`${url}/api/evaluation`, body, AUTHORISED)).status;
    expect(await post(run)).toBe(200);
    expect(await post(canarys)).toBe(400);
    expect(await post({ ...run, nightly: { ...its, command: 'rm' } })).toBe(400);
    expect(await post({ ...run, nightly: { ...its, measures: { right: 2 } } })).toBe(400);
    expect(await post({ ...run, nightly: { ...its, measures: { 'a"b\n': 1 } } })).toBe(400);
    expect(await post({ ...run, nightly: { ...its, latency_seconds: { '42': 1 } } })).toBe(400);
    expect((await send(`${url}/api/evaluation`, run)).status).toBe(401);
    const families = readExposition((await send(`${url}/metrics`, undefined, AUTHORISED)).body);
    expect(nightly(families, 'gate')).toMatchObject({ verdict: ['failed'], p50: 0.2, right: undefined });
    expect((await send(`${url}/api/metrics`, undefined, AUTHORISED)).json).toMatchObject({
      golden: expect.not.arrayContaining([expect.objectContaining({ questions: 0 })]),
    });
  }, 60_000);
});

describe('a service', () => {
  it('knows from its start how old its index is, and which commit it runs; a copy of the index is no fresher', async () => {
    const times = async (service: Serving) => {
      const families = await readings(service);
      const of = (name: string) =>
        valueIn(families, `rag_index_${name}_timestamp_seconds`, { index: 'main' });
      return { succeeded: of('last_success'), newest: of('newest_document') };
    };
    const start = Date.now() / 1000;
    const first = await serve(['--index', 'original', '--workers', '2']);
    const made = await times(first);
    expect(made.newest).toBeGreaterThanOrEqual(start - 1);
    expect(made.newest).toBeLessThan(Date.now() / 1000 + 1);
    expect(made.succeeded).toBe(made.newest);
    expect(
      valueIn(await readings(first), 'rag_build_info', {
        version: JSON.parse(readFileSync('package.json', 'utf8')).version,
        commit: COMMIT,
        node_version: process.version,
      }),
    ).toBe(1);
    expect((await first.stop()).code).toBe(0);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    cpSync(join(work.path, 'original'), join(work.path, 'copied'), { recursive: true });
    rmSync(join(work.path, 'original'), { recursive: true });
    const second = await startServe(['--index', 'copied', '--workers', '2'], { cwd: work.path, env: ENV });
    running.push(second);
    expect(await times(second)).toEqual(made);

    const documents = [{ id: 'ulva', title: 'Ulva', text: 'The ferry to Ulva is red.' }];
    expect((await send(`${second.url}/api/documents`, { documents }, AUTHORISED)).status).toBe(200);
    const grown = await times(second);
    expect(grown.newest).toBeGreaterThan(made.newest! + 1);
    expect((await second.stop()).code).toBe(0);
    const third = await startServe(['--index', 'copied'], { cwd: work.path, env: ENV });
    running.push(third);
    const kept = await times(third);
    expect(Math.abs(kept.newest! - grown.newest!)).toBeLessThan(2);
  }, 60_000);
});
