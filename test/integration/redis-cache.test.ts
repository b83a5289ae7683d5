import { createServer } from 'node:net';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createFallbackCache } from '../../src/engine/caching/fallback-cache.ts';
import { createCacheLayers } from '../../src/engine/caching/layers.ts';
import { createMemoryCache } from '../../src/engine/caching/memory-cache.ts';
import { createRedisCache } from '../../src/engine/caching/redis-cache.ts';
import { connectRedis, type RedisConnection } from '../../src/engine/caching/redis-connection.ts';
import { engineSchema } from '../../src/engine/options.ts';
import type { Cache } from '../../src/engine/ports.ts';
import { ManualClock } from '../../src/kernel/clock.ts';
import { GroundspeedError } from '../../src/kernel/errors.ts';
import { systemClock } from '../../src/system/clock.ts';
import { cacheContract } from '../contracts/cache.ts';
import { pause, RedisServer, WITHOUT_REDIS } from './redis-server.ts';

const open: RedisConnection[] = [];
const connected = (url: string): RedisConnection => {
  const connection = connectRedis(url);
  open.push(connection);
  return connection;
};
afterEach(async () => {
  for (const connection of open.splice(0)) await connection.close();
});

describe.skipIf(WITHOUT_REDIS)(`with a redis-server${WITHOUT_REDIS ? ` (${WITHOUT_REDIS})` : ''}`, () => {
  const server = new RedisServer();
  let names = 0;
  beforeAll(async () => {
    await server.start();
  });
  afterAll(() => server.remove());

  cacheContract({
    name: 'the Redis cache',
    create: async (settings) =>
      createRedisCache({ ...settings, connection: connected(server.url), name: `contract-${++names}` }),
  });

  cacheContract({
    name: 'the Redis cache with memory behind it',
    create: async (settings) =>
      createFallbackCache({
        primary: createRedisCache({
          ...settings,
          connection: connected(server.url),
          name: `contract-${++names}`,
        }),
        memory: createMemoryCache(settings),
        clock: settings.clock,
      }),
  });

  const shared = (name: string, entries = 10): Cache<{ n: number }> =>
    createRedisCache({
      connection: connected(server.url),
      name,
      entries,
      ttlSeconds: 60,
      clock: systemClock,
    });

  it('shares values, bounds and counts between processes', async () => {
    const [one, other] = [shared('between', 2), shared('between', 2)];
    await one.set('a', { n: 1 });
    await other.set('b', { n: 2 });
    expect(await other.get('a')).toEqual({ n: 1 });
    await other.set('c', { n: 3 });
    expect(await one.get('b')).toBeUndefined();
    expect(one.statistics()).toMatchObject({ entries: 2, hits: 0, misses: 1, evictions: 0 });
    // It was its value that made the other one go.
    expect(other.statistics()).toMatchObject({ entries: 2, hits: 1, misses: 0, evictions: 1 });
    await one.clear();
    expect(await other.get('a')).toBeUndefined();
  });

  it('keeps layers apart, and no question in a name', async () => {
    const [one, other] = [shared('first'), shared('second')];
    await one.set('What does a dog pay?', { n: 1 });
    expect(await other.get('What does a dog pay?')).toBeUndefined();
    await other.clear();
    expect(await one.get('What does a dog pay?')).toEqual({ n: 1 });
    const redis = new Redis(server.url.replace('unix://', ''));
    const keys = await redis.keys('*');
    expect(keys.filter((key) => key.includes('dog'))).toEqual([]);
    expect(await redis.pttl(keys.find((key) => key.includes('{first}:v:'))!)).toBeGreaterThan(50_000);
    redis.disconnect();
  });

  it('takes a value that is damaged, cut or of another format for none, and removes it', async () => {
    const cache = shared('damaged');
    const redis = new Redis(server.url.replace('unix://', ''));
    for (const damage of [
      Buffer.alloc(0),
      Buffer.from('{}'),
      Buffer.from('g\u0001toolittle'),
      Buffer.alloc(64, 0xff),
    ]) {
      await cache.set('a', { n: 1 });
      const [key] = await redis.keys('*{damaged}:v:*');
      await redis.set(key!, damage);
      expect(await cache.get('a')).toBeUndefined();
      expect(await redis.exists(key!)).toBe(0);
      expect(cache.statistics()).toMatchObject({ entries: 0, bytes: 0 });
    }
    redis.disconnect();
  });

  it('says about as many bytes as Redis takes', async () => {
    const redis = new Redis(server.url.replace('unix://', ''));
    const used = async (): Promise<number> =>
      Number(/used_memory:(\d+)/.exec(await redis.info('memory'))![1]);
    const cache = createRedisCache<{ text: string; vector: Float32Array }>({
      connection: connected(server.url),
      name: 'weighed',
      entries: 10_000,
      ttlSeconds: 3600,
      clock: systemClock,
    });
    await cache.set('warm', { text: '', vector: new Float32Array(1) });
    const before = await used();
    for (let n = 0; n < 1500; n += 1) {
      await cache.set(`q${n}`, { text: `answer ${n} `.repeat(60), vector: new Float32Array(64) });
    }
    const real = (await used()) - before;
    const { bytes } = cache.statistics();
    expect(bytes / real, `${bytes} said, ${real} taken`).toBeGreaterThan(0.7);
    expect(bytes / real, `${bytes} said, ${real} taken`).toBeLessThan(1.4);
    redis.disconnect();
  });
});

