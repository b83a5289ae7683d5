import { createServer, type IncomingMessage, request as requestHttp, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { OpenAI } from 'openai';
import { afterEach, describe, expect, it } from 'vitest';
import { type FaultProxy, faultProxy } from '../../src/faults/http-proxy.ts';
import { createFaultInjector, type FaultInjector } from '../../src/faults/injector.ts';
import { seededRandom } from '../../src/kernel/random.ts';
import { milliseconds } from '../../src/kernel/units.ts';
import { systemClock } from '../../src/system/clock.ts';
import { faultsOf } from '../faults/reading.ts';
import { type ChatReply, startChatServer } from '../servers/openai-chat.ts';
import { startEmbeddingsServer } from '../servers/openai-embeddings.ts';
import { makeAuthority, makeCertificate } from '../servers/rag-certificates.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

interface Upstream {
  readonly url: string;
  readonly requests: { method: string; url: string; headers: IncomingMessage['headers']; body: string }[];
  /** Connections that were left before their answer was whole. */
  readonly abandoned: () => number;
}

const DOCUMENT = { answer: 'The ferry leaves at nine.', passages: ['a', 'b', 'c'] };

/** A service that tells what it was sent; `/slow` answers piece by piece, `/hang` never, `/cut` breaks off. */
async function startUpstream(): Promise<Upstream> {
  const requests: Upstream['requests'] = [];
  let abandoned = 0;
  const server: Server = createServer(async (request, response) => {
    let body = '';
    for await (const piece of request.setEncoding('utf8')) body += piece;
    requests.push({ method: request.method!, url: request.url!, headers: request.headers, body });
    response.on('close', () => {
      if (!response.writableFinished) abandoned += 1;
    });
    if (request.url!.endsWith('/hang')) return;
    if (request.url!.endsWith('/missing')) {
      response.writeHead(404, 'Not Here', { 'x-kept': 'yes' }).end('no such thing');
      return;
    }
    if (request.url!.endsWith('/slow')) {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const piece of ['one', 'two', 'three']) {
        response.write(`data: ${piece}\n\n`);
        await systemClock.sleep(milliseconds(20));
      }
      response.end();
      return;
    }
    if (request.url!.endsWith('/cut')) {
      response.writeHead(200, { 'content-length': 1000 });
      response.write('half');
      setImmediate(() => response.destroy());
      return;
    }
    const text = JSON.stringify(DOCUMENT);
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
    });
    response.end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/api`, requests, abandoned: () => abandoned };
}

interface Faulty {
  readonly proxy: FaultProxy;
  readonly injector: FaultInjector;
}

async function proxyTo(upstream: string, faults: string, seed = 1): Promise<Faulty> {
  const injector = createFaultInjector({
    faults: faultsOf(faults),
    permit: 'test',
    clock: systemClock,
    random: seededRandom(seed),
  });
  const proxy = await faultProxy({ upstream, injector });
  closing.push(() => proxy.close());
  injector.start();
  return { proxy, injector };
}

async function behind(faults: string, seed?: number): Promise<Faulty & { readonly upstream: Upstream }> {
  const upstream = await startUpstream();
  return { ...(await proxyTo(upstream.url, faults, seed)), upstream };
}

const NEVER = 'http: error from 1h';

describe('a proxy without a fault in force', () => {
  it('passes requests on as they are, and answers back', async () => {
    const { proxy, upstream } = await behind(NEVER);
    const response = await fetch(`${proxy.url}/ask?q=1`, {
      method: 'POST',
      body: '{"question":"When?"}',
      headers: { authorization: 'Bearer secret', 'content-type': 'application/json' },
    });
    expect(await response.json()).toEqual(DOCUMENT);
    expect(upstream.requests).toMatchObject([
      {
        method: 'POST',
        url: '/api/ask?q=1',
        body: '{"question":"When?"}',
        headers: { authorization: 'Bearer secret' },
      },
    ]);
    expect(`http://${upstream.requests[0]!.headers.host}/api`).toBe(upstream.url);
    const missing = await fetch(`${proxy.url}/missing`);
    expect([missing.status, missing.statusText, missing.headers.get('x-kept'), await missing.text()]).toEqual(
      [404, 'Not Here', 'yes', 'no such thing'],
    );
  });

  it('passes a stream on while it comes', async () => {
    const { proxy } = await behind(NEVER);
    const response = await fetch(`${proxy.url}/slow`);
    const pieces: string[] = [];
    for await (const piece of response.body!.pipeThrough(new TextDecoderStream())) pieces.push(piece);
    expect(pieces.join('')).toBe('data: one\n\ndata: two\n\ndata: three\n\n');
    expect(pieces.length).toBeGreaterThan(1);
  });

  it('leaves the service when its caller leaves', async () => {
    const { proxy, upstream } = await behind(NEVER);
    const leave = new AbortController();
    const call = fetch(`${proxy.url}/hang`, { signal: leave.signal });
    await expect.poll(() => upstream.requests.length).toBe(1);
    expect(proxy.inFlight).toBe(1);
    leave.abort();
    await expect(call).rejects.toThrow('aborted');
    await expect.poll(() => upstream.abandoned()).toBe(1);
    await expect.poll(() => proxy.inFlight).toBe(0);
  });

  it('breaks off where the service does, and says that it cannot be reached', async () => {
    const { proxy } = await behind(NEVER);
    const cut = await fetch(`${proxy.url}/cut`);
    await expect(cut.text()).rejects.toThrow('terminated');
    const nowhere = await proxyTo('http://127.0.0.1:1', NEVER);
    expect((await fetch(nowhere.proxy.url)).status).toBe(502);
  });

  it('speaks HTTPS to a service whose certificate it trusts, and to no other', async () => {
    const authority = await makeAuthority();
    const secure = createSecureServer(await makeCertificate({ authority }), (_, response) =>
      response.end('here'),
    );
    await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve));
    closing.push(() => new Promise((resolve) => secure.close(resolve)));
    const upstream = `https://127.0.0.1:${(secure.address() as AddressInfo).port}`;
    const { proxy, injector } = await proxyTo(upstream, NEVER);
    expect((await fetch(proxy.url)).status).toBe(502);
    const trusting = await faultProxy({ upstream, injector, ca: authority.cert });
    closing.push(() => trusting.close());
    expect(await (await fetch(trusting.url)).text()).toBe('here');
  });

  it('answers however long its connections have been idle', async () => {
    const brief = createServer((_, response) => response.end('here'));
    brief.keepAliveTimeout = 1500;
    await new Promise<void>((resolve) => brief.listen(0, '127.0.0.1', resolve));
    closing.push(() => new Promise((resolve) => brief.close(resolve)));
    const { port } = brief.address() as AddressInfo;
    const after = async (idle: number): Promise<void> => {
      const { proxy } = await proxyTo(`http://127.0.0.1:${port}`, NEVER);
      expect(await (await fetch(proxy.url)).text()).toBe('here');
      await systemClock.sleep(milliseconds(idle));
      expect(await (await fetch(proxy.url)).text(), `after ${idle} ms`).toBe('here');
    };
    await Promise.all([0, 900, 1000, 1490, 1500, 1510].map(after));
  });

  it('waits for a slow answer longer than it keeps a connection', async () => {
    const slow = createServer((_, response) => setTimeout(() => response.end('here'), 1500));
    await new Promise<void>((resolve) => slow.listen(0, '127.0.0.1', resolve));
    closing.push(() => new Promise((resolve) => slow.close(resolve)));
    const { proxy } = await proxyTo(`http://127.0.0.1:${(slow.address() as AddressInfo).port}`, NEVER);
    expect(await (await fetch(proxy.url)).text()).toBe('here');
  });

  it('carries a large body both ways at its caller’s pace', async () => {
    const echo = createServer((request, response) => request.pipe(response));
    await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
    closing.push(() => new Promise((resolve) => echo.close(resolve)));
    const { proxy } = await proxyTo(`http://127.0.0.1:${(echo.address() as AddressInfo).port}`, NEVER);
    const body = Buffer.alloc(8_000_000, 'groundspeed ');
    const response = await fetch(proxy.url, { method: 'POST', body });
    expect(Buffer.from(await response.arrayBuffer()).equals(body)).toBe(true);
  });
});

