import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GroundspeedError } from '../../src/kernel/errors.ts';
import { startLivePage } from '../../src/server/live/page.ts';
import { Run } from './told-run.ts';

describe('the server of the live page', () => {
  const run = new Run();
  beforeEach(() => run.start());
  afterEach(() => run.live.close());

  function ask(options: { path?: string; method?: string; headers?: Record<string, string> } = {}) {
    return new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; text: string }>(
      (resolve, reject) => {
        const asking = request(run.live.url, { path: '/', ...options }, async (response) => {
          let body = '';
          for await (const chunk of response) body += chunk;
          resolve({ status: response.statusCode!, headers: response.headers, text: body });
        });
        asking.on('error', reject).end();
      },
    );
  }

  it('answers who asks by the name of this machine, and nobody else', async () => {
    expect(await ask()).toMatchObject({ status: 200 });
    expect(await ask({ headers: { host: 'localhost:9999' } })).toMatchObject({ status: 200 });
    for (const path of ['/', '/events', '/icon.svg', '/nothing']) {
      expect(await ask({ path, headers: { host: 'rebound.example' } })).toMatchObject({ status: 403 });
    }
  });

  it('answers GET alone, and only what it has', async () => {
    expect(await ask({ method: 'POST' })).toMatchObject({ status: 405, headers: { allow: 'GET' } });
    expect(await ask({ path: '/../../etc/passwd' })).toMatchObject({ status: 404 });
    expect(await ask({ path: '/icon.svg' })).toMatchObject({
      status: 200,
      headers: { 'content-type': 'image/svg+xml' },
    });
    expect(await ask({ path: '/events', headers: { 'sec-fetch-site': 'cross-site' } })).toMatchObject({
      status: 403,
    });
  });

  it('gives each answer a nonce of its own, and forbids all the rest', async () => {
    const policies = [await ask(), await ask()].map(({ headers }) =>
      String(headers['content-security-policy']),
    );
    expect(policies[0]).toMatch(/^default-src 'none'; style-src 'nonce-[\w+/=]{24}'; script-src 'nonce-/);
    expect(policies[0]).not.toBe(policies[1]);
    expect((await ask()).headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      'cross-origin-resource-policy': 'same-origin',
    });
  });

  it('says which port it cannot have', async () => {
    const port = Number(new URL(run.live.url).port);
    const taken = await startLivePage({ port, title: 'another' }).catch((error: unknown) => error);
    expect(taken).toBeInstanceOf(GroundspeedError);
    expect(taken).toMatchObject({ code: 'server.port', message: `Port ${port} of 127.0.0.1 is taken` });
  });

  it('lets a reader go who does not read, and the run goes on', async () => {
    const deaf = connect(Number(new URL(run.live.url).port), '127.0.0.1');
    await once(deaf, 'connect');
    deaf.on('error', () => undefined);
    deaf.write('GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n');
    deaf.pause();
    const closed = once(deaf, 'close');
    const warning = 'w'.repeat(1024 * 1024);
    for (let sent = 0; sent < 40; sent += 1) {
      run.live.onEvent({ type: 'warning', message: warning });
      await new Promise((resolve) => setImmediate(resolve));
    }
    deaf.resume();
    await closed;
    expect(await ask()).toMatchObject({ status: 200 });
  });

  it('ends its streams when it is closed, says why, and may be closed twice', async () => {
    const stream = ask({ path: '/events' });
    await new Promise((resolve) => setTimeout(resolve, 100));
    await Promise.all([run.live.close(), run.live.close()]);
    expect((await stream).text).toMatch(
      /event: snapshot\n.*event: finish\ndata: \{"detail":"It ended before/s,
    );
    await expect(ask()).rejects.toThrow('ECONNREFUSED');
  });
});

const DIST = process.env.GROUNDSPEED_DIST ?? fileURLToPath(new URL('../../dist', import.meta.url));

describe('a process that serves the live page', () => {
  it.each(['', 'await live.close();'])('ends by itself while a page is open (%j)', async (closing) => {
    const program = `
      import { once } from 'node:events';
      import { startLivePage } from '${pathToFileURL(DIST).href}/server/live/page.js';
      const live = await startLivePage({ title: 'a run' });
      console.log(live.url);
      await once(process.stdin, 'data');
      process.stdin.destroy();
      ${closing}
    `;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const [url] = await once(child.stdout, 'data');
    const response = await fetch(new URL('events', String(url).trim()));
    const reading = response.text().catch(() => 'cut off');
    child.stdin.write('go on\n');
    expect(await once(child, 'exit')).toEqual([0, null]);
    await reading;
  });
});
