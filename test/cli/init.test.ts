import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type RagService, startRagService } from '../servers/rag-service.ts';
import { cli, workFolder } from './cli.ts';
import { cliHere } from './cli-here.ts';

const CSV = [
  'question,answer,source',
  'How long is a travel voucher valid?,18 months,travel-vouchers',
  'How long does a refund take?,ten days,refunds',
  '',
].join('\n');

let service: RagService;
let work: ReturnType<typeof workFolder>;
beforeAll(async () => {
  service = await startRagService();
});
beforeEach(() => {
  work?.remove();
  work = workFolder({ 'q.csv': CSV });
});
afterAll(async () => {
  work.remove();
  await service.close();
});
type Env = Record<string, string>;
const run = (argv: readonly string[], env: Env = {}) => cliHere(argv, { cwd: work.path, env });
/** In a process of its own. */
const runProcess = (argv: readonly string[], env: Env = {}) => cli(argv, { cwd: work.path, env });
const init = (path: string, flags: readonly string[] = [], env: Env = {}, runs = run) =>
  runs(
    [
      'init',
      '--target',
      path.startsWith('/') ? `${service.url}${path}` : path,
      '--questions',
      'q.csv',
      ...flags,
    ],
    env,
  );
const read = (file: string): string => readFileSync(join(work.path, file), 'utf8');
const WORKFLOW = '.github/workflows/groundspeed.yml';

