import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { until } from '../server/made-app.ts';
import { readExposition, valueIn } from '../telemetry/exposition.ts';
import { cli, workFolder } from './cli.ts';
import { MADE_SET } from './made-set.ts';
import { type Serving, send, startServe } from './serving.ts';

const work = workFolder(MADE_SET);
const running: Serving[] = [];
const QUICK = [
  '--set',
  'analytics.flushMs=50',
  '--set',
  'evaluation.sampleRate=1',
  '--set',
  'evaluation.maxPerSecond=1000',
];

afterEach(async () => {
  for (const service of running.splice(0)) await service.stop('SIGKILL');
});
afterAll(() => work.remove());

async function serve(argv: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Serving> {
  const service = await startServe(['--dataset', 'islands', ...QUICK, ...argv], { cwd: work.path, env });
  running.push(service);
  return service;
}

const figures = async (url: string, path: string): Promise<Record<string, unknown>> =>
  JSON.parse((await send(`${url}${path}`)).body) as Record<string, unknown>;

describe('two workers', () => {
  it('count into one file, and give quantiles and golden figures as one', async () => {
    const service = await serve(['--workers', '2']);
    const { url } = service;
    const asked = Array.from({ length: 20 }, (_, number) =>
      send(`${url}/api/query`, {
        query: `When was the harbour of Arran built, in ${number}?`,
        client_id: `client ${number % 2}`,
      }),
    );
    for (const { status } of await Promise.all(asked)) expect(status).toBe(200);
    await until(async () => (await figures(url, '/api/metrics')).query_count === 20);
    const usage = (await figures(url, '/api/analytics')) as {
      clients: { queries: number }[];
      documents: { most_retrieved: { id: string; count: number }[] };
    };
    expect(usage.clients.map(({ queries }) => queries)).toEqual([10, 10]);
    expect(usage.documents.most_retrieved[0]).toEqual({ id: 'arran', count: 20 });
    const run = {
      dataset: 'islands',
      questions: 10,
      failed: 0,
      retrieval_accuracy: 0.9,
      right: 0.9,
      scores: { golden_recall: [1, 0.5], golden_right: [1] },
    };
    // Whichever worker is told: the last figure counts, and not the highest.
    for (const recall of [0.9, 0.8, 0.5]) {
      const body = { ...run, at: Date.now(), recall: { '5': recall } };
      expect((await send(`${url}/api/evaluation`, body)).status).toBe(200);
    }
    const readings = readExposition((await send(`${url}/metrics`)).body);
    expect(valueIn(readings, 'rag_eval_recall_ratio', { dataset: 'islands', k: '5' })).toBe(0.5);
    const scored = { evaluator: 'golden_recall', result: 'scored' };
    expect(valueIn(readings, 'rag_eval_samples_total', scored)).toBe(6);
    expect((await service.stop()).code).toBe(0);
  });
});

describe('golden questions of the service itself', () => {
  it.each([
    ['of one process, with a token', [], { GROUNDSPEED_API_TOKEN: 'token-of-the-service' }],
    ['of two workers, without one', ['--workers', '2'], {}],
  ])('are asked by schedule, past the caches, and count nowhere else: %s', async (_, argv, env) => {
    const service = await serve(
      ['--index', 'asked', '--set', 'evaluation.canaryEverySeconds=1', ...argv],
      env as Record<string, string>,
    );
    const headers = { authorization: 'Bearer token-of-the-service' };
    const summary = async (): Promise<{ canary_queries: number; retrieval_accuracy: number | null }> =>
      JSON.parse((await send(`${service.url}/api/metrics`, undefined, headers)).body);
    await until(async () => (await summary()).retrieval_accuracy !== null, 30_000);
    // The same questions again, which would all be kept by now.
    await until(async () => (await summary()).canary_queries >= 2 * 30, 30_000);
    expect(await summary()).toMatchObject({ retrieval_accuracy: 1, query_count: 0 });
    const readings = readExposition((await send(`${service.url}/metrics`, undefined, headers)).body);
    for (const layer of ['embedding', 'retrieval', 'response']) {
      expect(valueIn(readings, 'rag_cache_requests_total', { layer, result: 'hit' }), layer).toBe(0);
    }
    expect((await service.stop()).code).toBe(0);
  });

  it('are refused where nobody knows any', async () => {
    const { code, err } = await cli(['serve', '--index', 'own', '--set', 'evaluation.canaryEverySeconds=1'], {
      cwd: work.path,
    });
    expect(code).toBe(2);
    expect(err).toContain('evaluation.canaryEverySeconds');
  });
});

describe('canary', () => {
  it('asks a service on a schedule until Ctrl-C, which is no failure', async () => {
    const { url } = await serve([]);
    const { code, out, err } = await cli(
      [
        'canary',
        '--target',
        url,
        '--dataset',
        'islands',
        '--every',
        '200ms',
        '--questions',
        '3',
        '--history',
        'live',
      ],
      {
        cwd: work.path,
        onStart: (child) => {
          let lines = 0;
          child.stdout!.on('data', (piece: Buffer) => {
            lines += piece.toString('utf8').split('\n').length - 1;
            if (lines >= 2) child.kill('SIGINT');
          });
        },
      },
    );
    expect(code, err).toBe(0);
    expect(out).toMatch(/islands: recall@5 100\.0 %/);
    const history = readFileSync(join(work.path, 'reports/history/live.jsonl'), 'utf8').trim().split('\n');
    expect(history.length).toBeGreaterThanOrEqual(2);
  });
});
