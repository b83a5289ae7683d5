import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { runCli } from '../../src/cli/program.ts';
import { memoryWorld } from '../cli-unit/memory-world.ts';
import { folderOf } from './prometheus-tools.ts';

async function groundspeed(...argv: string[]) {
  const world = memoryWorld(argv);
  const code = await runCli(world);
  return { code, out: world.out.text(), err: world.err.text() };
}

let folder: ReturnType<typeof folderOf>;
afterEach(() => folder.remove());

async function built(): Promise<string> {
  folder = folderOf(new Map());
  expect(await groundspeed('dashboards', 'build', '--output', folder.path)).toMatchObject({
    code: 0,
    err: '',
  });
  return folder.path;
}

/** Answers as Prometheus does, from what `series` says of a query: values, or an error. */
async function prometheus(series: (query: string) => readonly string[] | Error): Promise<string> {
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const piece of request) body += piece;
    const found = series(new URLSearchParams(body).get('query') ?? '');
    const vector = () => (found as readonly string[]).map((value) => ({ metric: {}, value: [0, value] }));
    const answer =
      found instanceof Error
        ? { status: 'error', errorType: 'bad_data', error: found.message }
        : { status: 'success', data: { resultType: 'vector', result: vector() } };
    response
      .writeHead(found instanceof Error ? 400 : 200, { 'content-type': 'application/json' })
      .end(JSON.stringify(answer));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('dashboards build', () => {
  it('writes all files with their runbooks, and nothing the second time', async () => {
    const path = await built();
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
    const { code, out } = await groundspeed('dashboards', 'check', '--output', await built());
    expect(out).toContain('nothing is wrong');
    expect(code).toBe(0);
  });

  it('names dashboard, panel and query of a metric that does not exist, and ends with 4', async () => {
    const path = await built();
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
      await built(),
      '--prometheus',
      url,
      '--over',
      '1h',
      '--json',
    );
    const { live, queries } = JSON.parse(out);
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
      await built(),
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
    const path = await built();
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
      await built(),
      '--prometheus',
      'http://user:hunter22@127.0.0.1:9/',
    );
    expect(code).toBe(5);
    expect(err).not.toContain('hunter22');
  });
});