describe.skipIf(WITHOUT_REDIS)('a Redis that goes away', () => {
  const server = new RedisServer();
  afterEach(() => server.kill());
  afterAll(() => server.remove());

  const made = async () => {
    await server.start();
    const options = engineSchema.parse({ caching: { redisUrl: server.url, embedding: { ttlSeconds: 600 } } });
    const layers = createCacheLayers(options, systemClock);
    const cache = layers.embedding!;
    return { cache, layers };
  };
  const vector = (n: number): Float32Array => Float32Array.of(n, n + 1);
  const slowestOf = async (calls: number, work: (n: number) => Promise<unknown>): Promise<number> => {
    let slowest = 0;
    for (let n = 0; n < calls; n += 1) {
      const start = performance.now();
      await work(n);
      slowest = Math.max(slowest, performance.now() - start);
    }
    return slowest;
  };
  const until = async (holds: () => Promise<boolean>): Promise<void> => {
    for (let attempt = 0; !(await holds()); attempt += 1) {
      if (attempt > 400) throw new Error('it does not come back');
      await pause(25);
    }
  };

  it('is replaced by memory at once, comes back by itself, and nothing is lost but time', async () => {
    const { cache, layers } = await made();
    await cache.set('before', vector(1));
    expect(await cache.get('before')).toEqual(vector(1));
    await server.kill();
    let computed = 0;
    const pass = (n: number) =>
      cache.through(`during ${n}`, async () => {
        computed += 1;
        return vector(n);
      });
    // Not one call fails, and none waits longer than the timeout of a command, with room for a slow machine.
    expect(await slowestOf(20, pass)).toBeLessThan(1500);
    expect(computed).toBe(20);
    expect(await cache.get('during 7')).toEqual(vector(7));
    expect(await cache.get('before')).toBeUndefined();

    await server.start(); // empty, as Redis is after a crash
    const outside = new Redis(server.url.replace('unix://', ''));
    await until(async () => {
      await cache.get('during 7');
      return (await outside.keys('*{embedding}:v:*')).length > 0;
    });
    expect(await cache.get('during 7')).toEqual(vector(7));
    expect((await pass(8)).state).toBe('hit');
    expect(computed).toBe(20);
    await cache.set('after', vector(3));
    expect((await outside.keys('*{embedding}:v:*')).length).toBe(3);
    outside.disconnect();
    await layers.embedding!.close();
  });

  it('holds up no question for longer than a command may take, when it hangs', async () => {
    const { cache } = await made();
    await cache.set('a', vector(1));
    server.freeze();
    const start = performance.now();
    await Promise.all(Array.from({ length: 50 }, (_, n) => cache.through(`q${n}`, async () => vector(n))));
    expect(performance.now() - start).toBeLessThan(3000);
    server.thaw();
    await until(async () => (await cache.get('a')) !== undefined);
    expect(await cache.get('q3')).toEqual(vector(3));
    await cache.close();
  });

  it('does not have to be there at the start', async () => {
    const options = engineSchema.parse({ caching: { redisUrl: 'redis://me:canary-word@127.0.0.1:9' } });
    const layers = createCacheLayers(options, systemClock);
    const cache = layers.embedding!;
    expect((await cache.through('a', async () => vector(1))).state).toBe('miss');
    expect((await cache.through('a', async () => vector(2))).state).toBe('hit');
    await layers.embedding!.close();
  });

  it('is cleared once it is back, where it was away as the caches were', async () => {
    await server.start();
    const clock = new ManualClock(0, Date.now());
    const primary = createRedisCache<{ n: number }>({
      connection: connected(server.url),
      name: 'cleared',
      entries: 5,
      ttlSeconds: 0,
      clock,
    });
    const memory = createMemoryCache<{ n: number }>({ entries: 5, ttlSeconds: 0, clock });
    const cache = createFallbackCache({ primary, memory, clock });
    await cache.set('old', { n: 1 });
    server.freeze();
    await cache.clear();
    server.thaw();
    await clock.advance(1001);
    expect(await cache.get('old')).toBeUndefined();
    expect(cache.statistics().entries).toBe(0);
  });
});

describe('what is said of a Redis that fails', () => {
  it('names the place, and never the password, nor hangs it on the error', async () => {
    // A server that quotes what it was sent, as a proxy's error page might.
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', (data) => {
        const text = data.toString().replaceAll(/[\r\n]+/g, ' ');
        socket.write(`-ERR no such command: ${text}\r\n`.repeat(text.split('*').length - 1 || 1));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    for (const password of ['canary-word', 'canary%2Fword%40']) {
      const connection = connected(`redis://me:${password}@127.0.0.1:${port}`);
      const error = await connection.run('get', 'x', ['y']).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      expect(error).toBeInstanceOf(GroundspeedError);
      const { message, where, hint, code, cause } = error as GroundspeedError;
      expect(code).toBe('cache.failed');
      expect(where).toBe(`redis at 127.0.0.1:${port}`);
      expect(cause).toBeUndefined();
      expect(`${message} ${where} ${hint} ${JSON.stringify(error)} ${(error as Error).stack}`).not.toContain(
        'canary',
      );
      await connection.close();
    }
    await new Promise((resolve) => server.close(resolve));
  });

  it.each(['http://canary-word@x', 'canary-word', 'redis://x/canary-word', 'redis://x/-1', 'unix'])(
    'refuses %s, which is no URL of Redis',
    (url) => {
      expect(() => connectRedis(url)).toThrowError(
        expect.objectContaining({ code: 'config.invalid', message: expect.not.stringContaining('canary') }),
      );
    },
  );
});
