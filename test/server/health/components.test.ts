import { describe, expect, it } from 'vitest';
import { componentsOf } from '../../../src/server/health/components.ts';
import { diskHealth } from '../../../src/server/health/disk.ts';
import { found, OPEN } from './made-health.ts';

const GIB = 2 ** 30;

describe('the components of the health', () => {
  it('are the store, the index, the embedder, the generator and the cache, each with its figures', async () => {
    const components = componentsOf(await found());
    expect(Object.keys(components)).toEqual(['store', 'index', 'embedder', 'generator', 'cache']);
    expect(components.embedder).toEqual({
      status: 'healthy',
      response_ms: 3,
      calls: 10,
      errors: 0,
      last_check: '2026-01-02T00:00:00.000Z',
      details: { breaker: 'closed', retries: 0 },
    });
    expect(components.store).toMatchObject({ calls: 11, details: { breaker: 'closed', chunks: 7 } });
    expect(components.index?.details).toMatchObject({
      vectors_breaker: 'closed',
      keywords_breaker: 'closed',
    });
    expect(components.cache?.details).toMatchObject({ backend: 'memory', response_hits: 3 });
  });

  it('leave out an embedder that nobody asks', async () => {
    for (const settings of [{ retrieval: { mode: 'keyword' } }, { embedding: { provider: 'none' } }]) {
      const components = componentsOf(await found({ settings, not: { embedder: OPEN, vectors: OPEN } }));
      expect(components.embedder).toBeUndefined();
      expect(components.index?.status).toBe('healthy');
    }
  });

  it('tell of an open breaker, when it lets a call through, and its failures', async () => {
    const { generator } = componentsOf(await found({ not: { generator: OPEN } }));
    expect(generator).toMatchObject({
      status: 'unhealthy',
      errors: 5,
      details: { breaker: 'open', retried_in_s: 42, last_error: 'connect ECONNREFUSED 10.0.0.1' },
    });
  });

  it('keep to themselves what a dependency said where strangers ask', async () => {
    const components = componentsOf(await found({ not: { generator: OPEN }, particulars: false }));
    expect(JSON.stringify(components)).not.toContain('ECONNREFUSED');
  });

  it('call an index degraded that has lost one of two searches, and unhealthy without any', async () => {
    const status = async (not: object, settings = {}) =>
      componentsOf(await found({ not, settings })).index?.status;
    expect(await status({ vectors: OPEN })).toBe('degraded');
    expect(await status({ keywords: OPEN })).toBe('degraded');
    expect(await status({ vectors: OPEN, keywords: OPEN })).toBe('unhealthy');
    expect(await status({ keywords: OPEN }, { retrieval: { mode: 'keyword' } })).toBe('unhealthy');
  });

  it('count a check that fails, but not one that a breaker spared: that is known already', async () => {
    const broken = componentsOf(await found({ failing: { store: 'store.corrupt' } })).store;
    expect(broken).toMatchObject({ status: 'unhealthy', errors: 1, details: { reason: 'store.corrupt' } });
    const spared = componentsOf(await found({ failing: { index: 'dependency.open' } })).index;
    expect(spared?.status).toBe('healthy');
  });

  it('never call a cache worse than degraded, and tell no address of Redis', async () => {
    const settings = { caching: { redisUrl: 'redis://:hush@cache.internal:6379' } };
    const { cache } = componentsOf(await found({ settings, not: { cache: OPEN }, particulars: false }));
    expect(cache).toMatchObject({ status: 'degraded', details: { backend: 'redis', breaker: 'open' } });
    expect(JSON.stringify(cache)).not.toMatch(/hush|internal/);
  });

  it.each([
    [500 * GIB, 1000 * GIB, 'healthy'],
    [0.9 * GIB, 10 * GIB, 'healthy'],
    [0.9 * GIB, 100 * GIB, 'degraded'],
    [0.02 * GIB, 0.1 * GIB, 'unhealthy'],
  ])('call a disk with %d of %d bytes free %s', (free, total, status) => {
    const facts = { free_bytes: free, total_bytes: total };
    const end = { at: 0, tookMs: 1, facts, failure: undefined };
    expect(diskHealth({ end, runs: 1, errors: 0 }).status).toBe(status);
  });
});
