import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type CheckResult, type Deployment, runAcceptance } from '../../src/experiments/acceptance.ts';
import { systemClock } from '../../src/system/clock.ts';

type Handler = (request: { readonly url: string; readonly body: string }, response: ServerResponse) => void;

async function serve(handler: Handler): Promise<string> {
  const server = createServer(async (request: IncomingMessage, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    handler({ url: request.url ?? '', body }, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function json(response: ServerResponse, status: number, content: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(content));
}

let ids = 0;

/** A service that does all that it should. */
const sound: Handler = ({ url, body }, response) => {
  if (url === '/health') return json(response, 200, { status: 'ok' });
  let query: unknown;
  try {
    query = (JSON.parse(body) as { query?: unknown }).query;
  } catch {
    return json(response, 400, { error: { code: 'malformed', message: 'the body is no JSON' } });
  }
  if (typeof query !== 'string' || query === '') {
    return json(response, 400, { error: { message: 'is required', field: 'query' } });
  }
  ids += 1;
  return json(response, 200, { answer: `Concerning ${query}: yes.`, sources: [], request_id: `r${ids}` });
};

const deploymentAt = (origin: string, streams = false): Deployment => ({
  health: { url: `${origin}/health`, method: 'GET', headers: {}, body: undefined },
  streams,
  request: (question) => ({
    url: `${origin}/api/query`,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: question }),
  }),
  answerOf: ({ body }) => {
    const text = new TextDecoder().decode(body);
    return streams ? text : (JSON.parse(text) as { answer: string }).answer;
  },
});

async function run(
  handler: Handler,
  options: { streams?: boolean; timeoutMs?: number; withinMs?: number; refusals?: number[] } = {},
) {
  const origin = await serve(handler);
  const results = await runAcceptance(deploymentAt(origin, options.streams), {
    clock: systemClock,
    questions: ['How long is it?', 'Who may go?', 'Where is it?'],
    timeoutMs: options.timeoutMs ?? 10_000,
    answerWithinMs: options.withinMs ?? 5000,
    refusals: options.refusals ?? [400],
    maxBytes: 1_000_000,
  });
  return new Map(results.map((result) => [result.name, result]));
}

const failing = (results: ReadonlyMap<string, CheckResult>): string[] =>
  [...results.values()].filter(({ status }) => status === 'failed').map(({ name }) => name);

describe('the acceptance suite', () => {
  it('passes a service that does all that it should', async () => {
    const results = await run(sound);
    expect(failing(results)).toEqual([]);
    expect(results.get('health')?.detail).toBe('GET /health → 200, status ok');
    expect(results.get('ten at once are answered')?.detail).toMatch(
      /^10 of 10 answered.*request ids are distinct$/,
    );
    expect(results.get('an empty question is refused')?.detail).toBe('an empty question → 400: is required');
    expect(results.get('malformed JSON is refused')?.detail).toContain('400: the body is no JSON');
    expect(results.get('streaming')).toMatchObject({ status: 'skipped' });
    for (const { seconds } of results.values()) expect(seconds).toBeGreaterThanOrEqual(0);
  });

  it('takes 422 for a refusal only where it was told so', async () => {
    const unprocessable: Handler = (request, response) =>
      request.url === '/health' || (/"query":".+"/.test(request.body) && request.body.endsWith('}'))
        ? sound(request, response)
        : json(response, 422, { detail: [{ loc: ['body', 'query'], msg: 'Field required' }] });
    const refused = await run(unprocessable);
    expect(failing(refused)).toHaveLength(3);
    expect(refused.get('a missing question is refused')?.hint).toContain('--refuses-with 400,422');
    expect(failing(await run(unprocessable, { refusals: [400, 422] }))).toEqual([]);
  });

  it.each<[string, Handler, string[], RegExp]>([
    [
      'has no health',
      (request, response) => (request.url === '/health' ? json(response, 404, {}) : sound(request, response)),
      ['health'],
      /GET \/health → 404/,
    ],
    [
      'is not well',
      (request, response) =>
        request.url === '/health' ? json(response, 503, { status: 'down' }) : sound(request, response),
      ['health'],
      /503, status down/,
    ],
    [
      'answers everything, even what it should refuse',
      ({ url }, response) => json(response, 200, url === '/health' ? {} : { answer: 'Yes.' }),
      ['an empty question is refused', 'a missing question is refused', 'malformed JSON is refused'],
      /→ 200/,
    ],
    [
      'breaks on invalid input',
      ({ url, body }, response) => {
        if (url === '/health') return json(response, 200, {});
        try {
          if ((JSON.parse(body) as { query?: string }).query) return json(response, 200, { answer: 'Yes.' });
        } catch {}
        response.writeHead(500, { 'content-type': 'text/html' }).end('<h1>Internal Server Error</h1>');
      },
      ['an empty question is refused', 'a missing question is refused', 'malformed JSON is refused'],
      /→ 500/,
    ],
    [
      'refuses without saying why',
      (request, response) => {
        if (request.url === '/health' || (/"query":".+"/.test(request.body) && request.body.endsWith('}'))) {
          return sound(request, response);
        }
        response.writeHead(400, { 'content-type': 'text/plain' }).end('bad');
      },
      ['an empty question is refused', 'a missing question is refused', 'malformed JSON is refused'],
      /without an error in JSON/,
    ],
    [
      'answers with a page',
      (request, response) => {
        if (request.url === '/health') return sound(request, response);
        if (!/"query":".+"/.test(request.body) || !request.body.endsWith('}'))
          return sound(request, response);
        response.writeHead(200, { 'content-type': 'text/html' }).end('<html></html>');
      },
      ['a question is answered'],
      /content type text\/html/,
    ],
    [
      'answers nothing',
      (request, response) =>
        /"query":".+"/.test(request.body) && request.body.endsWith('}')
          ? json(response, 200, { answer: ' ' })
          : sound(request, response),
      ['a question is answered'],
      /empty/,
    ],
    [
      'gives every request the same id',
      (request, response) => {
        response.setHeader('x-request-id', 'one');
        sound(request, response);
      },
      ['ten at once are answered'],
      /1 request ids for 10 requests/,
    ],
  ])('fails a service that %s', async (_, handler, names, detail) => {
    const results = await run(handler);
    expect(failing(results)).toEqual(names);
    for (const name of names) {
      expect(results.get(name)?.detail).toMatch(detail);
      expect(results.get(name)?.hint).toMatch(/\w/);
    }
  });

  it('fails a service that takes three at a time and turns the others away', async () => {
    const held: (() => void)[] = [];
    let asked = 0;
    let refused = 0;
    const results = await run((request, response) => {
      const valid = /"query":".+"/.test(request.body) && request.body.endsWith('}');
      asked += valid ? 1 : 0;
      if (!valid || asked === 1) return sound(request, response);
      if (held.length < 3) {
        held.push(() => sound(request, response));
        return;
      }
      refused += 1;
      json(response, 503, { error: 'busy' });
      if (refused === 7) for (const answer of held) answer();
    });
    expect(failing(results)).toEqual(['ten at once are answered']);
    expect(results.get('ten at once are answered')?.detail).toBe('3 of 10 answered: status 503 (and 6 more)');
  });

  it('fails a service that is too slow, and waits for none longer than its patience', async () => {
    const slow: Handler = (request, response) => {
      if (request.url === '/health') return sound(request, response);
      setTimeout(() => sound(request, response), 120);
    };
    expect(failing(await run(slow, { withinMs: 60 }))).toEqual(['an answer comes in time']);
    const silent: Handler = (request, response) => {
      if (request.url === '/health') sound(request, response);
    };
    const results = await run(silent, { timeoutMs: 150 });
    expect(results.get('a question is answered')?.detail).toMatch(/did not answer within 150 ms/);
    expect(results.get('an answer comes in time')?.status).toBe('skipped');
    expect(results.get('ten at once are answered')?.status).toBe('skipped');
  });

  it('looks whether a stream is one', async () => {
    const streaming =
      (held: boolean, pause: number): Handler =>
      (request, response) => {
        if (request.url === '/health' || !/"query":".+"/.test(request.body) || !request.body.endsWith('}')) {
          return sound(request, response);
        }
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        if (!held) response.write('data: Yes\n\n');
        setTimeout(() => response.end(`${held ? 'data: Yes\n\n' : ''}data: it is\n\n`), pause);
      };
    expect(failing(await run(streaming(false, 30), { streams: true }))).toEqual([]);
    const tooSoon = await run(streaming(true, 0), { streams: true });
    expect(tooSoon.get('streaming')).toMatchObject({
      status: 'passed',
      detail: expect.stringContaining('one piece'),
    });
    const held = await run(streaming(true, 700), { streams: true });
    expect(failing(held)).toEqual(['streaming']);
    expect(held.get('streaming')?.hint).toMatch(/holds the stream back/);
  });

  it('tells of a service that is not there, in every check', async () => {
    const origin = await serve(sound);
    const results = await runAcceptance(deploymentAt(origin.replace(/:\d+$/, ':1')), {
      clock: systemClock,
      questions: ['Why?'],
      timeoutMs: 5000,
      answerWithinMs: 5000,
      refusals: [400],
      maxBytes: 1000,
    });
    expect(results.find(({ name }) => name === 'health')).toMatchObject({
      status: 'failed',
      detail: expect.stringContaining('takes no connection'),
      hint: expect.stringContaining('running'),
    });
    expect(results.filter(({ status }) => status === 'passed')).toEqual([]);
  });

  it('stops when it is interrupted', async () => {
    const origin = await serve(() => undefined);
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error('enough')), 50);
    const running = runAcceptance(deploymentAt(origin), {
      clock: systemClock,
      questions: ['Why?'],
      timeoutMs: 60_000,
      answerWithinMs: 5000,
      refusals: [400],
      maxBytes: 1000,
      signal: controller.signal,
    });
    await expect(running).rejects.toThrow('enough');
  });
});
