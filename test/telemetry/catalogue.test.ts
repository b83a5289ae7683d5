import { describe, expect, it } from 'vitest';
import { CACHE_LAYERS, STAGES } from '../../src/engine/events.ts';
import { CATALOGUE, type MetricSpec } from '../../src/telemetry/catalogue.ts';

const specs = Object.values<MetricSpec>(CATALOGUE);

describe('the metric catalogue', () => {
  it('names each metric once, as Prometheus would have it', () => {
    expect(new Set(specs.map(({ name }) => name)).size).toBe(specs.length);
    for (const { name, type, help } of specs) {
      expect(name).toMatch(/^rag_[a-z_]+$/);
      expect(name.endsWith('_total')).toBe(type === 'counter');
      if (type === 'histogram') expect(name).toMatch(/_seconds$/);
      expect(name).not.toMatch(/_(ms|milliseconds|kb|mb|percent)\b/);
      expect(help).toMatch(/^[A-Z0-9].*\.$/);
    }
  });

  it('gives histograms, and them alone, buckets that ascend', () => {
    for (const { type, buckets = [] } of specs) {
      expect(buckets.length > 0).toBe(type === 'histogram');
      expect([...buckets].sort((a, b) => a - b)).toEqual(buckets);
    }
  });

  it('has a boundary at each default deadline: 100 ms in process, 2 s over HTTP', () => {
    for (const spec of [CATALOGUE.queryDuration, CATALOGUE.requestDuration, CATALOGUE.firstToken]) {
      expect(spec.buckets).toEqual(expect.arrayContaining([0.1, 2]));
    }
  });

  it('knows every stage and cache layer of the engine', () => {
    expect(CATALOGUE.stageDuration.labels.stage).toEqual(STAGES);
    expect(CATALOGUE.cacheRequests.labels.layer).toEqual(CACHE_LAYERS);
  });

  it('adds up what counts, and nothing that is a state', () => {
    for (const { type, aggregate } of specs) {
      if (type !== 'gauge') expect(aggregate).toBe('sum');
    }
    for (const key of [
      'indexDocuments',
      'indexChunks',
      'indexVersion',
      'memoryLimit',
      'buildInfo',
    ] as const) {
      expect(CATALOGUE[key].aggregate).toBe('max');
    }
  });
});
