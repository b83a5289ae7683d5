import { expect, it } from 'vitest';
import { createMemoryCache } from '../../../src/engine/caching/memory-cache.ts';
import { ManualClock } from '../../../src/kernel/clock.ts';
import { cacheContract } from '../../contracts/cache.ts';

cacheContract({
  name: 'the memory cache',
  create: async <V>(settings: Parameters<typeof createMemoryCache<V>>[0]) => createMemoryCache<V>(settings),
});

it('hands out the very object that was put in', async () => {
  const cache = createMemoryCache<{ n: number }>({ entries: 1, ttlSeconds: 0, clock: new ManualClock() });
  const value = { n: 1 };
  await cache.set('a', value);
  expect(await cache.get('a')).toBe(value);
});

it('forgets one key that is named', async () => {
  const cache = createMemoryCache<number>({ entries: 5, ttlSeconds: 0, clock: new ManualClock() });
  await cache.set('a', 1);
  await cache.set('b', 2);
  cache.delete('a');
  expect(await cache.get('a')).toBeUndefined();
  expect(await cache.get('b')).toBe(2);
  expect(cache.statistics()).toMatchObject({ entries: 1, evictions: 0 });
});
