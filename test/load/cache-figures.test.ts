import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cacheFigures } from '../../src/load/cache-figures.ts';
import { cachesSchema } from '../../src/records/cache-schema.ts';
import { CACHE_CODES } from '../../src/records/columns.ts';
import type { SteadyState } from '../../src/statistics/steady-state.ts';
import { type CachedRow, cachedPhase } from './cached-phase.ts';

const NO_STEADY_STATE: { duration: number; steadyState: SteadyState | null } = {
  duration: 10_000,
  steadyState: null,
};

function figures(rows: readonly CachedRow[], setting = NO_STEADY_STATE) {
  const phase = cachedPhase(rows);
  return cacheFigures(phase.rows, phase.verdicts, setting);
}

const times = (count: number, row: CachedRow): CachedRow[] => Array.from({ length: count }, () => row);

const anyRow: fc.Arbitrary<CachedRow> = fc.record({
  question: fc.integer({ min: 0, max: 9 }),
  cache: fc.constantFrom(...CACHE_CODES),
  latency: fc.integer({ min: 1, max: 1000 }),
  stale: fc.constantFrom(undefined, true, false),
  matched: fc.constantFrom(undefined, 0, 3, 'none of them?'),
  right: fc.constantFrom('right', 'wrong', 'unscored'),
  outcome: fc.constantFrom('completed', 'completed', 'completed', 'error', 'timeout', 'dropped'),
});

describe('the caches of a phase', () => {
  it('have hits and misses apart: what came whole from a cache, and what was made, if out of kept parts', () => {
    const found = figures([
      ...times(40, { question: 0, cache: 'response', latency: 1 }),
      ...times(20, { question: 1, cache: 'semantic', latency: 2 }),
      ...times(10, { question: 2, cache: 'retrieval', latency: 50 }),
      ...times(5, { question: 3, cache: 'embedding', latency: 80 }),
      ...times(25, { question: 4, cache: 'miss', latency: 100 }),
    ])!;
    expect(found.hits.count).toBe(60);
    expect(found.hits.latencyMs.mean).toBeCloseTo((40 + 40) / 60, 12);
    expect(found.hits.latencyMs.max).toBe(2);
    expect(found.misses.count).toBe(40);
    expect(found.misses.latencyMs.p50).toBe(100);
    expect(() => cachesSchema.parse(found)).not.toThrow();
  });

  it('have a hit rate by layer, of the requests that got as far as it', () => {
    const { layers } = figures([
      ...times(40, { question: 0, cache: 'response' }),
      ...times(30, { question: 1, cache: 'semantic' }),
      ...times(15, { question: 2, cache: 'retrieval' }),
      ...times(15, { question: 3, cache: 'miss' }),
    ])!;
    expect(layers).toMatchObject({
      response: { answered: 40, of: 100, rate: 0.4 },
      semantic: { answered: 30, of: 60, rate: 0.5 },
      retrieval: { answered: 15, of: 30, rate: 0.5 },
    });
    expect(layers.embedding).toBeUndefined();
  });

  it('have intervals where there are requests enough', () => {
    const { hits, misses } = figures(
      Array.from({ length: 8000 }, (_, index) => ({
        question: index % 40,
        cache: index % 2 === 0 ? ('response' as const) : ('miss' as const),
        latency: (index % 2 === 0 ? 1 : 50) + ((index * 7919) % 97) / 50,
      })),
      { ...NO_STEADY_STATE, duration: 80_000 },
    )!;
    const [low, high] = hits.latencyCi95.p50!;
    expect(low).toBeLessThanOrEqual(hits.latencyMs.p50!);
    expect(high).toBeGreaterThanOrEqual(hits.latencyMs.p50!);
    expect(misses.latencyCi95.mean![0]).toBeGreaterThan(hits.latencyCi95.mean![1]);
  });

  it('say nothing of a phase in which no cache was asked, or no response tells', () => {
    expect(figures(times(20, { question: 0, cache: 'off' }))).toBeUndefined();
    expect(figures(times(20, { question: 0, cache: 'unknown' }))).toBeUndefined();
    expect(figures([])).toBeUndefined();
  });

  it('account for every completed request, once', () => {
    fc.assert(
      fc.property(fc.array(anyRow, { maxLength: 80 }), (rows) => {
        const found = figures(rows);
        const completed = rows.filter(({ outcome }) => outcome === 'completed');
        if (found === undefined) {
          expect(completed.every(({ cache }) => cache === 'off' || cache === 'unknown')).toBe(true);
          return;
        }
        const { hits, misses, off, unknown, cold, warm, layers } = found;
        expect(hits.count + misses.count + off + unknown).toBe(completed.length);
        expect(cold.hits.count + warm.hits.count).toBe(hits.count);
        expect(cold.misses.count + warm.misses.count).toBe(misses.count);
        const answered = Object.values(layers).reduce((sum, layer) => sum + layer.answered, 0);
        const plain = completed.filter(({ cache }) => cache === 'miss').length;
        expect(answered + plain).toBe(hits.count + misses.count);
        expect(() => cachesSchema.parse(found)).not.toThrow();
      }),
    );
  });

  it('have means of hits and of misses that make up the mean of both', () => {
    const asked = anyRow.filter(({ cache }) => cache !== 'off' && cache !== 'unknown');
    fc.assert(
      fc.property(fc.array(asked, { minLength: 1, maxLength: 80 }), (rows) => {
        const completed = rows.filter(({ outcome }) => outcome === 'completed');
        fc.pre(completed.length > 0);
        const { hits, misses } = figures(rows)!;
        const pooled = completed.reduce((sum, { latency }) => sum + latency!, 0) / completed.length;
        const parts = [hits, misses].map(({ count, latencyMs }) => count * (latencyMs.mean ?? 0));
        expect((parts[0]! + parts[1]!) / (hits.count + misses.count)).toBeCloseTo(pooled, 6);
      }),
    );
  });
});

describe('cold, warm and steady', () => {
  it('are the first request for each question, all later ones, and of these what came after the cut', () => {
    const rows = Array.from(
      { length: 100 },
      (_, index): CachedRow => ({
        question: index % 10,
        cache: index < 10 ? 'miss' : 'response',
        latency: index < 10 ? 100 : index < 50 ? 4 : 2,
      }),
    );
    const setting = { duration: 1000, steadyState: { truncatedShare: 0.5, steady: true } };
    const { cold, warm, steady } = figures(rows, setting)!;
    expect(cold).toMatchObject({ hitRate: 0, misses: { count: 10 }, hits: { count: 0 } });
    expect(warm).toMatchObject({ hitRate: 1, hits: { count: 90 } });
    expect(steady).toMatchObject({ hitRate: 1, hits: { count: 50, latencyMs: { mean: 2, max: 2 } } });
  });

  it('know no steady part where the rule finds none: too short a phase, or one that never settled', () => {
    const rows = times(20, { question: 0, cache: 'response' });
    expect(figures(rows)!.steady).toBeNull();
    const unsettled = { duration: 200, steadyState: { truncatedShare: 0.6, steady: false } };
    expect(figures(rows, unsettled)!.steady).toBeNull();
  });

  it('leave a question cold until a request for it has come back', () => {
    const { cold, warm } = figures([
      { question: 0, cache: 'miss', outcome: 'error' },
      { question: 0, cache: 'miss' },
      { question: 0, cache: 'response' },
    ])!;
    expect(cold.misses.count).toBe(1);
    expect(warm.hits.count).toBe(1);
  });
});
