import { describe } from 'vitest';
import { createMemoryCache } from '../../src/engine/caching/memory-cache.ts';
import { createExtractiveGenerator } from '../../src/engine/generation/extractive.ts';
import { createBm25Index } from '../../src/engine/indexing/bm25-index.ts';
import { createExactIndex } from '../../src/engine/indexing/exact-index.ts';
import { openSqliteStore } from '../../src/engine/indexing/sqlite-store.ts';
import { faultDecorators } from '../../src/faults/decorators.ts';
import { createFaultInjector } from '../../src/faults/injector.ts';
import { seededRandom } from '../../src/kernel/random.ts';
import { systemClock } from '../../src/system/clock.ts';
import { cacheContract } from '../contracts/cache.ts';
import { documentStoreContract } from '../contracts/document-store.ts';
import { generatorContract } from '../contracts/generator.ts';
import { keywordIndexContract } from '../contracts/keyword-index.ts';
import { vectorIndexContract } from '../contracts/vector-index.ts';
import { faultsOf } from './reading.ts';

const TARGETS = ['vectors', 'keywords', 'generator', 'cache', 'store'];

/** A port stays one where its faults wait for their time, and where all that they do is take some. */
describe.each([
  ['whose faults are not in force', 'error from 1h'],
  ['that is a little late', 'latency 1us'],
])('a port %s', (_, what) => {
  const injector = createFaultInjector({
    faults: faultsOf(TARGETS.map((target) => `${target}: ${what}`).join(';')),
    permit: 'test',
    clock: systemClock,
    random: seededRandom(1),
  });
  injector.start();
  const { vector, keyword, generator, cache, store } = faultDecorators(injector);

  vectorIndexContract(async (dimensions) => vector!(await createExactIndex(dimensions)));
  keywordIndexContract('bm25', async () => keyword!(await createBm25Index({ k1: 1.2, b: 0.75 })));
  generatorContract({
    name: 'the extractive generator',
    create: async () => generator!(createExtractiveGenerator({ abstainBelow: 0.35, sentences: 2 })),
    expected: '6.50',
  });
  cacheContract({
    name: 'the memory cache',
    create: async <V>(settings: Parameters<typeof createMemoryCache<V>>[0]) =>
      cache!('response', createMemoryCache<V>(settings)),
  });
  describe('as a DocumentStore', () =>
    documentStoreContract(async () => store!(await openSqliteStore(':memory:'))));
});
