import { expect, it } from 'vitest';
import { createFallbackCache } from '../../../src/engine/caching/fallback-cache.ts';
import { createMemoryCache } from '../../../src/engine/caching/memory-cache.ts';
import type { Cache } from '../../../src/engine/ports.ts';
import { ManualClock } from '../../../src/kernel/clock.ts';

function made() {
  const clock = new ManualClock();
  const remote = createMemoryCache<number>({ entries: 10, ttlSeconds: 0, clock });
  const state = { away: false, calls: 0 };
  const asked = <T>(work: () => Promise<T>): Promise<T> => {
    state.calls += 1;
    return state.away ? Promise.reject(new Error('away')) : work();
  };
  const primary: Cache<number> = {
    get: (key) => asked(() => remote.get(key)),
    set: (key, value) => asked(() => remote.set(key, value)),
    clear: () => asked(() => remote.clear()),
    statistics: () => remote.statistics(),
  };
  const memory = createMemoryCache<number>({ entries: 10, ttlSeconds: 0, clock });
  return { clock, state, remote, cache: createFallbackCache({ primary, memory, clock }) };
}

it('leaves a cache that failed alone for a second, then tries it with one call', async () => {
  const { cache, state, clock } = made();
  state.away = true;
  await cache.set('a', 1);
  expect(state.calls).toBe(1);
  for (let n = 0; n < 10; n += 1) expect(await cache.get('a')).toBe(1);
  expect(state.calls).toBe(1);
  await clock.advance(1000);
  await Promise.all(Array.from({ length: 10 }, () => cache.get('a')));
  expect(state.calls).toBe(2);
});

it('moves what it kept meanwhile as it is asked for', async () => {
  const { cache, state, clock, remote } = made();
  await cache.set('before', 1);
  state.away = true;
  await cache.set('during', 2);
  expect(await cache.get('before')).toBeUndefined();
  expect(cache.statistics()).toMatchObject({ entries: 1, hits: 0, misses: 1 });
  state.away = false;
  await clock.advance(1000);
  expect(await cache.get('during')).toBe(2);
  expect(await remote.get('during')).toBe(2);
  expect(await cache.get('before')).toBe(1);
  expect(cache.statistics()).toMatchObject({ entries: 2, hits: 2, misses: 1 });
});

it('does not bring back an older value over a newer one', async () => {
  const { cache, state, clock } = made();
  state.away = true;
  await cache.set('a', 1);
  state.away = false;
  await clock.advance(1000);
  await cache.set('a', 2);
  state.away = true;
  expect(await cache.get('a')).toBeUndefined();
  state.away = false;
  await clock.advance(1000);
  expect(await cache.get('a')).toBe(2);
});

it('clears the shared cache before it is read again, where it was away', async () => {
  const { cache, state, clock } = made();
  await cache.set('a', 1);
  state.away = true;
  await cache.clear();
  state.away = false;
  await clock.advance(1000);
  expect(await cache.get('a')).toBeUndefined();
});
