import { describe, expect, it } from 'vitest';
import type { Cache } from '../../src/engine/ports.ts';
import type { Clock } from '../../src/kernel/clock.ts';
import { ManualClock } from '../../src/kernel/clock.ts';

export interface CacheUnderTest {
  readonly name: string;
  create(settings: { entries: number; ttlSeconds: number; clock: Clock }): Promise<Cache<{ n: number }>>;
}

/** What every adapter of the port `Cache` must do. */
export function cacheContract({ name, create }: CacheUnderTest): void {
  const make = (entries = 3, ttlSeconds = 0, clock: Clock = new ManualClock()) =>
    create({ entries, ttlSeconds, clock });

  describe(`${name} as a Cache`, () => {
    it('gives back what was set under the same key, and nothing under another', async () => {
      const cache = await make();
      await cache.set('a', { n: 1 });
      expect(await cache.get('a')).toEqual({ n: 1 });
      expect(await cache.get('A')).toBeUndefined();
      expect(await cache.get('')).toBeUndefined();
    });

    it('replaces a value', async () => {
      const cache = await make();
      await cache.set('a', { n: 1 });
      await cache.set('a', { n: 2 });
      expect(await cache.get('a')).toEqual({ n: 2 });
      expect(cache.statistics()).toEqual({ entries: 1, hits: 1, misses: 0, evictions: 0 });
    });

    it('drops the least recently used entry when full, and counts it', async () => {
      const cache = await make(2);
      await cache.set('a', { n: 1 });
      await cache.set('b', { n: 2 });
      await cache.get('a');
      await cache.set('c', { n: 3 });
      expect(await cache.get('b')).toBeUndefined();
      expect(await cache.get('a')).toEqual({ n: 1 });
      expect(await cache.get('c')).toEqual({ n: 3 });
      expect(cache.statistics()).toEqual({ entries: 2, hits: 3, misses: 1, evictions: 1 });
    });

    it('forgets an entry after its time, as the clock has it, counted from when it was set', async () => {
      const clock = new ManualClock();
      const cache = await make(3, 10, clock);
      await cache.set('a', { n: 1 });
      await clock.advance(9_999);
      expect(await cache.get('a')).toEqual({ n: 1 });
      await clock.advance(1);
      expect(await cache.get('a')).toBeUndefined();
      expect(cache.statistics()).toEqual({ entries: 0, hits: 1, misses: 1, evictions: 0 });
    });

    it('keeps entries for ever with a lifetime of 0', async () => {
      const clock = new ManualClock();
      const cache = await make(3, 0, clock);
      await cache.set('a', { n: 1 });
      await clock.advance(1e12);
      expect(await cache.get('a')).toEqual({ n: 1 });
    });

    it('holds nothing after clear, and can be used again', async () => {
      const cache = await make();
      await cache.set('a', { n: 1 });
      await cache.clear();
      expect(await cache.get('a')).toBeUndefined();
      expect(cache.statistics().entries).toBe(0);
      await cache.set('a', { n: 2 });
      expect(await cache.get('a')).toEqual({ n: 2 });
    });

    it('takes keys of any characters and length', async () => {
      const cache = await make();
      const key = `${'ü\u0000|'.repeat(3000)}?`;
      await cache.set(key, { n: 7 });
      expect(await cache.get(key)).toEqual({ n: 7 });
    });
  });
}
