import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EngineEvent } from '../../src/engine/events.ts';
import { ManualClock } from '../../src/kernel/clock.ts';
import { createEmitter } from '../../src/kernel/emitter.ts';
import { watchEngineFigures } from '../../src/telemetry/engine-figures.ts';
import { countEngineEvents } from '../../src/telemetry/engine-metrics.ts';
import { DepartedCounts, renderMetrics } from '../../src/telemetry/merge.ts';
import { watchProcess } from '../../src/telemetry/process-metrics.ts';
import { createMetrics, type Metrics } from '../../src/telemetry/registry.ts';
import { readExposition, valueIn } from './exposition.ts';

const BUILD = { version: '1.2.3', nodeVersion: 'v20' };
const shown = async (...all: Metrics[]) =>
  readExposition(await renderMetrics(await Promise.all(all.map((metrics) => metrics.snapshot()))));

function watched() {
  const metrics = createMetrics(BUILD);
  const events = createEmitter<EngineEvent>();
  const clock = new ManualClock();
  const stop = countEngineEvents({ events, metrics, clock });
  return { metrics, events, clock, stop };
}

const finished = (query: number, more: object = {}): EngineEvent => ({
  type: 'query.finished',
  query,
  outcome: 'answered',
  duration: 40,
  inputTokens: 100,
  outputTokens: 7,
  costUsd: 0.25,
  ...more,
});

describe("the engine's events", () => {
  it('become counts and durations in base units', async () => {
    const { metrics, events } = watched();
    events.emit({ type: 'query.started', query: 1, questionLength: 9 });
    events.emit({ type: 'cache.looked-up', query: 1, layer: 'response', state: 'miss' });
    events.emit({ type: 'stage.finished', query: 1, stage: 'retrieve', start: 0, duration: 30 });
    events.emit({ type: 'retrieval.finished', query: 1, retriever: 'fused', count: 0, topScore: undefined });
    events.emit({ type: 'token.first', query: 1, sinceStart: 35 });
    events.emit(finished(1));
    const families = await shown(metrics);
    const value = (name: string, labels = {}) => valueIn(families, name, labels);
    expect(value('rag_queries_total', { outcome: 'answered' })).toBe(1);
    expect(value('rag_query_duration_seconds_sum', { outcome: 'answered', cache: 'miss' })).toBe(0.04);
    expect(value('rag_stage_duration_seconds_sum', { stage: 'retrieve' })).toBe(0.03);
    expect(value('rag_retrievals_total', { retriever: 'fused', result: 'empty' })).toBe(1);
    expect(value('rag_time_to_first_token_seconds_sum')).toBe(0.035);
    expect(value('rag_llm_cost_usd_total', { model: 'unknown' })).toBe(0);
    expect(value('rag_cache_requests_total', { layer: 'response', result: 'miss' })).toBe(1);
    expect(value('rag_build_info', { version: '1.2.3', commit: '', node_version: 'v20' })).toBe(1);
  });

  it('tell answers from the cache apart, question by question', async () => {
    const { metrics, events } = watched();
    for (const query of [1, 2]) events.emit({ type: 'query.started', query, questionLength: 9 });
    events.emit({ type: 'cache.looked-up', query: 2, layer: 'response', state: 'hit' });
    events.emit({ type: 'cache.looked-up', query: 1, layer: 'embedding', state: 'hit' });
    events.emit(finished(1));
    events.emit(finished(2, { duration: 1 }));
    const families = await shown(metrics);
    for (const [cache, sum] of [
      ['miss', 0.04],
      ['hit', 0.001],
    ] as const) {
      expect(valueIn(families, 'rag_query_duration_seconds_sum', { outcome: 'answered', cache })).toBe(sum);
    }
  });

  it.each([
    ['query.aborted', 'withdrawn'],
    ['query.empty', 'invalid'],
    ['query.tooLong', 'invalid'],
    ['engine.overloaded', 'rejected'],
    ['generation.failed', 'error'],
    ['store.empty', 'error'],
  ] as const)('tell whose doing %s is: %s', async (code, outcome) => {
    const { metrics, events, clock } = watched();
    events.emit({ type: 'query.started', query: 1, questionLength: 9 });
    await clock.advance(500);
    events.emit({ type: 'query.failed', query: 1, stage: 'generate', code });
    const families = await shown(metrics);
    expect(valueIn(families, 'rag_queries_total', { outcome })).toBe(1);
    expect(valueIn(families, 'rag_query_duration_seconds_sum', { outcome, cache: 'miss' })).toBe(0.5);
    expect(valueIn(families, 'rag_errors_total', { stage: 'generate', error_type: code })).toBe(1);
  });

  it('are counted no more once that was stopped', async () => {
    const { metrics, events, stop } = watched();
    stop();
    events.emit(finished(1));
    expect(events.active).toBe(false);
    expect(valueIn(await shown(metrics), 'rag_queries_total', { outcome: 'answered' })).toBe(0);
  });
});

