import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { cli, workFolder } from './cli.ts';
import { cliHere } from './cli-here.ts';
import { type Serving, send, startServe } from './serving.ts';

const TOKEN = 'magpie-token-4711';
const work = workFolder({
  'docs/lamp.txt': 'The lighthouse keeper is called Ada Brown. She lights the lamp at dusk.',
});
const running: Serving[] = [];

afterEach(async () => {
  for (const one of running.splice(0)) {
    one.child.kill('SIGKILL');
    await one.ended;
  }
});
afterAll(() => work.remove());

async function serve(argv: readonly string[], env: Record<string, string> = {}): Promise<Serving> {
  const one = await startServe(argv, { cwd: work.path, env });
  running.push(one);
  return one;
}

describe('serve', () => {
  it('serves the shipped golden set at once, says where in one line of JSON, and ends with 0 at Ctrl-C', async () => {
    const service = await serve([]);
    expect(service).toMatchObject({ workers: 1, token: false, index: { documents: 150, version: 1 } });
    expect(service.url).toBe(`http://127.0.0.1:${service.port}`);
    const { status, json } = await send(`${service.url}/api/query`, {
      query: 'What is the general emergency signal on board?',
    });
    expect(status).toBe(200);
    expect(json.answer).toContain('seven short blasts');
    expect(json.sources[0]!.id).toBe('safety-muster');
    const { code, out, err } = await service.stop('SIGINT');
    expect(code).toBe(0);
    expect(out.trim().split('\n')).toHaveLength(1);
    expect(err).toContain('stopping; requests in flight are answered first');
  });

  it('prints a command that can be copied, and what it serves', async () => {
    const { code, out } = await cli(['serve', '--port', '0'], {
      cwd: work.path,
      onStart: (child) => child.stdout!.once('data', () => child.kill('SIGTERM')),
    });
    expect(code).toBe(0);
    expect(out).toMatch(
      /^Serving 150 documents \(tidewater\) at http:\/\/127\.0\.0\.1:\d+\. To ask:\n {2}curl http:.*-d '\{"query":".*"\}'\n/,
    );
    expect(out).toMatch(/\/health; .*\/metrics\. Ctrl-C ends it\.\n$/);
  });

  it('serves an index that is empty yet', async () => {
    const fresh = await serve(['--index', 'fresh']);
    expect(fresh.index.documents).toBe(0);
    expect((await send(`${fresh.url}/api/query`, { query: 'Who?' })).status).toBe(503);
    const documents = [{ id: 'soup', text: 'Fish soup is served at noon.' }];
    expect((await send(`${fresh.url}/api/documents`, { documents })).json.indexed).toBe(1);
    expect((await send(`${fresh.url}/api/query`, { query: 'When is soup served?' })).json.answer).toContain(
      'noon',
    );
  });

  it.each([
    [['--host', '0.0.0.0'], {}, 'server.unsafe', 'GROUNDSPEED_API_TOKEN'],
    [
      ['--port', '70000'],
      {},
      'config.invalid',
      'server.port: must be a whole number from 0 to 65535, but --port says',
    ],
    [['--workers', '0'], {}, 'config.invalid', 'server.workers: must be a whole number'],
    [['--set', 'server.apiToken=short'], {}, 'config.invalid', 'server.apiToken: must be 8 or more'],
    [
      ['--host', '203.0.113.7', '--set', `server.apiToken=${TOKEN}`],
      {},
      'server.port',
      'this machine has no such address',
    ],
  ] as const)('refuses %j before it serves anything', async (argv, env, code, text) => {
    const runs = argv[0] === '--host' ? cli : cliHere;
    const ended = await runs(['serve', '--port', '0', ...argv], { cwd: work.path, env });
    expect(ended).toMatchObject({ code: 2, out: '' });
    expect(ended.err).toContain(`code: ${code}`);
    expect(ended.err).toContain(text);
    expect(ended.err).not.toMatch(/magpie|short/);
  });

  it("serves an index of one's own, asks for the token of the environment, and logs requests as JSON without it or what was asked", async () => {
    expect((await cliHere(['ingest', 'docs', '--index', 'mine'], { cwd: work.path })).code).toBe(0);
    const service = await serve(['--index', 'mine'], { GROUNDSPEED_API_TOKEN: TOKEN, LOG_LEVEL: 'info' });
    expect(service).toMatchObject({ token: true, index: { path: 'mine', documents: 1 } });
    const ask = (headers: Record<string, string>) =>
      send(`${service.url}/api/query`, { query: 'magpie: who is the lighthouse keeper?' }, headers);
    expect((await ask({})).status).toBe(401);
    const { status, json } = await ask({ authorization: `Bearer ${TOKEN}`, 'x-request-id': 'mine' });
    expect({ status, answer: json.answer }).toEqual({
      status: 200,
      answer: expect.stringContaining('Ada Brown'),
    });
    expect((await send(`${service.url}/health`)).status).toBe(200);
    const { code, out, err } = await service.stop();
    expect(code).toBe(0);
    expect(out + err).not.toContain('magpie');
    const lines = err.split('\n').filter((line) => line.startsWith('{'));
    const logged = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(logged.filter(({ msg }) => msg === 'answered').map(({ status }) => status)).toEqual([
      401, 200, 200,
    ]);
    expect(logged.find(({ request_id }) => request_id === 'mine')).toMatchObject({
      req: { route: '/api/query' },
    });
  });
});
