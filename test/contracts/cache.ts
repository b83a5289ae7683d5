import { describe, expect, it } from 'vitest';
import type { Cache } from '../../src/engine/ports.ts';
import type { Clock } from '../../src/kernel/clock.ts';
import { ManualClock } from '../../src/kernel/clock.ts';

export interface CacheSettings {
  readonly entries: number;
  readonly maxBytes?: number;
  readonly ttlSeconds: number;
  readonly clock: Clock;
}

export interface CacheUnderTest {
  readonly name: string;
  create<V = { n: number }>(settings: CacheSettings): Promise<Cache<V>>;
}

/** What every adapter of the port `Cache` must do. */
export function cacheContract({ name, create }: CacheUnderTest): void {
  const make = (entries = 3, ttlSeconds = 0, clock: Clock = new ManualClock(0, Date.now())) =>
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
      expect(cache.statistics()).toMatchObject({ entries: 1, hits: 1, misses: 0, evictions: 0 });
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
      expect(cache.statistics()).toMatchObject({ entries: 2, hits: 3, misses: 1, evictions: 1 });
    });

    it('drops the least recently used entries until the bytes fit', async () => {
      const clock = new ManualClock(0, Date.now());
      const cache = await create<Uint8Array>({ entries: 1000, maxBytes: 40_000, ttlSeconds: 0, clock });
      for (let n = 0; n < 20; n += 1) {
        await cache.set(`k${n}`, new Uint8Array(10_000).fill(n));
        expect(cache.statistics().bytes).toBeLessThanOrEqual(40_000);
      }
      expect(cache.statistics()).toMatchObject({ entries: 3, evictions: 17 });
      expect(cache.statistics().bytes).toBeGreaterThan(30_000);
      expect(await cache.get('k16')).toBeUndefined();
      expect((await cache.get('k19'))?.[0]).toBe(19);
    });

    it('keeps no value that is larger than all there may be, nor what it would replace', async () => {
      const clock = new ManualClock(0, Date.now());
      const cache = await create<Uint8Array>({ entries: 10, maxBytes: 5_000, ttlSeconds: 0, clock });
      await cache.set('small', Uint8Array.of(1));
      await cache.set('big', Uint8Array.of(1));
      await cache.set('big', new Uint8Array(6_000));
      expect(await cache.get('big')).toBeUndefined();
      expect(await cache.get('small')).toEqual(Uint8Array.of(1));
    });

    it('takes no bytes once it is empty', async () => {
      const clock = new ManualClock(0, Date.now());
      const cache = await create<string>({ entries: 10, ttlSeconds: 5, clock });
      expect(cache.statistics().bytes).toBe(0);
      await cache.set('a', 'x'.repeat(1000));
      expect(cache.statistics().bytes).toBeGreaterThan(1000);
      await clock.advance(5000);
      await cache.get('a');
      expect(cache.statistics()).toMatchObject({ entries: 0, bytes: 0 });
    });

    it('forgets an entry after its time, as the clock has it, counted from when it was set', async () => {
      const clock = new ManualClock(0, Date.now());
      const cache = await make(3, 10, clock);
      await cache.set('a', { n: 1 });
      await clock.advance(9_999);
      expect(await cache.get('a')).toEqual({ n: 1 });
      await clock.advance(1);
      expect(await cache.get('a')).toBeUndefined();
      expect(cache.statistics()).toMatchObject({ entries: 0, hits: 1, misses: 1, evictions: 0 });
    });

    it('keeps entries for ever with a lifetime of 0', async () => {
      const clock = new ManualClock(0, Date.now());
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

    it('gives back typed arrays as they were, and what JSON would lose', async () => {
      const clock = new ManualClock(0, Date.now());
      const value = {
        vector: Float32Array.of(0.1, -0, Number.NaN, Number.POSITIVE_INFINITY),
        scores: Float64Array.of(Math.PI),
        keys: new Uint32Array([1, 2, 3, 4]).subarray(1, 3),
        none: undefined,
        text: 'Saint-Aubrac, à l’heure 🚢',
        deep: [[], [{}], [null]],
      };
      const cache = await create<typeof value>({ entries: 10, ttlSeconds: 0, clock });
      await cache.set('a', value);
      expect(await cache.get('a')).toEqual(value);
    });
  });
}