describe('a fault of http', () => {
  it.each([
    ['error', 500],
    ['error http5xx', 503],
    ['error http4xx', 400],
    ['error 502', 502],
    ['429', 429],
  ])('%s is a status, and asks nothing of the service', async (kind, status) => {
    const { proxy, upstream, injector } = await behind(`http: ${kind}`);
    const response = await fetch(`${proxy.url}/ask`, { method: 'POST', body: 'x'.repeat(100_000) });
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error: { message: expect.stringContaining('injected') } });
    expect(response.headers.get('retry-after')).toBeNull();
    expect(upstream.requests).toEqual([]);
    expect(injector.log()).toMatchObject([{ count: 1 }]);
  });

  it('429 says after how many whole seconds to come back', async () => {
    const { proxy } = await behind('http: 429 retry-after 1500ms');
    const { status, headers } = await fetch(proxy.url);
    expect([status, headers.get('retry-after')]).toEqual([429, '2']);
  });

  it('error reset answers nothing', async () => {
    const { proxy, upstream } = await behind('http: error reset');
    await expect(fetch(proxy.url)).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });
    expect(upstream.requests).toEqual([]);
  });

  it('reset breaks off in the middle of the body', async () => {
    const { proxy, upstream } = await behind('http: reset');
    const [text, code] = await new Promise<[string, string]>((resolve, reject) => {
      const asked = requestHttp(`${proxy.url}/ask`, (response) => {
        let got = '';
        response.setEncoding('utf8');
        response.on('data', (piece: string) => {
          got += piece;
        });
        response.on('error', (error: NodeJS.ErrnoException) => resolve([got, error.code!]));
        response.on('end', () => reject(new Error('it ended')));
      });
      // The request is told as well; what it had been answered by then is what counts.
      asked.on('error', () => undefined).end();
    });
    const whole = JSON.stringify(DOCUMENT);
    expect(text).toBe(whole.slice(0, Math.ceil(whole.length / 2)));
    expect(code).toBe('ECONNRESET');
    expect(upstream.requests).toHaveLength(1);
  });

  it('timeout never answers, and ends with the drill', async () => {
    const { proxy, upstream, injector } = await behind('http: timeout');
    const signal = AbortSignal.timeout(100);
    await expect(fetch(proxy.url, { signal })).rejects.toMatchObject({ name: 'TimeoutError' });
    await expect.poll(() => proxy.inFlight).toBe(0);
    const call = fetch(proxy.url);
    const ended = expect(call).rejects.toThrow('fetch failed');
    await expect.poll(() => proxy.inFlight).toBe(1);
    injector.stop();
    await ended;
    expect(upstream.requests).toEqual([]);
  });

  it('latency comes before the answer', async () => {
    const { proxy } = await behind('http: latency 80ms');
    const start = performance.now();
    expect((await fetch(proxy.url)).status).toBe(200);
    expect(performance.now() - start).toBeGreaterThan(75);
  });

  it('drip lets the answer through, byte by byte', async () => {
    const { proxy } = await behind('http: drip 400 bytes/s');
    const response = await fetch(proxy.url);
    const pieces: number[] = [];
    const start = performance.now();
    for await (const piece of response.body!) pieces.push(piece.length);
    const whole = Buffer.byteLength(JSON.stringify(DOCUMENT));
    expect(pieces.reduce((sum, length) => sum + length, 0)).toBe(whole);
    expect(pieces.length).toBeGreaterThan(1);
    // The first piece of 40 bytes came before the clock was looked at.
    expect(performance.now() - start).toBeGreaterThan(((whole - 40) * 1000) / 400 / 2);
  });

  it('truncate ends early, and says nothing of it', async () => {
    const { proxy } = await behind('http: truncate keeping 40%');
    const response = await fetch(proxy.url);
    const whole = JSON.stringify(DOCUMENT);
    expect(await response.text()).toBe(whole.slice(0, Math.floor(whole.length * 0.4)));
    expect(response.headers.get('content-length')).toBeNull();
  });

  it('malformed is no JSON, nor are the data of an event', async () => {
    const { proxy } = await behind('http: malformed');
    const response = await fetch(proxy.url);
    expect(response.headers.get('content-type')).toBe('application/json');
    await expect(response.json()).rejects.toThrow(SyntaxError);
    expect(await (await fetch(`${proxy.url}/slow`)).text()).toMatch(/^data: \{\{malformed\n\ndata: one\n\n/);
  });

  it('empty is success with nothing in it', async () => {
    const { proxy } = await behind('http: empty');
    const response = await fetch(proxy.url);
    expect([response.status, await response.text()]).toEqual([200, '']);
  });

  it('with a share hits the same requests for the same seed', async () => {
    const statuses = async (seed: number) => {
      const { proxy } = await behind('http: error 503 40%', seed);
      const all: number[] = [];
      for (let request = 0; request < 40; request += 1) {
        const response = await fetch(proxy.url);
        await response.arrayBuffer();
        all.push(response.status);
      }
      return all;
    };
    const first = await statuses(3);
    expect(new Set(first)).toEqual(new Set([200, 503]));
    expect(await statuses(3)).toEqual(first);
    expect(await statuses(4)).not.toEqual(first);
  });
});

