import { describe, expect, it } from 'vitest';
import { cacheWork } from '../../src/load/cache-work.ts';
import { cacheWorkSchema } from '../../src/records/cache-schema.ts';

const NOTHING = {
  entries: 0,
  bytes: 0,
  hits: 0,
  misses: 0,
  evictions: 0,
  stale: 0,
  shared: 0,
  savedUsd: 0,
};

describe('what caches did between two looks', () => {
  it('is the difference of what they count, and their size at the end', () => {
    const work = cacheWork(
      {
        response: { ...NOTHING, hits: 10, misses: 5, evictions: 1, bytes: 900, savedUsd: 0.5 },
        semantic: undefined,
      },
      {
        response: {
          entries: 7,
          bytes: 1200,
          hits: 40,
          misses: 15,
          evictions: 4,
          stale: 10,
          shared: 10,
          savedUsd: 2,
        },
        semantic: undefined,
      },
    );
    expect(work).toEqual({
      layers: {
        response: {
          hits: 30,
          stale: 10,
          misses: 10,
          shared: 10,
          hitRate: 40 / 60,
          evictions: 3,
          entries: 7,
          bytes: 1200,
          savedUsd: 1.5,
        },
      },
      bytes: 1200,
      bytesBefore: 900,
      evictions: 3,
      savedUsd: 1.5,
    });
    expect(() => cacheWorkSchema.parse(work)).not.toThrow();
  });

  it('tells no money where a layer does not, and no rate without a lookup', () => {
    const { savedUsd: _, ...poor } = NOTHING;
    const work = cacheWork({ response: poor, retrieval: NOTHING }, { response: poor, retrieval: NOTHING });
    expect(work.savedUsd).toBeNull();
    expect(work.layers.response).toMatchObject({ savedUsd: null, hitRate: null });
    expect(work.layers.retrieval).toMatchObject({ savedUsd: 0 });
  });
});
