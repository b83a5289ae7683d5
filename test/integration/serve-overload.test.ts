import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type RunningService, startService } from '../../src/server/service.ts';
import { appSetting, faresEngine, heldEngine, until } from '../server/made-app.ts';

/* A spike of five times the load over real HTTP. What is compared are counts, and one service with another. */

const SETTINGS = {
  caching: { enabled: false },
  retrieval: { mode: 'keyword' },
  embedding: { provider: 'none' },
  generation: { provider: 'simulated', simulated: { firstTokenMs: 40, tokensPerSecond: 10_000 } },
  limits: { maxConcurrentQueries: 2 },
};
/** Questions a second; two at a time, of at least 40 ms each, are at most 50 a second. */
const STEADY = 25;
const SPIKE = 5 * STEADY;
const SPIKE_MS = 3000;

let made: Awaited<ReturnType<typeof faresEngine>>;
const services: RunningService[] = [];

beforeAll(async () => {
  made = await faresEngine(SETTINGS);
});
afterEach(async () => {
  for (const service of services.splice(0)) await service.stop();
});
afterAll(() => made.remove());

async function serve(server: object): Promise<RunningService> {
  const service = await startService(appSetting({ engine: made.engine, options: SETTINGS, server }));
  services.push(service);
  return service;
}

interface Reply {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly code: string | undefined;
  readonly queueMs: number;
  readonly totalMs: number;
}

let asked = 0;

async function ask({ url }: RunningService, more: object = {}): Promise<Reply> {
  const start = performance.now();
  asked += 1;
  const response = await fetch(`${url}/api/query`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: `What does it cost to take kayak number ${asked}?`, ...more }),
  });
  const body = (await response.json()) as { queue_time?: number; error?: { code: string } };
  return {
    status: response.status,
    retryAfter: response.headers.get('retry-after'),
    code: body.error?.code,
    queueMs: body.queue_time ?? 0,
    totalMs: performance.now() - start,
  };
}

interface Offered extends Reply {
  /** When its reply was there, from the first question on. */
  readonly endMs: number;
}

/** Questions at a steady rate, whatever becomes of them. */
async function offered(service: RunningService, perSecond: number, ms: number): Promise<Offered[]> {
  const replies: Promise<Offered>[] = [];
  const start = performance.now();
  for (let now = 0; now < ms; now = performance.now() - start) {
    while (replies.length < (now / 1000) * perSecond) {
      replies.push(ask(service).then((reply) => ({ ...reply, endMs: performance.now() - start })));
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return Promise.all(replies);
}

const answeredOf = (replies: readonly Offered[]): Offered[] => replies.filter(({ status }) => status === 200);
const refusedOf = (replies: readonly Reply[]): Reply[] => replies.filter(({ status }) => status === 503);
const quantile = (numbers: readonly number[], share: number): number =>
  [...numbers].sort((a, b) => a - b)[Math.ceil(share * numbers.length) - 1]!;

describe('a question that has to be answered in time', () => {
  it('is refused, and never asked of the engine, where its turn comes too late', async () => {
    const engine = heldEngine(made.engine);
    const service = await startService(
      appSetting({ engine, options: { ...SETTINGS, limits: { maxConcurrentQueries: 1 } } }),
    );
    services.push(service);
    const first = ask(service);
    await until(() => engine.held === 1);
    const late = await ask(service, { deadline_ms: 100 });
    expect([late.status, late.code]).toEqual([503, 'engine.overloaded']);
    expect(late.retryAfter).toMatch(/^[123]$/);
    expect(engine.held).toBe(1);
    engine.release();
    expect((await first).status).toBe(200);
    const health = (await (await fetch(`${service.url}/health`)).json()) as {
      queue: { refused: Record<string, number> };
    };
    expect(health.queue.refused.deadline).toBe(1);
  });
});

describe('a spike of five times the load', () => {
  it('is answered as fast as can be, with short waits; the rest is refused at once and told when to come again', async () => {
    const old = await serve({ queueTargetMs: 600_000, maxQueuedQueries: 200 });
    const without = answeredOf(await offered(old, SPIKE, SPIKE_MS));
    await old.stop();

    const service = await serve({ queueTargetMs: 60, queueIntervalMs: 200, maxQueuedQueries: 200 });
    const steady = await offered(service, STEADY, 1000);
    expect(answeredOf(steady).length).toBeGreaterThan(0.9 * steady.length);

    const spike = await offered(service, SPIKE, SPIKE_MS);
    const [answered, refused] = [answeredOf(spike), refusedOf(spike)];
    expect(answered.length + refused.length).toBe(spike.length);
    // While the spike lasts, about as many answers as the service gives that takes in all it has room for. What that one
    // works off afterwards comes too late for anybody.
    const meanwhile = (replies: readonly Offered[]) =>
      replies.filter(({ endMs }) => endMs <= SPIKE_MS).length;
    expect(meanwhile(answered)).toBeGreaterThan(0.75 * meanwhile(without));
    const late = answered.slice(Math.floor(answered.length / 3));
    expect(
      quantile(
        late.map(({ queueMs }) => queueMs),
        0.95,
      ),
    ).toBeLessThan(
      quantile(
        without.map(({ queueMs }) => queueMs),
        0.95,
      ) / 3,
    );
    expect(
      quantile(
        refused.map(({ totalMs }) => totalMs),
        0.5,
      ),
    ).toBeLessThan(
      quantile(
        answered.map(({ totalMs }) => totalMs),
        0.5,
      ),
    );
    expect(new Set(refused.map(({ retryAfter }) => retryAfter))).toEqual(new Set(['1', '2', '3']));
    const health = (await (await fetch(`${service.url}/health`)).json()) as {
      queue: { refused: Record<string, number> };
    };
    expect(health.queue.refused.queue_age).toBeGreaterThan(0.9 * refused.length);

    const after = await offered(service, STEADY, 1500);
    expect(answeredOf(after).length).toBeGreaterThan(0.8 * after.length);
  });
});
