import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { httpSetup } from '../../bench/load/drive.ts';
import { saturationOf } from '../../src/experiments/autocannon/refusals.ts';
import { saturate } from '../../src/experiments/autocannon.ts';
import type { ExperimentEvent } from '../../src/experiments/events.ts';
import type { LoadRules, LoadSetup, LoadShape } from '../../src/experiments/load-setup.ts';
import { targetSchema } from '../../src/load/options.ts';
import { describeTarget } from '../../src/load/targets/http/description.ts';
import { parseSlo } from '../../src/objectives/parse.ts';
import { recordSchema } from '../../src/records/schema.ts';

interface Seen {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A server that keeps what it was asked; by default each request is answered after some milliseconds, as rests for the machine. */
async function serve(
  answer: (nth: number, response: Parameters<RequestListener>[1]) => void = (_, response) =>
    setTimeout(
      () => response.setHeader('content-type', 'application/json').end('{"answer":"yes","sources":[]}'),
      5,
    ),
): Promise<{ readonly url: string; readonly seen: Seen[] }> {
  const seen: Seen[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const piece of request) body += piece;
    const { method, url: path, headers } = request;
    seen.push({ method, path, headers, body });
    answer(seen.length, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

const closed = (duration = 1000, concurrency = 4): LoadShape => ({
  loop: 'closed',
  concurrencies: [concurrency],
  duration,
  thinkTimeMs: 0,
});

const setupFor = (url: string, rules: Partial<LoadRules> = {}, more: Partial<LoadSetup> = {}): LoadSetup => ({
  ...httpSetup({ url, seed: 1, rules: { warmup: 0, ...rules } }),
  ...more,
});

describe('saturation by autocannon', () => {
  it('asks what the description says, each question in its turn, and keeps its figures apart', async () => {
    const { url, seen } = await serve();
    const all = setupFor(url);
    // So few that a second is enough for all of them on any machine.
    const setup = { ...all, golden: { ...all.golden, questions: all.golden.questions.slice(0, 30) } };
    const { record, requests } = await saturate(setup, closed());

    const [first, ...others] = seen;
    expect(first!.method).toBe('POST');
    expect(others.length).toBeGreaterThan(setup.golden.questions.length);
    for (const { method, path, headers } of others) {
      expect({ method, path }).toEqual({ method: 'POST', path: '/api/query' });
      expect(headers).toMatchObject({ 'content-type': 'application/json', 'user-agent': 'groundspeed' });
    }
    const asked = new Set(others.map(({ body }) => (JSON.parse(body) as { query: string }).query));
    expect(asked).toEqual(new Set(setup.golden.questions.map(({ question }) => question)));

    expect(recordSchema.parse(record)).toMatchObject({ kind: 'load', complete: true });
    expect(requests).toBeUndefined();
    expect(record.load).toMatchObject({ phases: [], slo: null, targetKind: 'http' });
    const found = record.load!.autocannon!;
    expect(found).toMatchObject({ connections: 4, non2xx: 0, errors: 0, timeouts: 0 });
    expect(Math.abs(found.requestsPerSecond * found.seconds - others.length)).toBeLessThanOrEqual(8);
    expect(found.version).toMatch(/^\d+\./);
    expect(found.caveats.join(' ')).toMatch(/closed loop.*never enter its latencies.*closes/s);
  });

  it('leaves the warm-up out of its figures, and tells how far it is', async () => {
    const { url, seen } = await serve();
    const events: ExperimentEvent[] = [];
    const { record } = await saturate(
      setupFor(url, { warmup: 1000 }, { onEvent: (event) => events.push(event) }),
      closed(),
    );
    const { requestsPerSecond, seconds } = record.load!.autocannon!;
    expect(requestsPerSecond * seconds).toBeLessThan(0.9 * seen.length);
    const ticks = events.filter((event) => event.type === 'load.tick');
    expect(new Set(ticks.map(({ warmup }) => warmup))).toEqual(new Set([true, false]));
    for (const tick of ticks) expect(tick).toMatchObject({ loop: 'closed', latencyMs: null, goodput: null });
    expect(ticks.at(-1)!.completed).toBeGreaterThan(0);
  });

  it('makes each request new where the template holds a nonce', async () => {
    const { url, seen } = await serve();
    const section = targetSchema.parse({ preset: 'groundspeed', body: { query: '{{question}} {{nonce}}' } });
    const description = describeTarget(section, { env: {}, url });
    await saturate(setupFor(url, {}, { target: { kind: 'http', description, generators: 1 } }), closed());
    expect(new Set(seen.map(({ body }) => body)).size).toBe(seen.length);
  });

  it('counts refused requests and timeouts each by themselves', async () => {
    const { url } = await serve((nth, response) => {
      if (nth > 1 && nth % 50 === 0) return; // never
      if (nth > 1 && nth % 3 === 0) response.statusCode = 503;
      response.setHeader('content-type', 'application/json').end('{"answer":"yes","sources":[]}');
    });
    const { record } = await saturate(setupFor(url, { timeout: 1000 }), closed(2500));
    const { non2xx, timeouts, errors } = record.load!.autocannon!;
    expect(non2xx).toBeGreaterThan(0);
    expect(timeouts).toBeGreaterThan(0);
    expect(errors).toBe(0);
  });

  it('sends no more than it may', async () => {
    const { url, seen } = await serve();
    await saturate(setupFor(url, { maxRequests: 50 }), closed(20_000));
    expect(seen.length).toBeLessThanOrEqual(51);
    expect(seen.length).toBeGreaterThan(40);
  });

  it('keeps what it measured when it is interrupted', async () => {
    const { url } = await serve();
    const interruption = new AbortController();
    const onEvent = (event: ExperimentEvent): void => {
      if (event.type === 'load.tick') interruption.abort();
    };
    const { record } = await saturate(
      setupFor(url, {}, { onEvent, signal: interruption.signal }),
      closed(60_000),
    );
    expect(record.complete).toBe(false);
    expect(record.load!.autocannon!.seconds).toBeLessThan(30);
    expect(record.load!.autocannon!.requestsPerSecond).toBeGreaterThan(0);
  });

  it('sends nothing to a target that is down, or fails the first question', async () => {
    const { url, seen } = await serve((_, response) => response.writeHead(500).end());
    await expect(saturate(setupFor(url), closed())).rejects.toMatchObject({ code: 'target.http5xx' });
    expect(seen).toHaveLength(1);
    await expect(saturate(setupFor('http://127.0.0.1:9'), closed())).rejects.toMatchObject({
      code: 'target.connect',
    });
  });

  it('keeps that nothing more was answered, and no latencies', async () => {
    const { url } = await serve((nth, response) => {
      if (nth === 1) response.setHeader('content-type', 'application/json').end('{"answer":"","sources":[]}');
      else response.destroy();
    });
    const { record } = await saturate(setupFor(url), closed());
    expect(recordSchema.parse(record).load!.autocannon).toMatchObject({
      requestsPerSecond: 0,
      latencyMs: { p50: null, p97_5: null, p99: null, max: null },
    });
    expect(record.notes.join()).toMatch(/Nothing was answered in [\d.]+ s/);
  });
});

describe('what autocannon cannot do truly', () => {
  const described = (url: string, section: object = {}): LoadSetup['target'] => ({
    kind: 'http',
    description: describeTarget(targetSchema.parse({ preset: 'groundspeed', ...section }), { env: {}, url }),
    generators: 1,
  });
  const here = 'http://127.0.0.1:8080';
  const rules = (more: Partial<LoadRules> = {}): LoadRules => ({ ...setupFor(here).rules, ...more });
  const slo = parseSlo('p95 < 200ms', { isMeasure: () => false, suggest: () => undefined });

  it.each<[string, string, Pick<LoadSetup, 'target' | 'rules'>, LoadShape]>([
    ['the engine in this process', '--target', { target: { kind: 'in-process' }, rules: rules() }, closed()],
    ['a stream', '--engine', { target: described(here, { stream: 'sse' }), rules: rules() }, closed()],
    [
      'an open loop',
      '--engine',
      { target: described(here), rules: rules() },
      { loop: 'open', rates: [10], duration: 1000 },
    ],
    [
      'several concurrencies',
      '--concurrency',
      { target: described(here), rules: rules() },
      { loop: 'closed', concurrencies: [1, 2], duration: 1000, thinkTimeMs: 0 },
    ],
    [
      'think time',
      '--think-time',
      { target: described(here), rules: rules() },
      { loop: 'closed', concurrencies: [1], duration: 1000, thinkTimeMs: 5 },
    ],
    ['an SLO', '--slo', { target: described(here), rules: rules({ slo }) }, closed()],
    [
      'a budget of money',
      '--max-cost',
      { target: described(here), rules: rules({ maxCostUsd: 1 }) },
      closed(),
    ],
    ['a ceiling', '--engine', { target: described(here), rules: rules({ maxRate: 100 }) }, closed()],
    [
      'certificates that should be verified',
      '--engine',
      { target: described('https://rag.example.com/'), rules: rules() },
      closed(),
    ],
  ])('is refused: %s', (_, where, setup, shape) => {
    expect(() => saturationOf(setup, shape)).toThrow(expect.objectContaining({ where }));
  });

  it('is done where the user accepted that nobody verifies the certificate', () => {
    const target = described('https://rag.example.com/', { tls: { verify: false } });
    const { concurrency } = saturationOf({ target, rules: rules({ maxRate: 1_000_000 }) }, closed());
    expect(concurrency).toBe(4);
  });
});
