import { cacheFigures } from '../../src/load/cache-figures.ts';
import { cacheWork } from '../../src/load/cache-work.ts';
import type { CachesRecord } from '../../src/records/cache-schema.ts';
import { RIGHT_CODES } from '../../src/records/columns.ts';
import type { RunRecord } from '../../src/records/schema.ts';
import { type CachedRow, cachedPhase } from '../load/cached-phase.ts';

const BEFORE = {
  entries: 0,
  bytes: 0,
  hits: 0,
  misses: 0,
  evictions: 0,
  stale: 0,
  shared: 0,
  savedUsd: 0,
};

/** 200 requests for 20 questions: cold ones are made, of the rest one in five is semantic, and some of these are false. */
export function sampleCaches(): CachesRecord {
  const rows = Array.from({ length: 200 }, (_, index): CachedRow => {
    const question = index % 20;
    if (index < 20) return { question, cache: 'miss', latency: 40 + question, right: 'right' };
    if (question % 5 === 0) {
      const falsely = question === 5;
      return {
        question,
        cache: 'semantic',
        latency: 3,
        matched: question + 1,
        right: falsely ? 'wrong' : 'right',
        stale: false,
      };
    }
    return { question, cache: 'response', latency: 1.5, stale: index % 50 === 1, right: 'right' };
  });
  const { rows: recorded, verdicts } = cachedPhase(
    rows,
    new Uint8Array(20).fill(RIGHT_CODES.indexOf('right')),
  );
  const after = { ...BEFORE, entries: 20, bytes: 4096, hits: 144, misses: 20, evictions: 2, savedUsd: 0.25 };
  return cacheFigures(recorded, verdicts, {
    duration: 2000,
    steadyState: { truncatedShare: 0.2, steady: true },
    caches: cacheWork({ response: BEFORE }, { response: after }),
  })!;
}

/** The same run, of whose cached phases the caches are known. */
export function withCaches(record: RunRecord, caches = sampleCaches()): RunRecord {
  const load = record.load!;
  return {
    ...record,
    load: {
      ...load,
      phases: load.phases.map((phase) => (phase.cacheMode === 'cached' ? { ...phase, caches } : phase)),
    },
  };
}
