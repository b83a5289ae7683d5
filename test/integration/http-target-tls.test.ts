import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { GroundspeedError } from '../../src/kernel/errors.ts';
import { milliseconds } from '../../src/kernel/units.ts';
import { type Asked, askOnce } from '../../src/load/ask-once.ts';
import { checkReachable, httpTarget } from '../../src/load/targets/http/http-target.ts';
import { systemClock } from '../../src/system/clock.ts';
import { described } from '../load/targets/http/described.ts';
import { type Certificate, makeAuthority, makeCertificate } from '../servers/rag-certificates.ts';
import { type RagServer, startRagServer } from '../servers/rag-http.ts';

let folder: string;
let caFile: string;
let authority: Certificate;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'groundspeed-tls-'));
  authority = await makeAuthority();
  caFile = join(folder, 'ca.pem');
  writeFileSync(caFile, authority.cert);
});
afterAll(() => rmSync(folder, { recursive: true }));

type Settings = Readonly<Record<string, unknown>>;

async function asked(settings: Settings): Promise<Asked> {
  const target = httpTarget({
    description: described(settings),
    questions: [{ id: 'q', text: 'Q?' }],
    connections: 10,
    timeoutMs: 5_000,
  });
  try {
    const request = { question: 0, text: 'Q?', cache: true };
    return await askOnce(target, request, { clock: systemClock, timeout: milliseconds(5_000) });
  } finally {
    await target.close();
  }
}

/** The failure before any load; a request by itself must end with the very same. */
async function failureOf(settings: Settings): Promise<GroundspeedError> {
  const failure = await checkReachable(described(settings), { timeoutMs: 5_000 }).then(
    () => undefined,
    (error: unknown) => error as GroundspeedError,
  );
  const one = await asked(settings);
  expect(one.outcome === 'completed' ? undefined : (one.error as GroundspeedError).message).toBe(
    failure?.message,
  );
  return failure!;
}

const serve = (tls: Certificate): Promise<RagServer> =>
  startRagServer(() => ({ body: { answer: 'x', sources: [] } }), { tls });

describe('TLS', () => {
  it('trusts an authority that target.tls.caFile names, and asks over it', async () => {
    const server = await serve(await makeCertificate({ authority }));
    const settings = { url: server.url, tls: { caFile } };
    await checkReachable(described(settings), { timeoutMs: 5_000 });
    expect(await asked(settings)).toMatchObject({ outcome: 'completed', response: { answer: 'x' } });
    await server.close();
  });

  it('refuses the certificate of an authority that nobody named', async () => {
    const server = await serve(await makeCertificate({ authority }));
    const failure = await failureOf({ url: server.url });
    expect(failure).toMatchObject({ code: 'target.tls', exitCode: 5 });
    expect(failure.hint).toContain('target.tls.caFile');
    await server.close();
  });

  it('refuses a self-signed certificate, unless certificates are not verified', async () => {
    const server = await serve(await makeCertificate());
    const failure = await failureOf({ url: server.url });
    expect(failure.code).toBe('target.tls');
    expect(failure.message).toContain('shows a self-signed certificate');
    expect(await asked({ url: server.url, tls: { verify: false } })).toMatchObject({ outcome: 'completed' });
    await server.close();
  });

  it('refuses an expired certificate', async () => {
    const server = await serve(await makeCertificate({ authority, expired: true }));
    const failure = await failureOf({ url: server.url, tls: { caFile } });
    expect(failure.code).toBe('target.tls');
    expect(failure.message).toContain('shows a certificate that has expired');
    await server.close();
  });

  it('refuses a certificate for another host', async () => {
    const server = await serve(await makeCertificate({ authority, host: 'rag.example.com' }));
    const failure = await failureOf({ url: server.url, tls: { caFile } });
    expect(failure.code).toBe('target.tls');
    expect(failure.message).toContain('shows a certificate for another host');
    await server.close();
  });

  it('tells plain HTTP from TLS, either way round', async () => {
    const plain = await startRagServer(() => ({ body: {} }));
    const failure = await failureOf({ url: plain.url.replace('http:', 'https:') });
    expect(failure.code).toBe('target.tls');
    expect(failure.hint).toContain('http://');
    const secure = await serve(await makeCertificate());
    const one = await asked({ url: secure.url.replace('https:', 'http:') });
    expect(one).toMatchObject({
      outcome: 'error',
      error: { code: expect.stringMatching(/^target\.(reset|malformed)$/) },
    });
    await plain.close();
    await secure.close();
  });

  it('refuses a file of authorities that is not there', () => {
    const description = described({ tls: { caFile: join(folder, 'none.pem') } });
    expect(() => httpTarget({ description, questions: [], connections: 1, timeoutMs: 1 })).toThrow(
      expect.objectContaining({ code: 'target.description', where: 'target.tls.caFile' }),
    );
  });
});

describe('checkReachable', () => {
  it('makes no connection when nobody wants it any more', async () => {
    const signal = AbortSignal.abort(new Error('no longer wanted'));
    const description = described({ url: 'http://127.0.0.1:1' });
    await expect(checkReachable(description, { timeoutMs: 1_000, signal })).rejects.toThrow(
      'no longer wanted',
    );
  });

  it('stops waiting for a handshake that never comes', async () => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    await new Promise((resolve) => silent.once('listening', resolve));
    const { port } = silent.address() as { port: number };
    const description = described({ url: `https://127.0.0.1:${port}` });
    const failure = await checkReachable(description, { timeoutMs: 1_000 }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'target.connect', exitCode: 5 });
    const stop = new AbortController();
    setTimeout(() => stop.abort(new Error('no longer wanted')), 50);
    await expect(checkReachable(description, { timeoutMs: 60_000, signal: stop.signal })).rejects.toThrow(
      'no longer wanted',
    );
    silent.close();
  });
});

describe('a request that waits for its connection', () => {
  it('gives it up when it is withdrawn', async () => {
    let open = 0;
    const silent = createServer((socket) => {
      open += 1;
      socket
        .on('error', () => undefined)
        .on('close', () => {
          open -= 1;
        });
      socket.resume();
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => silent.once('listening', resolve));
    const { port } = silent.address() as { port: number };
    const description = described({ url: `https://127.0.0.1:${port}` });
    const target = httpTarget({ description, questions: [], connections: 10, timeoutMs: 60_000 });
    const told: string[] = [];
    const exchange = {
      firstToken: () => told.push('first token'),
      complete: () => told.push('complete'),
      fail: () => told.push('fail'),
    };
    const sent = Array.from({ length: 5 }, () =>
      target.start({ question: 0, text: 'Q?', cache: true }, exchange),
    );
    await vi.waitFor(() => expect(open).toBe(5));
    for (const one of sent) one.withdraw(new GroundspeedError('query.aborted', 'too late'));
    await vi.waitFor(() => expect(open).toBe(0));
    expect(told).toEqual([]);
    await target.close();
    silent.close();
  });

  it('fails at once where the target is closed', async () => {
    const target = httpTarget({ description: described(), questions: [], connections: 10, timeoutMs: 1_000 });
    await target.close();
    const request = { question: 0, text: 'Q?', cache: true };
    const asked = await askOnce(target, request, { clock: systemClock, timeout: milliseconds(5_000) });
    expect(asked).toMatchObject({ outcome: 'error', error: { code: 'target.failed' } });
  });
});