describe("the engine's figures", () => {
  it('are read when the metrics are; evictions are counted up', async () => {
    const metrics = createMetrics(BUILD);
    let evictions = 3;
    const caches = () => ({
      embedding: { entries: 4, evictions },
      retrieval: { entries: 0, evictions: 0 },
      response: undefined,
      semantic: undefined,
    });
    watchEngineFigures(metrics, () => ({ documents: 6, chunks: 9, version: 2, caches: caches() }));
    await shown(metrics);
    evictions = 5;
    const families = await shown(metrics);
    expect(valueIn(families, 'rag_index_documents', { index: 'main' })).toBe(6);
    expect(valueIn(families, 'rag_cache_entries', { layer: 'embedding' })).toBe(4);
    expect(valueIn(families, 'rag_cache_entries', { layer: 'response' })).toBe(0);
    expect(valueIn(families, 'rag_cache_evictions_total', { layer: 'embedding' })).toBe(5);
  });
});

describe('a registry', () => {
  it('shows every metric with few labels from the start, at zero', async () => {
    const families = await shown(createMetrics(BUILD));
    expect(valueIn(families, 'rag_queries_total', { outcome: 'rejected' })).toBe(0);
    expect(valueIn(families, 'rag_stage_duration_seconds_count', { stage: 'rerank' })).toBe(0);
    expect(valueIn(families, 'rag_queue_depth', { queue: 'queries' })).toBe(0);
    expect(families.get('rag_errors_total')!.samples).toEqual([]);
  });

  it('is one of its own: what one counts, another does not', async () => {
    const [one, other] = [createMetrics(BUILD), createMetrics(BUILD)];
    one.queries.inc({ outcome: 'answered' });
    expect(valueIn(await shown(other), 'rag_queries_total', { outcome: 'answered' })).toBe(0);
  });
});

describe('metrics of several processes', () => {
  it('add up counters and histograms, and take the highest of states (property)', async () => {
    const process = fc.record({
      answered: fc.nat(1000),
      seconds: fc.array(fc.constantFrom(0.001, 0.05, 0.3, 40), { maxLength: 8 }),
      chunks: fc.nat(500),
      inFlight: fc.nat(20),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(process, { minLength: 1, maxLength: 5 }), async (processes) => {
        const all = processes.map(({ answered, seconds, chunks, inFlight }) => {
          const metrics = createMetrics(BUILD);
          metrics.queries.inc({ outcome: 'answered' }, answered);
          for (const one of seconds) metrics.firstToken.observe(one);
          metrics.indexChunks.set({ index: 'main' }, chunks);
          metrics.inFlight.set(inFlight);
          metrics.memoryLimit.set(1e9);
          return metrics;
        });
        const families = await shown(...all);
        const sum = (numbers: number[]) => numbers.reduce((total, one) => total + one, 0);
        const every = processes.flatMap(({ seconds }) => seconds);
        expect(valueIn(families, 'rag_queries_total', { outcome: 'answered' })).toBe(
          sum(processes.map((one) => one.answered)),
        );
        expect(valueIn(families, 'rag_time_to_first_token_seconds_count')).toBe(every.length);
        expect(valueIn(families, 'rag_time_to_first_token_seconds_bucket', { le: '0.1' })).toBe(
          every.filter((one) => one <= 0.1).length,
        );
        expect(valueIn(families, 'rag_index_chunks', { index: 'main' })).toBe(
          Math.max(...processes.map((one) => one.chunks)),
        );
        expect(valueIn(families, 'rag_queries_in_flight')).toBe(sum(processes.map((one) => one.inFlight)));
        expect(valueIn(families, 'rag_memory_limit_bytes')).toBe(1e9);
        expect(
          valueIn(families, 'rag_build_info', { version: '1.2.3', commit: '', node_version: 'v20' }),
        ).toBe(1);
      }),
      { numRuns: 40 },
    );
  });

  it('keep the counts of processes that have ended, but not their gauges', async () => {
    const departed = new DepartedCounts();
    for (let round = 1; round <= 3; round += 1) {
      const ended = createMetrics(BUILD);
      ended.queries.inc({ outcome: 'answered' }, round);
      ended.firstToken.observe(0.2);
      ended.inFlight.set(5);
      departed.add(await ended.snapshot());
    }
    const families = readExposition(
      await renderMetrics([await createMetrics(BUILD).snapshot(), departed.snapshot]),
    );
    expect(valueIn(families, 'rag_queries_total', { outcome: 'answered' })).toBe(6);
    expect(valueIn(families, 'rag_time_to_first_token_seconds_count')).toBe(3);
    expect(valueIn(families, 'rag_queries_in_flight')).toBe(0);
  });

  it('take the worst event loop and the newest start, and add up memory', async () => {
    const read = watchProcess();
    const one = await read();
    const other = one.map((metric) => ({
      ...metric,
      values: metric.values.map((value) => ({ ...value, value: value.value + 1000 })),
    }));
    const at = (name: string) => one.find((metric) => metric.name === name)!.values[0]!.value;
    const families = readExposition(await renderMetrics([one, other]));
    expect(valueIn(families, 'process_start_time_seconds')).toBe(at('process_start_time_seconds') + 1000);
    expect(valueIn(families, 'process_resident_memory_bytes')).toBe(
      2 * at('process_resident_memory_bytes') + 1000,
    );
    expect(families.has('nodejs_active_handles_total')).toBe(false);
  });
});

