import { once } from 'node:events';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { runCli } from '../../src/cli/program.ts';
import { durationMs } from '../../src/dashboards/check/expression.ts';
import { readRules } from '../../src/dashboards/check/rule-files.ts';
import { memoryWorld } from '../cli-unit/memory-world.ts';
import { folderOf } from './prometheus-tools.ts';

async function groundspeed(...argv: string[]) {
  const world = memoryWorld(argv);
  const code = await runCli(world);
  return { code, out: world.out.text(), err: world.err.text() };
}

/** Built once for all tests; who changes something takes a copy. */
const built = folderOf(new Map());
let folder: ReturnType<typeof folderOf> | undefined;
beforeAll(async () => {
  expect(await groundspeed('dashboards', 'build', '--output', built.path)).toMatchObject({
    code: 0,
    err: '',
  });
});
afterEach(() => {
  folder?.remove();
  folder = undefined;
});
afterAll(() => built.remove());

/** What a Prometheus says that has the rules as they are built, one instance that is up, and an Alertmanager that answers. */
function setupOf(path: string, url: string): object | undefined {
  if (path === '/api/v1/rules') {
    const rules = ['alerts', 'recording'].flatMap((name) => {
      const text = readFileSync(join(built.path, `prometheus/rules/groundspeed.${name}.yml`), 'utf8');
      return readRules(name, text).rules.map(({ alert, record, expr, labels, for: held }) => ({
        name: alert ?? record,
        query: expr,
        health: 'ok',
        labels,
        ...(held !== undefined && { duration: durationMs(held)! / 1000 }),
      }));
    });
    return { groups: [{ rules }] };
  }
  if (path === '/api/v1/targets')
    return { activeTargets: [{ labels: { job: 'groundspeed', instance: 'a:1' }, health: 'up' }] };
  if (path === '/api/v1/alertmanagers') return { activeAlertmanagers: [{ url: `${url}/api/v2/alerts` }] };
  return undefined;
}

const asked: { readonly path: string; readonly authorization: string | undefined }[] = [];

/** Answers as Prometheus does, from what `series` says of a query: values, or an error; and as an Alertmanager. */
async function prometheus(
  series: (query: string) => readonly string[] | Error,
  token?: string,
): Promise<string> {
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const piece of request) body += piece;
    const [path = ''] = (request.url ?? '').split('?');
    const { authorization } = request.headers;
    asked.push({ path, authorization });
    const send = (status: number, answer: object) =>
      void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    if (token !== undefined && path.startsWith('/api/') && authorization !== `Bearer ${token}`)
      return send(401, {});
    const data = setupOf(path, `http://${request.headers.host}`);
    if (data !== undefined) return send(200, { status: 'success', data });
    if (path !== '/api/v1/query') return send(200, {});
    const found = series(new URLSearchParams(body).get('query') ?? '');
    if (found instanceof Error)
      return send(400, { status: 'error', errorType: 'bad_data', error: found.message });
    const result = found.map((value) => ({ metric: {}, value: [0, value] }));
    send(200, { status: 'success', data: { resultType: 'vector', result } });
  });
  asked.length = 0;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('dashboards build', () => {
  it('writes all files with their runbooks, and nothing the second time', async () => {
    const { path } = built;
    expect(readFileSync(join(path, 'runbooks/RagDown.md'), 'utf8')).toContain('## Meaning');
    const again = await groundspeed('dashboards', 'build', '--output', path, '--json');
    expect(JSON.parse(again.out)).toMatchObject({ changed: [] });
  });

  it('refuses objectives that no rule could watch, and writes nothing', async () => {
    folder = folderOf(new Map());
    const { code, err } = await groundspeed(
      'dashboards',
      'build',
      '--output',
      folder.path,
      '--set',
      'objectives.availability=0.9',
    );
    expect(code).toBe(2);
    expect(err).toContain('14.4');
  });

  it('refuses a latency that no bucket counts, until it is given one', async () => {
    folder = folderOf(new Map());
    const build = ['dashboards', 'build', '--output', folder.path, '--set', 'objectives.latencySeconds=1.7'];
    const refused = await groundspeed(...build);
    expect(refused.code).toBe(2);
    expect(refused.err).toContain('telemetry.metrics.latencySeconds');
    expect(await groundspeed(...build, '--set', 'telemetry.metrics.latencySeconds=1.7')).toMatchObject({
      code: 0,
    });
  });

  it('refuses a time scale whose windows hold no two scrapes, and says what would do', async () => {
    folder = folderOf(new Map());
    const { code, err } = await groundspeed(
      'dashboards',
      'build',
      '--output',
      folder.path,
      '--time-scale',
      '0.001',
    );
    expect(code).toBe(2);
    expect(err).toContain('--time-scale');
  });
});

