import { expect, it } from 'vitest';
import { createMemoryCache } from '../../../src/engine/caching/memory-cache.ts';
import { ManualClock } from '../../../src/kernel/clock.ts';
import { cacheContract } from '../../contracts/cache.ts';

cacheContract({
  name: 'the memory cache',
  create: async (settings) => createMemoryCache<{ n: number }>(settings),
});

it('hands out the very object that was put in', async () => {
  const cache = createMemoryCache<{ n: number }>({ entries: 1, ttlSeconds: 0, clock: new ManualClock() });
  const value = { n: 1 };
  await cache.set('a', value);
  expect(await cache.get('a')).toBe(value);
});