describe('two workers', () => {
  it('show each metric of the service by the aggregate that the catalogue declares', async () => {
    const worker = () => {
      const metrics = createMetrics(BUILD);
      metrics.evalRecall.set({ dataset: 'd', k: '5' }, 0.9);
      metrics.evalLastSuccess.set({ dataset: 'd', k: '5' }, 1_800_000_000);
      metrics.memoryLimit.set(4e9);
      metrics.workers.set(1);
      metrics.queueDepth.set({ queue: 'queries' }, 3);
      metrics.cacheEntries.set({ layer: 'response' }, 5);
      metrics.breakerState.set({ dependency: 'cache', state: 'closed' }, 1);
      metrics.stageDuration.observe({ stage: 'embed' }, 0.01);
      metrics.cost.inc({ model: 'm' }, 0.5);
      return metrics;
    };
    const families = await shown(worker(), worker());
    const value = (name: string, labels = {}) => valueIn(families, name, labels);
    expect(value('rag_eval_recall_ratio', { dataset: 'd', k: '5' })).toBe(0.9); // and not 1.8
    expect(value('rag_eval_last_success_timestamp_seconds', { dataset: 'd', k: '5' })).toBe(1_800_000_000);
    expect(value('rag_memory_limit_bytes')).toBe(4e9);
    expect(value('rag_circuit_breaker_state', { dependency: 'cache', state: 'closed' })).toBe(1);
    expect(value('rag_build_info', { version: '1.2.3', commit: '', node_version: 'v20' })).toBe(1);
    expect(value('rag_workers')).toBe(2);
    expect(value('rag_queue_depth', { queue: 'queries' })).toBe(6);
    expect(value('rag_cache_entries', { layer: 'response' })).toBe(10);
    expect(value('rag_stage_duration_seconds_count', { stage: 'embed' })).toBe(2);
    expect(value('rag_llm_cost_usd_total', { model: 'm' })).toBe(1);
  });

  it('do not double the traffic of their machine, nor keep that of one that has ended', async () => {
    const read = watchProcess();
    const [one, other] = [await read(), await read()];
    const departed = new DepartedCounts();
    departed.add(one);
    const families = readExposition(await renderMetrics([one, other, departed.snapshot]));
    const of = (snapshot: typeof one) =>
      snapshot
        .find(({ name }) => name === 'rag_network_received_bytes_total')
        ?.values.find(({ labels }) => labels.interface === 'external')?.value;
    expect(valueIn(families, 'rag_network_received_bytes_total', { interface: 'external' })).toBe(of(other));
  });
});