describe('dashboards check', () => {
  it('passes what was built', async () => {
    const { code, out } = await groundspeed('dashboards', 'check', '--output', built.path);
    expect(out).toContain('nothing is wrong');
    expect(code).toBe(0);
  });

  it('names dashboard, panel and query of a metric that does not exist, and ends with 4', async () => {
    folder = folderOf(new Map());
    const { path } = folder;
    cpSync(built.path, path, { recursive: true });
    const file = join(path, 'grafana/dashboards/service.json');
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll('rag_cache_entries{', 'rag_cache_entry{'));
    const { code, out } = await groundspeed('dashboards', 'check', '--output', path, '--json');
    expect(code).toBe(4);
    expect(JSON.parse(out).findings).toContainEqual(
      expect.objectContaining({
        rule: 'metric-unknown',
        dashboard: 'RAG service',
        panel: 'Entries',
        query: expect.stringContaining('rag_cache_entry{'),
      }),
    );
  });

  it('says what to do where there is nothing', async () => {
    folder = folderOf(new Map());
    const { code, err } = await groundspeed('dashboards', 'check', '--output', folder.path);
    expect(code).toBe(2);
    expect(err).toContain('dashboards build');
  });

  it('asks a Prometheus every query, with values for every variable', async () => {
    const asked: string[] = [];
    const url = await prometheus((query) => {
      asked.push(query);
      return ['1'];
    });
    const { code, out } = await groundspeed(
      'dashboards',
      'check',
      '--output',
      built.path,
      '--prometheus',
      url,
      '--over',
      '1h',
      '--json',
    );
    const { live, queries, setup, rules } = JSON.parse(out);
    expect(setup).toEqual({
      rules: { expected: rules, healthy: rules },
      targets: { targets: 1, up: 1 },
      alertmanagers: [{ url: `${url}/api/v2/alerts`, reachable: true, why: 'it answers' }],
    });
    expect({ code, asked: asked.length, live: live.length }).toEqual({
      code: 0,
      asked: queries,
      live: queries,
    });
    expect(asked.filter((query) => query.includes('$'))).toEqual([]);
    expect(asked.some((query) => query.includes('[3600s]'))).toBe(true);
  });

  it.each([
    ['live-empty', [] as string[]],
    ['live-nan', ['NaN', 'NaN']],
    ['live-failed', new Error('no such function')],
  ])('finds a query without data: %s', async (rule, answer) => {
    const url = await prometheus((query) =>
      query.includes('rag_fallbacks_total') && !query.includes('last-resort') ? answer : ['1'],
    );
    const { code, out } = await groundspeed(
      'dashboards',
      'check',
      '--output',
      built.path,
      '--prometheus',
      url,
      '--json',
    );
    expect(code).toBe(4);
    expect(JSON.parse(out).findings).toMatchObject([{ rule, dashboard: 'RAG service', panel: 'Fallbacks' }]);
  });

  it('lets panels be empty of what is not in use', async () => {
    const url = await prometheus((query) =>
      query.includes('rag_eval_recall') || query.includes('rag_eval_last') ? [] : ['1'],
    );
    const { path } = built;
    expect(await groundspeed('dashboards', 'check', '--output', path, '--prometheus', url)).toMatchObject({
      code: 4,
    });
    expect(
      await groundspeed('dashboards', 'check', '--output', path, '--prometheus', url, '--without', 'canary'),
    ).toMatchObject({ code: 0 });
  });

  it('ends with 5 where nobody answers, and shows no password', async () => {
    const { code, err } = await groundspeed(
      'dashboards',
      'check',
      '--output',
      built.path,
      '--prometheus',
      'http://user:hunter22@127.0.0.1:9/',
    );
    expect(code).toBe(5);
    expect(err).not.toContain('hunter22');
  });

  it('says what of the setup it found', async () => {
    const url = await prometheus(() => ['1']);
    const { out } = await groundspeed('dashboards', 'check', '--output', built.path, '--prometheus', url);
    const [, rules] = /(\d+) of \1 rules loaded and evaluated; 1 of 1 instances up/.exec(out) ?? [];
    expect(Number(rules)).toBeGreaterThan(40);
    expect(out).toContain(`Alertmanager ${new URL(url).host}: it answers`);
  });

  it('sends the token of the environment to Prometheus, and to nobody else', async () => {
    const url = await prometheus(() => ['1'], 'token-of-prometheus');
    const argv = ['dashboards', 'check', '--output', built.path, '--prometheus', url];
    const refused = await groundspeed(...argv);
    expect(refused.code).toBe(5);
    expect(refused.err).toContain('GROUNDSPEED_PROMETHEUS_TOKEN');
    asked.length = 0;
    const world = memoryWorld(argv, { env: { GROUNDSPEED_PROMETHEUS_TOKEN: 'token-of-prometheus' } });
    expect({ code: await runCli(world), err: world.err.text() }).toEqual({ code: 0, err: '' });
    const told = (path: string) =>
      new Set(asked.filter((one) => one.path === path).map((one) => one.authorization));
    expect(told('/api/v1/rules')).toEqual(new Set(['Bearer token-of-prometheus']));
    expect(told('/api/v1/query')).toEqual(new Set(['Bearer token-of-prometheus']));
    expect(told('/-/ready')).toEqual(new Set([undefined]));
    expect(world.out.text()).not.toContain('token-of');
  });
});