describe('closing', () => {
  it('breaks off what is under way, and leaves nothing', async () => {
    const { proxy, upstream } = await behind('http: timeout from 1h');
    const call = fetch(`${proxy.url}/hang`);
    const broken = expect(call).rejects.toThrow('fetch failed');
    await expect.poll(() => upstream.requests.length).toBe(1);
    await proxy.close();
    closing.splice(-1);
    await broken;
    await expect.poll(() => upstream.abandoned()).toBe(1);
    expect(proxy.inFlight).toBe(0);
    await expect(fetch(proxy.url)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
  });
});

describe('in front of a service of OpenAI’s kind, its own client', () => {
  const whole: ChatReply = { pieces: ['The ferry ', 'leaves ', 'at nine.'] };

  async function clientOf(faults: string) {
    const service = await startChatServer(() => whole);
    closing.push(() => service.close());
    const { proxy } = await proxyTo(service.baseUrl, faults);
    return new OpenAI({ apiKey: 'none', baseURL: proxy.url, maxRetries: 0, logLevel: 'off' });
  }

  async function heard(client: OpenAI): Promise<{ text: string; finished: boolean }> {
    const chunks = await client.chat.completions.create({
      model: 'm',
      messages: [{ role: 'user', content: 'When?' }],
      stream: true,
    });
    let text = '';
    let finished = false;
    for await (const { choices } of chunks) {
      text += choices[0]?.delta.content ?? '';
      if (choices[0]?.finish_reason) finished = true;
    }
    return { text, finished };
  }

  it('hears the whole answer, also slowly', async () => {
    const answer = { text: 'The ferry leaves at nine.', finished: true };
    expect(await heard(await clientOf(NEVER))).toEqual(answer);
    expect(await heard(await clientOf('http: drip 5000 bytes/s'))).toEqual(answer);
  });

  it('sees a status as its own errors, with Retry-After', async () => {
    const limited = await heard(await clientOf('http: 429 retry-after 3s')).catch((error: unknown) => error);
    expect(limited).toBeInstanceOf(OpenAI.RateLimitError);
    expect((limited as InstanceType<typeof OpenAI.RateLimitError>).headers.get('retry-after')).toBe('3');
    await expect(heard(await clientOf('http: error http5xx'))).rejects.toBeInstanceOf(
      OpenAI.InternalServerError,
    );
    await expect(heard(await clientOf('http: error reset'))).rejects.toBeInstanceOf(
      OpenAI.APIConnectionError,
    );
  });

  it('hears an answer without its end, or one that it cannot read', async () => {
    const { text, finished } = await heard(await clientOf('http: truncate keeping 70%'));
    expect('The ferry leaves at nine.').toContain(text);
    expect(finished).toBe(false);
    await expect(heard(await clientOf('http: malformed'))).rejects.toThrow();
    await expect(heard(await clientOf('http: reset'))).rejects.toThrow();
  });

  it('gets embeddings through, and errors in their place', async () => {
    const service = await startEmbeddingsServer();
    closing.push(() => service.close());
    const { proxy, injector } = await proxyTo(service.baseUrl, 'http: malformed');
    const client = new OpenAI({ apiKey: 'none', baseURL: proxy.url, maxRetries: 0, logLevel: 'off' });
    const ask = () => client.embeddings.create({ model: 'm', input: ['a'], encoding_format: 'float' });
    await expect(ask()).rejects.toThrow(SyntaxError);
    injector.stop();
    expect((await ask()).data).toHaveLength(1);
  });
});
