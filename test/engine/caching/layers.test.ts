import { expect, it } from 'vitest';
import { createCacheLayers } from '../../../src/engine/caching/layers.ts';
import { engineSchema } from '../../../src/engine/options.ts';
import type { Cache } from '../../../src/engine/ports.ts';
import { ManualClock } from '../../../src/kernel/clock.ts';

const layers = (caching: object, decorate?: Parameters<typeof createCacheLayers>[2]) =>
  createCacheLayers(engineSchema.parse({ caching }), new ManualClock(), decorate);

it('makes the layers that are on; the semantic one is off unless it is wanted', () => {
  const on = (caching: object) =>
    Object.entries(layers(caching)).flatMap(([name, cache]) => (cache === undefined ? [] : [name]));
  expect(on({})).toEqual(['embedding', 'retrieval', 'response']);
  expect(on({ semantic: { enabled: true }, retrieval: { enabled: false } })).toEqual([
    'embedding',
    'response',
    'semantic',
  ]);
  expect(on({ enabled: false, semantic: { enabled: true } })).toEqual([]);
});

it('puts what decorates a cache before it, and takes a failure of that for a miss', async () => {
  const seen: string[] = [];
  const failing = <V>(layer: string, cache: Cache<V>): Cache<V> => {
    seen.push(layer);
    return { ...cache, get: () => Promise.reject(new Error('a fault')) };
  };
  const { embedding } = layers({}, failing);
  await embedding!.set('a', Float32Array.of(1));
  expect(await embedding!.get('a')).toBeUndefined();
  expect(embedding!.statistics()).toMatchObject({ entries: 1, misses: 1, failures: 1 });
  expect(seen).toEqual(['embedding', 'retrieval', 'response']);
});

it('holds a layer to its bytes', async () => {
  const { embedding } = layers({ embedding: { maxMegabytes: 0.01 } });
  for (let n = 0; n < 50; n += 1) await embedding!.set(`q${n}`, new Float32Array(100));
  const { bytes, entries, evictions } = embedding!.statistics();
  expect(bytes).toBeLessThanOrEqual(10_000);
  expect(entries + evictions).toBe(50);
  expect(evictions).toBeGreaterThan(0);
});

it('refuses a URL that is none of Redis before anything is asked', () => {
  expect(() => layers({ redisUrl: 'http://localhost' })).toThrowError(
    expect.objectContaining({ code: 'config.invalid', where: 'caching.redisUrl' }),
  );
  expect(() => layers({ enabled: false, redisUrl: 'http://localhost' })).not.toThrow();
});
