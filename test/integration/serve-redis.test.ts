import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { workFolder } from '../cli/cli.ts';
import { type Serving, send, startServe } from '../cli/serving.ts';
import { until } from '../server/made-app.ts';
import { RedisServer, WITHOUT_REDIS } from './redis-server.ts';

/* The built program with a real redis-server as its shared cache. */

const PASSWORD = 'hush-hush-0815';
const work = workFolder();
const running: Serving[] = [];
const servers: RedisServer[] = [];

afterEach(async () => {
  for (const one of running.splice(0)) {
    one.child.kill('SIGKILL');
    await one.ended;
  }
  for (const one of servers.splice(0)) await one.remove();
});
afterAll(() => work.remove());

async function freePort(): Promise<number> {
  const { createServer } = await import('node:net');
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function redisOnPort(): Promise<{ redis: RedisServer; url: string }> {
  const port = await freePort();
  const redis = new RedisServer(['--port', String(port), '--bind', '127.0.0.1', '--requirepass', PASSWORD]);
  servers.push(redis);
  await redis.start();
  return { redis, url: `redis://:${PASSWORD}@127.0.0.1:${port}` };
}

async function serve(index: string, url: string): Promise<Serving> {
  const settings = [
    'retrieval.mode=keyword',
    'embedding.provider=none',
    'resilience.dependencies={"cache":{"breaker":{"failures":2,"resetSeconds":0.5}}}',
  ].flatMap((one) => ['--set', one]);
  const one = await startServe(['--index', index, ...settings], {
    cwd: work.path,
    env: { REDIS_URL: url },
  });
  running.push(one);
  return one;
}

const ask = async ({ url }: Serving, number: number) => {
  const { status, body } = await send(`${url}/api/query`, { query: `What does the lamp L${number} cost?` });
  return { status, json: JSON.parse(body) };
};
const health = async ({ url }: Serving) => {
  const { status, body } = await send(`${url}/health`);
  return { status, body, cache: JSON.parse(body).components.cache, json: JSON.parse(body) };
};
const documents = Array.from({ length: 9 }, (_, index) => ({
  id: `lamp-${index}`,
  text: `The lamp called L${index} costs ${index * 11} crowns a day.`,
}));

describe.skipIf(WITHOUT_REDIS)('a service with Redis as its cache', () => {
  it('answers on while Redis is away, says so, and uses it again when it is back; the password is never shown', async () => {
    const { redis, url } = await redisOnPort();
    const service = await serve('lamps', url);
    await send(`${service.url}/api/documents`, { documents });
    expect((await ask(service, 1)).json.cache.response).toBe('miss');
    expect((await ask(service, 1)).json.cache.response).toBe('hit');
    const well = await health(service);
    expect(well.cache).toMatchObject({ status: 'healthy', errors: 0, details: { backend: 'redis' } });
    expect(well.cache.calls).toBeGreaterThan(0);

    await redis.kill();
    for (let turn = 0; turn < 3; turn += 1) {
      for (const number of [2, 3]) {
        const { status, json } = await ask(service, number);
        expect([status, json.degraded]).toEqual([200, null]);
        expect(json.answer).toContain(`${number * 11} crowns`);
      }
    }
    // This process's memory stands in.
    expect((await ask(service, 3)).json.cache.response).toBe('hit');
    const away = await health(service);
    expect([away.status, away.json.status, away.json.ready]).toEqual([200, 'degraded', true]);
    expect(away.cache).toMatchObject({ status: 'degraded' });
    expect(away.cache.errors).toBeGreaterThan(0);

    await redis.start();
    let number = 0;
    await until(async () => {
      number = (number + 1) % 9;
      await ask(service, number);
      const { cache } = await health(service);
      return cache.details.breaker === 'closed' && cache.calls > away.cache.calls + 20;
    });
    await until(async () => {
      number = (number + 1) % 9;
      await ask(service, number);
      return (await health(service)).cache.status === 'healthy';
    });
    const metrics = (await send(`${service.url}/metrics`)).body;
    const { out, err } = await service.stop();
    for (const text of [well.body, away.body, metrics, out, err]) expect(text).not.toContain(PASSWORD);
  });
});
