import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/kernel/random.ts';
import { checkReachable } from '../../src/load/targets/http/http-target.ts';
import { OUTCOMES } from '../../src/records/columns.ts';
import { described } from '../load/targets/http/described.ts';
import {
  ask,
  closeAll,
  drive,
  failureOf,
  namesOf,
  serve,
  targetOf,
  wholeAnswer,
} from '../load/targets/http/driving.ts';
import { type RagReply, startRagServer } from '../servers/rag-http.ts';

afterEach(closeAll);

describe('a deployment at fault', () => {
  it('that is down is found out before any load, with exit 5', async () => {
    const server = await serve(wholeAnswer);
    const description = described({ url: server.url });
    await checkReachable(description, { timeoutMs: 2_000 });
    expect(server.requests).toHaveLength(0);
    await closeAll();
    const failure = await checkReachable(description, { timeoutMs: 2_000 }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'target.connect', exitCode: 5 });
    expect((failure as Error).message).toContain(
      `${server.url}/api/query takes no connection: connect ECONNREFUSED`,
    );
  });

  it('that goes down midway and comes back is asked on', async () => {
    const first = await startRagServer(wholeAnswer);
    const target = targetOf({ url: first.url });
    const run = drive(target, { rate: 100, duration: 1_800 });
    await pause(500);
    await first.close();
    await pause(600);
    const second = await serve(wholeAnswer, first.port);
    const { offered, completed, errors, classes, recorder } = await run;
    expect(namesOf(classes)).toContain('target.connect');
    expect(errors).toBeGreaterThan(30);
    expect(completed).toBe(offered - errors);
    expect(second.requests.length).toBeGreaterThan(30);
    expect(recorder.outcome[offered - 1]).toBe(OUTCOMES.indexOf('completed'));
  });

  it.each(['cut', 'short', 'refused'] as const)(
    'that breaks off its responses (%s) resets',
    async (fault) => {
      const body = 'x'.repeat(100);
      const server = await serve(({ nth }) =>
        nth % 2 === 0 ? { pieces: [body, body], between: 5, fault } : { body: { answer: 'x', sources: [] } },
      );
      const { offered, completed, errors, classes } = await drive(targetOf({ url: server.url }), {
        rate: 100,
        duration: 400,
      });
      expect(namesOf(classes)).toEqual(['target.reset']);
      expect(errors).toBe(offered / 2);
      expect(completed).toBe(offered / 2);
      expect(classes[0]!.example).toContain('closed the connection before the response was complete');
    },
  );

  it('that announces more than it sends resets, though the connection was to close', async () => {
    const server = await serve(() => ({
      body: '{"answer":"x"}',
      fault: 'short',
      headers: { connection: 'close' },
    }));
    expect((await failureOf(targetOf({ url: server.url }))).code).toBe('target.reset');
  });

  it('that never answers times out', async () => {
    const server = await serve(() => ({ fault: 'silent' }));
    const driven = await drive(targetOf({ url: server.url }), { rate: 50, duration: 300, timeout: 150 });
    expect(driven.timeouts).toBe(driven.offered);
    const ends = driven.recorder.end.subarray(0, driven.offered);
    for (const [row, end] of ends.entries()) expect(end - driven.recorder.sent[row]!).toBeCloseTo(150, 6);
  });

  it('that answers with a page is no API', async () => {
    const server = await serve(() => ({
      type: 'text/html; charset=utf-8',
      body: '<!doctype html>\n<title>Sign in</title>',
    }));
    const { errors, offered, classes } = await drive(targetOf({ url: server.url }), {
      rate: 50,
      duration: 200,
    });
    expect(errors).toBe(offered);
    expect(classes[0]).toMatchObject({ name: 'target.contentType', count: offered });
    expect(classes[0]!.example).toContain(
      'answered 200 with text/html; charset=utf-8 instead of JSON: <!doctype html> <title>Sign in</title>',
    );
  });

  it('may answer with ten megabytes, and with no more than is allowed', async () => {
    const text = 'é'.repeat(5 * 1024 * 1024);
    const server = await serve(() => ({ body: { answer: 'x', sources: [{ id: 'a', text }] } }));
    const asked = await ask(targetOf({ url: server.url }));
    expect(asked.outcome === 'completed' && asked.response.passages?.[0]?.text?.length).toBe(text.length);
    const small = targetOf({ url: server.url, maxBodyBytes: 1_000_000 });
    const failure = await failureOf(small);
    expect(failure).toMatchObject({ code: 'target.tooLarge' });
    expect(failure.message).toContain('more than 1000000 bytes');
    const driven = await drive(small, { rate: 20, duration: 300 });
    expect(driven.errors).toBe(driven.offered);
    expect(namesOf(driven.classes)).toEqual(['target.tooLarge']);
  });

  it('that sends no JSON, or JSON without an answer, is told when the replies are read', async () => {
    const bodies = ['{"answer": "cut he', '', '{"reply":"x"}', 'null'];
    const server = await serve(({ nth }) => ({ body: bodies[nth % bodies.length]! }));
    const { errors, offered, classes } = await drive(targetOf({ url: server.url }), {
      rate: 100,
      duration: 200,
    });
    expect(errors).toBe(offered);
    expect(classes).toMatchObject([{ name: 'target.malformed', count: offered }]);
  });

  it('with a host that nobody knows is found out before any load', async () => {
    const url = 'http://no-such-host.invalid:1234';
    const failure = await checkReachable(described({ url }), { timeoutMs: 5_000 }).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ code: 'target.dns', exitCode: 5 });
    expect((await failureOf(targetOf({ url }))).code).toBe('target.dns');
  });

  it('that turns requests away says for how long', async () => {
    const server = await serve(({ nth }) =>
      nth % 2 === 0
        ? { status: 429, body: { error: 'slow down' }, headers: { 'retry-after': '7' } }
        : { status: 503, body: 'busy', type: 'text/plain', headers: { 'retry-after': '1' } },
    );
    const load = { rate: 50, duration: 200 };
    const { errors, offered, classes, recorder } = await drive(targetOf({ url: server.url }), load);
    expect(errors).toBe(offered);
    expect(classes).toMatchObject([{ name: 'target.rateLimited', count: offered }]);
    expect(classes[0]!.example).toContain(
      'answered 429 Too Many Requests (Retry-After: 7 s): {"error":"slow down"}',
    );
    // A refusal is a whole response: its connection goes on being used.
    expect(server.connections()).toBeLessThanOrEqual(recorder.maxInFlight);
  });

  it('that redirects is not followed', async () => {
    const server = await serve(() => ({
      status: 307,
      headers: { location: 'http://127.0.0.1:1/elsewhere' },
    }));
    const failure = await failureOf(targetOf({ url: server.url }));
    expect(failure.code).toBe('target.redirect');
    expect(failure.message).toContain('answered 307 Temporary Redirect to http://127.0.0.1:1/elsewhere');
    expect(server.requests).toHaveLength(1);
  });

  it('that refuses with a body which never ends is a refusal once it breaks off', async () => {
    const server = await serve(() => ({ status: 500, pieces: ['broken'], fault: 'cut', between: 10 }));
    const failure = await failureOf(targetOf({ url: server.url }));
    expect(failure.code).toBe('target.http5xx');
    expect(failure.message).toContain('500 Internal Server Error: broken');
  });

  it('with every fault at once loses no request, and counts none twice', async () => {
    const seed = 'every fault at once';
    const random = seededRandom(seed);
    const page: RagReply = { type: 'text/html', body: '<html>' };
    const faults = ['cut', 'short', 'refused', 'silent', 'endless'] as const;
    const bad: readonly RagReply[] = [
      page,
      { status: 429 },
      { status: 302 },
      { status: 500, body: 'x' },
      { body: 'no JSON' },
      { body: 'x'.repeat(300_000) },
      ...faults.map((fault): RagReply => ({ pieces: ['{"answer":'], fault })),
    ];
    const server = await serve((request) => {
      const reply = random.next() < 0.5 ? wholeAnswer(request) : bad[random.integer(bad.length)]!;
      return { ...reply, after: random.integer(60) };
    });
    const target = targetOf({ url: server.url, maxBodyBytes: 200_000 });
    const driven = await drive(target, { rate: 300, duration: 1_500, timeout: 300, maxInFlight: 40 });
    expect(driven.completed, seed).toBeGreaterThan(50);
    expect(driven.timeouts, seed).toBeGreaterThan(5);
    expect(namesOf(driven.classes).sort(), seed).toEqual([
      'target.contentType',
      'target.http5xx',
      'target.malformed',
      'target.rateLimited',
      'target.redirect',
      'target.reset',
      'target.tooLarge',
    ]);
  });

  it('never has its secrets repeated, though it repeats them itself', async () => {
    const server = await serve(({ headers }) => ({
      status: 403,
      body: { error: `no access for ${headers.authorization}` },
    }));
    const target = targetOf({ url: server.url.replace('//', '//user:open-sesame@') });
    expect(server.url).toContain(new URL(target.name).host);
    const failure = await failureOf(target);
    expect(failure.message).toContain('no access for ***');
    expect(JSON.stringify([failure.message, failure.hint, target.name])).not.toMatch(/sesame|dXNlcj/);
  });
});
