import { describe, expect, it } from 'vitest';
import { CACHE_LAYERS, STAGES } from '../../src/engine/events.ts';
import { DEGRADATION_LEVELS, DEPENDENCIES } from '../../src/engine/resilience/options.ts';
import { FAILURE_CAUSES } from '../../src/engine/resilience/policy.ts';
import { CATALOGUE, type MetricSpec } from '../../src/telemetry/catalogue.ts';
import { watchProcess } from '../../src/telemetry/process-metrics.ts';

const specs = Object.values<MetricSpec>(CATALOGUE);

describe('the metric catalogue', () => {
  it('names each metric once, as Prometheus would have it', () => {
    expect(new Set(specs.map(({ name }) => name)).size).toBe(specs.length);
    for (const { name, type, unit, help } of specs) {
      expect(name).toMatch(/^(rag|gen_ai|loadgen|process|nodejs)_[a-z0-9_]+$/);
      expect(name.endsWith('_total'), name).toBe(type === 'counter');
      if (unit === 'seconds') expect(name).toMatch(/_seconds(_total)?$/);
      if (unit === 'timestamp') expect(name).toMatch(/_time(stamp)?_seconds$/);
      if (unit === 'bytes') expect(name).toMatch(/_bytes(_total)?$/);
      if (unit === 'usd') expect(name).toMatch(/_usd_total$/);
      expect(name).not.toMatch(/_(ms|milliseconds|kb|mb|percent)\b/);
      expect(help, name).toMatch(/^[a-zA-Z0-9].*\.$/);
    }
  });

  it('has no label that a caller could make up', () => {
    const labels = specs.flatMap((spec) => Object.keys(spec.labels));
    for (const label of labels) expect(label).not.toMatch(/client|user|query$|question|document|session/);
  });

  it('has a bucket boundary at each threshold of an SLO', () => {
    const carriers = specs.filter(({ thresholds }) => thresholds !== undefined);
    expect(carriers.map(({ name }) => name)).toEqual([
      'rag_request_duration_seconds',
      'rag_query_duration_seconds',
      'rag_time_to_first_token_seconds',
    ]);
    for (const { buckets, thresholds } of carriers) {
      expect(buckets).toEqual(expect.arrayContaining([...thresholds!.at]));
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

  it('knows every stage, cache layer, dependency and cause of the engine', () => {
    expect(CATALOGUE.stageDuration.labels.stage).toEqual(STAGES);
    expect(CATALOGUE.cacheRequests.labels.layer).toEqual(CACHE_LAYERS);
    expect(CATALOGUE.breakerState.labels.dependency).toEqual(DEPENDENCIES);
    expect(CATALOGUE.retries.labels.reason).toEqual(FAILURE_CAUSES);
    expect(CATALOGUE.fallbacks.labels.to).toEqual(DEGRADATION_LEVELS);
  });

  it('adds up what counts, and nothing that is a state, a limit, a ratio or a time', () => {
    for (const { name, type, unit, aggregate } of specs) {
      const machine = /^rag_(network|machine)_/.test(name); // which every process tells alike
      if (type !== 'gauge') expect(aggregate, name).toBe(machine ? 'max' : 'sum');
      else if (unit === 'state' || unit === 'ratio' || unit === 'timestamp')
        expect(aggregate, name).toBe('max');
    }
    for (const { name, aggregate } of [
      CATALOGUE.indexDocuments,
      CATALOGUE.indexChunks,
      CATALOGUE.indexVersion,
      CATALOGUE.memoryLimit,
      CATALOGUE.maxFiles,
      CATALOGUE.eventLoopLagP99,
    ]) {
      expect(aggregate, name).toBe('max');
    }
    expect(CATALOGUE.residentMemory.aggregate).toBe('sum');
    expect(CATALOGUE.inFlight.aggregate).toBe('sum');
  });

  it('describes all that prom-client tells of a process', async () => {
    const known = new Map(specs.map((spec) => [spec.name, spec]));
    for (const { name, type, values } of await watchProcess()()) {
      const spec = known.get(name);
      expect(spec?.type, name).toBe(type);
      const labels = values.flatMap((value) => Object.keys(value.labels).filter((label) => label !== 'le'));
      for (const label of labels) expect(Object.keys(spec!.labels), name).toContain(label);
    }
  });
});