describe('init', () => {
  it("writes a configuration and a workflow for groundspeed's API, by asking one question", async () => {
    const before = service.asked.length;
    const { code, out, err } = await init('/api/query', [], {}, runProcess);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(service.asked.slice(before)).toEqual([{ query: 'How long is a travel voucher valid?' }]);
    expect(out).toMatch(
      /✓ answer[\s\S]*✓ groundspeed\.yaml\n✓ \.github\/workflows\/groundspeed\.yml[\s\S]*Next\n1\. /,
    );
    expect(parse(read('groundspeed.yaml'))).toMatchObject({
      target: { url: `${service.url}/api/query`, preset: 'groundspeed' },
    });
    expect(parse(read(WORKFLOW))).toMatchObject({ name: 'groundspeed' });
    expect(readdirSync(work.path).sort()).toEqual(['.github', 'groundspeed.yaml', 'q.csv']);
  });

  it('finds out how an unknown API is asked and where its reply has everything; the files work', async () => {
    const { code, out, err } = await init('/ask');
    expect(code, err).toBe(0);
    expect(out).toMatch(/422 {2}preset groundspeed[\s\S]*200 {2}\{"question":"\{\{question\}\}"\}/);
    expect(out).toContain('→ target.response.answer = result.reply');
    const printed = await run(['config', 'print', '--config', 'groundspeed.yaml', '--json']);
    expect(printed.code, printed.err).toBe(0);
    expect(JSON.parse(printed.out)).toMatchObject({
      target: {
        url: `${service.url}/ask`,
        body: { question: '{{question}}' },
        response: {
          answer: 'result.reply',
          passages: 'result.hits',
          passageId: 'file',
          passageText: 'snippet',
        },
        ids: { pattern: '([^/]+)\\.\\w+$' },
      },
      load: { maxRatePerSecond: 10 },
    });
    const checked = await run([
      'target',
      'check',
      '--config',
      'groundspeed.yaml',
      '--dataset',
      'q.csv',
      '--json',
    ]);
    expect(checked.code, checked.err).toBe(0);
    expect(JSON.parse(checked.out)).toMatchObject({
      failure: null,
      passages: [{ id: 'travel-vouchers', known: true }],
      changes: [],
    });
  });

  it('overwrites nothing unless it is told to, and asks nobody before that is known', async () => {
    writeFileSync(join(work.path, 'groundspeed.yaml'), 'mine\n');
    const before = service.asked.length;
    const refused = await init('/api/query');
    expect(refused).toMatchObject({ code: 2, out: '' });
    expect(refused.err).toMatch(/groundspeed\.yaml is there already[\s\S]*--force/);
    expect(read('groundspeed.yaml')).toBe('mine\n');
    expect(existsSync(join(work.path, WORKFLOW))).toBe(false);
    expect(service.asked).toHaveLength(before);
    expect((await init('/api/query', ['--force'])).code).toBe(0);
    expect(read('groundspeed.yaml')).toContain('preset: groundspeed');
  });

  it('writes to another folder, and names the questions from there', async () => {
    mkdirSync(join(work.path, 'sub'));
    writeFileSync(join(work.path, 'sub', 'my questions.csv'), CSV);
    const argv = [
      'init',
      '--target',
      `${service.url}/api/query`,
      '--questions',
      'sub/my questions.csv',
      '--output',
      'sub',
    ];
    const { code, err } = await run(argv);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(read(`sub/${WORKFLOW}`)).toContain("--dataset 'my questions.csv'");
  });

  it('exits with 5 and writes nothing where the target does not answer; --offline does without it', async () => {
    for (const [path, code] of [
      ['http://127.0.0.1:1/', 'target.connect'],
      ['/page', 'target.contentType'],
      ['/nowhere', 'target.http4xx'],
    ] as const) {
      const ended = await init(path, ['--output', 'new']);
      expect(ended.code).toBe(5);
      expect(ended.err).toContain(`code: ${code}`);
      expect(ended.err).toContain('--offline');
      expect(existsSync(join(work.path, 'new'))).toBe(false);
    }
    const { code, out, err } = await init('https://rag.example.com/chain/invoke', ['--offline']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('Nothing was asked');
    expect(parse(read('groundspeed.yaml'))).toMatchObject({
      target: { url: 'https://rag.example.com/chain/invoke', preset: 'langserve' },
      load: { allowTargets: ['rag.example.com'] },
    });
  });

  it('asks nobody beyond this machine who is not allowed, and says what to type', async () => {
    const { code, err } = await init('https://rag.invalid/ask');
    expect(code).toBe(2);
    expect(err).toMatch(/--allow-target rag\.invalid[\s\S]*code: load\.refused/);
    expect((await init('https://rag.invalid/ask', ['--allow-target', 'rag.invalid'])).err).toContain(
      'code: target.dns',
    );
  });

  it('writes down names of secrets, and no secret', async () => {
    const named = await init('/locked', ['--header', `authorization: Bearer \${MY_TOKEN}`], {
      MY_TOKEN: 'magpie-token',
    });
    expect(named.code, named.err).toBe(0);
    expect(read('groundspeed.yaml')).toContain(`authorization: Bearer \${MY_TOKEN}`);
    expect(parse(read(WORKFLOW))).toMatchObject({
      jobs: { load: { env: { MY_TOKEN: `\${{ secrets.MY_TOKEN }}` } } },
    });
    const raw = await init('/locked', ['--force', '--header', 'authorization: Bearer magpie-token']);
    expect(raw.code, raw.err).toBe(0);
    expect(raw.out).toContain('export TARGET_TOKEN=…');
    const inUrl = await init(
      `${service.url.replace('//', '//me:magpie-word@')}/api/query?api_key=magpie-key&x=1`,
      ['--force'],
    );
    expect(inUrl.code).toBe(5); // the service has no such path with a query: what matters is what is shown
    const offline = await init('http://me:magpie-word@127.0.0.1:9/api/query?api_key=magpie-key&x=1', [
      '--force',
      '--offline',
    ]);
    expect(offline.err).toContain('warning: Credentials in the query of the URL are not written down');
    expect(read('groundspeed.yaml')).toContain('url: http://127.0.0.1:9/api/query?x=1\n');
    expect(read('groundspeed.yaml')).toContain(`authorization: Basic \${TARGET_TOKEN}`);
    for (const text of [named, raw, inUrl, offline].map(({ out, err }) => out + err))
      expect(text).not.toContain('magpie');
    for (const file of ['groundspeed.yaml', WORKFLOW]) expect(read(file)).not.toContain('magpie');
  });

  it('needs no native package, no corpus and no engine', async () => {
    const hooks = new URL('../fixtures/no-native-packages.mjs', import.meta.url);
    const env = { NODE_OPTIONS: `--import ${hooks.href}` };
    expect(await init('/ask', ['--quiet'], env, runProcess)).toEqual({ code: 0, out: '', err: '' });
    const check = ['target', 'check', '--config', 'groundspeed.yaml', '--dataset', 'q.csv', '--quiet'];
    expect(await runProcess(check, env)).toEqual({ code: 0, out: '', err: '' });
  });

  it('says what a preset misses', async () => {
    const { code, err } = await init('/v1/chat/completions');
    expect(code).toBe(2);
    expect(err).toMatch(/target\.model: is missing[\s\S]*--set target\.model=/);
  });

  it.each([
    [['--questions', 'none.csv'], 3, 'dataset.missing'],
    [['--target', 'in-process'], 2, 'usage.argument'],
    [['--header', 'magpie'], 2, 'usage.argument'],
  ])('refuses %j with %i', async (flags, code, name) => {
    const ended = await init('/api/query', flags);
    expect(ended).toMatchObject({ code, out: '' });
    expect(ended.err).toContain(`code: ${name}`);
    expect(ended.err).not.toContain('magpie');
  });

  it('prints one JSON document for a script', async () => {
    const { code, out } = await init('/ask', ['--json']);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      files: ['groundspeed.yaml', WORKFLOW],
      target: { response: { answer: 'result.reply' } },
      allowed: null,
      variables: [],
      asked: [{ status: 422 }, { status: 200 }],
      check: { failure: null },
    });
  });
});
