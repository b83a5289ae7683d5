import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type CacheFigures, snapshotToAdd, watchEngineFigures } from '../../src/telemetry/engine-figures.ts';
import { DepartedCounts, renderMetrics } from '../../src/telemetry/merge.ts';
import { createMetrics, type Metrics } from '../../src/telemetry/registry.ts';
import { readExposition, valueIn } from './exposition.ts';

/* What processes show together of caches that some of them share. */

function engineOn(metrics: Metrics, response: CacheFigures): void {
  watchEngineFigures(metrics, () => ({
    documents: 1,
    chunks: 1,
    version: 1,
    caches: { embedding: undefined, retrieval: undefined, response, semantic: undefined },
  }));
}
const newMetrics = (): Metrics => createMetrics({ version: '1', nodeVersion: 'v0' });
const RESPONSE = { layer: 'response' };

const figures = fc.record({ own: fc.nat(1000), commonEntries: fc.nat(1000), evictions: fc.nat(1000) });
const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

it('entries of each process add up, those that all of them hold count once (property)', async () => {
  const processes = fc.array(fc.array(figures, { minLength: 1, maxLength: 3 }), {
    minLength: 1,
    maxLength: 4,
  });
  await fc.assert(
    fc.asyncProperty(processes, async (engines) => {
      const snapshots = engines.map((ofOne) => {
        const metrics = newMetrics();
        for (const { own, commonEntries, evictions } of ofOne) {
          engineOn(metrics, { entries: own + commonEntries, commonEntries, evictions });
        }
        return snapshotToAdd(metrics);
      });
      // The primary of a service has no engine.
      const all = [await newMetrics().snapshot(), ...(await Promise.all(snapshots))];
      const families = readExposition(await renderMetrics(all));
      const flat = engines.flat();
      expect(valueIn(families, 'rag_cache_entries', RESPONSE)).toBe(
        sum(flat.map(({ own }) => own)) + Math.max(...flat.map(({ commonEntries }) => commonEntries)),
      );
      expect(valueIn(families, 'rag_cache_entries', { layer: 'semantic' })).toBe(0);
      expect(valueIn(families, 'rag_cache_evictions_total', RESPONSE)).toBe(
        sum(flat.map(({ evictions }) => evictions)),
      );
    }),
    { numRuns: 50 },
  );
});

it('one process shows both together, and what it said of what it shares stays within the service', async () => {
  const metrics = newMetrics();
  engineOn(metrics, { entries: 5, commonEntries: 3, evictions: 0 });
  const text = await renderMetrics([await snapshotToAdd(metrics)]);
  expect(text).toBe(await renderMetrics([await metrics.snapshot()]));
  expect(valueIn(readExposition(text), 'rag_cache_entries', RESPONSE)).toBe(5);
});

it('a process that is gone takes its entries along, and leaves its evictions', async () => {
  const [gone, left] = [newMetrics(), newMetrics()];
  engineOn(gone, { entries: 7, commonEntries: 4, evictions: 2 });
  engineOn(left, { entries: 4, commonEntries: 4, evictions: 1 });
  const departed = new DepartedCounts();
  departed.add(await snapshotToAdd(gone));
  const families = readExposition(await renderMetrics([await snapshotToAdd(left), departed.snapshot]));
  expect(valueIn(families, 'rag_cache_entries', RESPONSE)).toBe(4);
  expect(valueIn(families, 'rag_cache_evictions_total', RESPONSE)).toBe(3);
});
