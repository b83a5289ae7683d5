import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ANSWER, type RagService, startRagService } from '../servers/rag-service.ts';
import { cli, workFolder } from './cli.ts';
import { cliHere } from './cli-here.ts';

const work = workFolder({
  'q.csv': 'question,answer,source\nHow long is a travel voucher valid?,18 months,travel-vouchers\n',
  'ask.yaml':
    'body: {question: "{{question}}"}\nresponse: {answer: result.reply, passages: result.hits, passageId: file}\n',
  'settings.yaml': 'load:\n  allowTargets: [rag.invalid]\n',
});
let service: RagService;
beforeAll(async () => {
  service = await startRagService();
});
afterAll(async () => {
  await service.close();
  work.remove();
});
/** In this process: what the built program adds to it is the same for every command. */
const run = (...argv: string[]) => cliHere(argv, { cwd: work.path });
const check = (path: string, ...flags: string[]) =>
  run('target', 'check', `${service.url}${path}`, '--dataset', 'q.csv', ...flags);

describe('target check', () => {
  it('shows what came back and what was understood of it', async () => {
    const { code, out, err } = await check('/api/query');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    for (const words of [
      `POST ${service.url}/api/query, preset groundspeed`,
      'q1: How long is a travel voucher valid?',
      'status 200, application/json',
      /^✓ answer +A travel voucher is valid for 18 months\. +answer$/m,
      /^· {3}its title +– nothing stands there +title$/m,
      '✓ 1 of 1 passages lead to sources that golden questions name',
      /^ 1 {2}0\.900 {2}golden {2}travel-vouchers$/m,
      '"answer": "A travel voucher is valid for 18 months."',
    ]) {
      expect(out).toEqual(expect.stringMatching(words));
    }
    expect(out).not.toContain('What to change');
    expect(service.asked.at(-1)).toEqual({ query: 'How long is a travel voucher valid?' });
  });

  it('prints one JSON document for a script, as the built program does', async () => {
    const flags = ['--dataset', 'q.csv', '--json'];
    const { code, out } = await cli(['target', 'check', `${service.url}/api/query`, ...flags], {
      cwd: work.path,
    });
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      response: { status: 200 },
      failure: null,
      passages: [{ known: true }],
    });
  });

  it('exits with 5 for a target that is not understood, and says what to change', async () => {
    const { code, out, err } = await check('/ask');
    expect(code).toBe(5);
    expect(err).toMatch(/answered 422[\s\S]*code: target\.http4xx/);
    expect(out).toContain('→ target.body = {"question":"{{question}}"}');
    expect((await check('/page')).err).toContain('code: target.contentType');
    expect((await run('target', 'check', 'http://127.0.0.1:1', '--question', 'Why?')).err).toMatch(
      /takes no connection[\s\S]*code: target\.connect/,
    );
  });

  it('takes a description from a file, and a question of the command line', async () => {
    const { code, out } = await check('/ask', '--target-file', 'ask.yaml', '--question', 'Why?', '--json');
    expect(code).toBe(0);
    const document = JSON.parse(out) as {
      understood: { field: string; value: unknown }[];
      changes: unknown[];
    };
    expect(document.understood[0]).toMatchObject({
      field: 'answer',
      value: ANSWER,
      expression: 'result.reply',
    });
    expect(document.changes).toContainEqual(
      expect.objectContaining({ setting: 'target.ids.pattern', value: '([^/]+)\\.\\w+$' }),
    );
    expect(service.asked.at(-1)).toEqual({ question: 'Why?' });
  });

  it('asks nobody beyond this machine who is not allowed, and says what to type', async () => {
    const refused = await run('target', 'check', 'https://rag.invalid/ask', '--question', 'Why?');
    expect(refused).toMatchObject({ code: 2, out: '' });
    expect(refused.err).toMatch(/--allow-target rag\.invalid[\s\S]*code: load\.refused/);
    for (const flags of [
      ['--allow-target', 'rag.invalid'],
      ['--config', 'settings.yaml'],
    ]) {
      const { code, err } = await run(
        'target',
        'check',
        'https://rag.invalid/ask',
        '--question',
        'Why?',
        ...flags,
      );
      expect(code).toBe(5);
      expect(err).toContain('code: target.dns');
    }
  });

  it('shows no secret', async () => {
    const header = '--set=target.headers={"authorization":"Bearer magpie-token"}';
    const { code, out, err } = await check('/locked', header);
    expect(code, err).toBe(0);
    expect(service.lastHeaders().authorization).toBe('Bearer magpie-token');
    expect(out + err).not.toContain('magpie');
    const locked = await check('/locked');
    expect(locked.code).toBe(5);
    expect(locked.out).toContain(`→ target.headers.authorization = Bearer \${API_TOKEN}`);
  });

  it.each([
    [['--junit', 'x.xml'], '--suite'],
    [['--preset', 'grondspeed'], 'did you mean groundspeed?'],
    [['--refuses-with', '422'], '--suite'],
    [['--suite', '--refuses-with', '400,200'], 'from 400 to 499'],
    [['--timeout', '5'], 'with its unit'],
    [['--timeout', '0s'], 'above 0'],
  ])('refuses %j', async (flags, words) => {
    const { code, err } = await check('/api/query', ...flags);
    expect(code).toBe(2);
    expect(err).toContain(words);
  });

  it('needs a deployment', async () => {
    const { code, err } = await run('target', 'check', '--question', 'Why?');
    expect(code).toBe(2);
    expect(err).toContain('Nothing says which deployment to check');
  });
});

describe('target check --suite', () => {
  it('exits with 0 where every check passes', async () => {
    const { code, out, err } = await check('/api/query', '--suite', '--junit', 'ok.xml');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/7 passed, 0 failed, 1 skipped/);
    expect(readFileSync(join(work.path, 'ok.xml'), 'utf8')).toMatch(
      /tests="8" failures="0" errors="0" skipped="1"/,
    );
  });

  it('exits with 5 where one fails, and says so in JUnit, in JSON, and in words', async () => {
    const { code, out, err } = await check('/lax', '--suite', '--junit', 'reports/lax.xml', '--json');
    expect(code).toBe(5);
    expect(err).toMatch(/3 of 8 acceptance checks failed[\s\S]*code: target\.acceptance/);
    const document = JSON.parse(out) as { passed: boolean; checks: { name: string; status: string }[] };
    expect(document.passed).toBe(false);
    expect(document.checks.filter(({ status }) => status === 'failed').map(({ name }) => name)).toEqual([
      'an empty question is refused',
      'a missing question is refused',
      'malformed JSON is refused',
    ]);
    expect(existsSync(join(work.path, 'reports/lax.xml'))).toBe(true);
    expect(readFileSync(join(work.path, 'reports/lax.xml'), 'utf8')).toContain('failures="3"');
    const words = await check('/lax', '--suite');
    expect(words.out).toMatch(/✗ malformed JSON is refused[\s\S]*→ Refuse it with 400/);
  });

  it('looks for health where it is told to, or not at all', async () => {
    expect((await check('/api/query', '--suite', '--health', '/nowhere')).err).toContain(
      'health: GET /nowhere → 404',
    );
    expect((await check('/api/query', '--suite', '--health', 'none')).out).toMatch(
      /– health[\s\S]*2 skipped/,
    );
  });
});
