import { describe, expect, it } from 'vitest';
import type { EngineEvent } from '../../src/engine/events.ts';
import { ManualClock } from '../../src/kernel/clock.ts';
import { createEmitter } from '../../src/kernel/emitter.ts';
import { watchEngineFigures } from '../../src/telemetry/engine-figures.ts';
import { countEngineEvents, type EngineWatch } from '../../src/telemetry/engine-metrics.ts';
import { renderMetrics } from '../../src/telemetry/merge.ts';
import { modelOf } from '../../src/telemetry/model-metrics.ts';
import { createMetrics, type Metrics, type MetricsSetting } from '../../src/telemetry/registry.ts';
import { readExposition, valueIn } from './exposition.ts';

const BUILD = { version: '1.2.3', nodeVersion: 'v20' };
const MODELS = {
  generator: { provider: 'openai', model: 'gpt-x' },
  embedder: { provider: 'openai', model: 'embed-x' },
};
const CHAT = {
  gen_ai_operation_name: 'chat',
  gen_ai_provider_name: 'openai',
  gen_ai_request_model: 'gpt-x',
};
const EMBEDDINGS = { ...CHAT, gen_ai_operation_name: 'embeddings', gen_ai_request_model: 'embed-x' };

async function valuesOf(metrics: Metrics) {
  const families = readExposition(await renderMetrics([await metrics.snapshot()]));
  return (name: string, labels: Record<string, string> = {}) => valueIn(families, name, labels);
}

function watched(more: Partial<EngineWatch> = {}, setting: Partial<MetricsSetting> = {}) {
  const metrics = more.metrics ?? createMetrics({ ...BUILD, ...setting });
  const events = createEmitter<EngineEvent>();
  const clock = new ManualClock();
  const stop = countEngineEvents({ events, clock, models: MODELS, ...more, metrics });
  const emit = (...all: EngineEvent[]): void => {
    for (const event of all) events.emit(event);
  };
  return { metrics, events, emit, stop, values: () => valuesOf(metrics) };
}

const started = (query = 1): EngineEvent => ({ type: 'query.started', query, questionLength: 9 });
const finished = (more: object = {}): EngineEvent => ({
  type: 'query.finished',
  query: 1,
  outcome: 'answered',
  duration: 40,
  inputTokens: 100,
  outputTokens: 7,
  costUsd: 0.25,
  ...more,
});
const used = (operation: 'chat' | 'embeddings', more: object = {}): EngineEvent => ({
  type: 'model.used',
  operation,
  purpose: 'query',
  inputTokens: 0,
  outputTokens: 0,
  costUsd: 0,
  ...more,
});
const called = (dependency: 'generator' | 'embedder', more: object = {}): EngineEvent => ({
  type: 'dependency.called',
  dependency,
  purpose: 'query',
  outcome: 'ok',
  attempt: 1,
  duration: 500,
  ...more,
});

describe('a circuit breaker', () => {
  it('is in exactly one state: closed at first, then whatever its last change says', async () => {
    const { emit, values } = watched();
    const states = async () => {
      const value = await values();
      return ['closed', 'open', 'half_open'].map((state) =>
        value('rag_circuit_breaker_state', { dependency: 'generator', state }),
      );
    };
    expect(await states()).toEqual([1, 0, 0]);
    emit({ type: 'breaker.changed', dependency: 'generator', from: 'closed', to: 'open' });
    expect(await states()).toEqual([0, 1, 0]);
    emit({ type: 'breaker.changed', dependency: 'generator', from: 'open', to: 'half-open' });
    expect(await states()).toEqual([0, 0, 1]);
    expect((await values())('rag_circuit_breaker_state', { dependency: 'cache', state: 'closed' })).toBe(1);
  });
});

describe('what is done where something fails', () => {
  it('is counted: retries, those that were refused, and what stood in', async () => {
    const { emit, values } = watched();
    const retried = { type: 'dependency.retried', delay: 9, cause: 'timeout' } as const;
    emit(
      { ...retried, dependency: 'generator', purpose: 'query' },
      { ...retried, dependency: 'embedder', purpose: 'ingest' },
      { type: 'retry.refused', dependency: 'generator', why: 'budget' },
      { type: 'query.degraded', query: 1, level: 'extractive', reason: 'generator: open' },
      { type: 'query.degraded', query: 1, level: 'keyword', reason: 'vectors: timeout' },
      { type: 'query.degraded', query: 1, level: 'last-resort', reason: 'question: deadline' },
      { type: 'query.degraded', query: 1, level: 'canned', reason: 'constructor: error' },
    );
    const value = await values();
    expect(value('rag_retries_total', { stage: 'generate', reason: 'timeout' })).toBe(1);
    expect(value('rag_retries_total', { stage: 'ingest', reason: 'timeout' })).toBe(1);
    expect(value('rag_retries_refused_total', { dependency: 'generator', reason: 'budget' })).toBe(1);
    expect(value('rag_fallbacks_total', { stage: 'generate', to: 'extractive' })).toBe(1);
    expect(value('rag_fallbacks_total', { stage: 'retrieve', to: 'keyword' })).toBe(1);
    expect(value('rag_fallbacks_total', { stage: 'deadline', to: 'last-resort' })).toBe(1);
    expect(value('rag_fallbacks_total', { stage: 'other', to: 'canned' })).toBe(1);
    expect(value('rag_retrievals_total', { retriever: 'vector', result: 'error' })).toBe(1);
    expect(value('rag_label_overflow_total', {})).toBeUndefined();
  });

  it('makes the question degraded, whatever the answer says', async () => {
    const { emit, values } = watched();
    emit(started(), finished({ degraded: 'keyword', outcome: 'abstained' }));
    const value = await values();
    expect(value('rag_queries_total', { outcome: 'degraded' })).toBe(1);
    expect(value('rag_queries_total', { outcome: 'abstained' })).toBe(0);
  });
});

describe('caches', () => {
  it.each([
    ['semantic', 'hit', 'hit'],
    ['response', 'stale', 'hit'],
    ['response', 'miss', 'miss'],
    ['embedding', 'hit', 'miss'],
  ] as const)('%s %s makes an answer a cache %s', async (layer, state, cache) => {
    const { emit, values } = watched();
    emit(started(), { type: 'cache.looked-up', query: 1, layer, state }, finished());
    const value = await values();
    expect(value('rag_cache_requests_total', { layer, result: state })).toBe(1);
    expect(value('rag_query_duration_seconds_count', { outcome: 'answered', cache })).toBe(1);
  });
});

describe('searches', () => {
  const found = (
    retriever: 'keyword' | 'vector' | 'fused',
    count: number,
    topScore?: number,
  ): EngineEvent => ({
    type: 'retrieval.finished',
    query: 1,
    retriever,
    count,
    topScore,
  });

  it('tell what a threshold took from what was never found', async () => {
    const { emit, values } = watched();
    emit(started(), found('keyword', 3, 12.5), found('vector', 0), found('fused', 0));
    emit(found('keyword', 0), found('vector', 0), found('fused', 0)); // the same question, searched again
    emit(found('fused', 4, 0.8), finished({ contextSize: 2, rerankedSize: 4 }));
    const value = await values();
    const results = ['hit', 'empty', 'below_threshold', 'error'].map((result) =>
      value('rag_retrievals_total', { retriever: 'fused', result }),
    );
    expect(results).toEqual([1, 1, 1, 0]);
    expect(value('rag_retrieved_documents_sum', { stage: 'retrieve' })).toBe(4);
    expect(value('rag_retrieved_documents_sum', { stage: 'context' })).toBe(2);
    expect(value('rag_retrieved_documents_sum', { stage: 'rerank' })).toBe(4);
    expect(value('rag_retrieval_top_score_sum', { retriever: 'fused' })).toBe(0.8);
  });
});

describe('calls of models', () => {
  it('have provider, model and what went wrong; those that never reached it are none', async () => {
    const { emit, values } = watched();
    emit(called('generator'), called('generator', { outcome: 'timeout' }), called('embedder'));
    for (const outcome of ['open', 'busy', 'deadline']) emit(called('generator', { outcome, duration: 0 }));
    emit({ type: 'stage.finished', query: 1, stage: 'generate', start: 0, duration: 900 });
    const value = await values();
    const count = (labels: Record<string, string>) =>
      value('gen_ai_client_operation_duration_seconds_count', labels);
    expect(count({ ...CHAT, error_type: '' })).toBe(1);
    expect(count({ ...CHAT, error_type: 'timeout' })).toBe(1);
    expect(count({ ...CHAT, error_type: 'open' })).toBeUndefined();
    expect(count({ ...EMBEDDINGS, error_type: '' })).toBe(1);
  });

  it('are told by their stage where resilience is off', async () => {
    const { emit, values } = watched();
    emit({ type: 'stage.finished', query: 1, stage: 'generate', start: 0, duration: 900 });
    const value = await values();
    expect(value('gen_ai_client_operation_duration_seconds_sum', { ...CHAT, error_type: '' })).toBe(0.9);
  });

  it('are not what stood in for the model', async () => {
    const { emit, values } = watched();
    emit({ type: 'stage.finished', query: 1, stage: 'generate', by: 'extractive', start: 0, duration: 9 });
    emit(finished({ degraded: 'extractive' }));
    const value = await values();
    expect(
      value('gen_ai_client_operation_duration_seconds_count', { ...CHAT, error_type: '' }),
    ).toBeUndefined();
    expect(value('gen_ai_client_token_usage_count', { ...CHAT, gen_ai_token_type: 'input' })).toBeUndefined();
    expect(value('rag_stage_duration_seconds_count', { stage: 'generate' })).toBe(1);
  });

  it('cost also what an ingest embeds', async () => {
    const { emit, values } = watched();
    emit(used('embeddings', { purpose: 'ingest', inputTokens: 900, costUsd: 0.01 }));
    const value = await values();
    expect(value('rag_llm_cost_usd_total', { model: 'embed-x' })).toBe(0.01);
  });

  it('cost what the price table says, each model its part, whatever became of the question', async () => {
    const { emit, values } = watched();
    emit(started(), used('embeddings', { inputTokens: 5, costUsd: 0.05 }));
    emit(used('chat', { inputTokens: 100, outputTokens: 7, costUsd: 0.2 }));
    emit({ type: 'query.failed', query: 1, stage: 'generate', code: 'query.aborted' });
    const value = await values();
    expect(value('rag_llm_cost_usd_total', { model: 'gpt-x' })).toBeCloseTo(0.2);
    expect(value('rag_llm_cost_usd_total', { model: 'embed-x' })).toBe(0.05);
    const tokens = (labels: object, gen_ai_token_type: string) =>
      value('gen_ai_client_token_usage_count', { ...labels, gen_ai_token_type });
    expect([tokens(CHAT, 'input'), tokens(CHAT, 'output'), tokens(EMBEDDINGS, 'input')]).toEqual([1, 1, 1]);
  });

  it.each([
    ['openai/gpt-4o-mini', 'openai', 'gpt-4o-mini'],
    ['openai/text-embedding-3-small/1536', 'openai', 'text-embedding-3-small'],
    ['lsa/256@3f2a9c', 'groundspeed', 'lsa/256'],
    ['extractive', 'groundspeed', 'extractive'],
  ])('of %s are of %s, %s', (id, provider, model) => {
    expect(modelOf(id)).toEqual({ provider, model });
  });
});

describe('the wait for a place', () => {
  it('is a part of what a question takes, and of the time to its first token', async () => {
    const { emit, values } = watched();
    emit({ type: 'query.started', query: 1, questionLength: 9, waitedMs: 2000 });
    emit({ type: 'token.first', query: 1, sinceStart: 30 }, finished());
    const value = await values();
    expect(value('rag_query_duration_seconds_sum', { outcome: 'answered', cache: 'miss' })).toBe(2.04);
    expect(value('rag_time_to_first_token_seconds_sum')).toBe(2.03);
  });
});

describe('errors that are known', () => {
  it('are at zero from the start, so that the first is an increase', async () => {
    const value = await watched().values();
    expect(value('rag_errors_total', { stage: 'generate', error_type: 'dependency.timeout' })).toBe(0);
    expect(value('rag_errors_total', { stage: 'none', error_type: 'engine.overloaded' })).toBe(0);
  });
});

describe('a stage that fails', () => {
  it('has taken its time, too: a search that times out is what makes the stage slow', async () => {
    const { emit, values } = watched();
    const code = 'dependency.timeout';
    emit({ type: 'stage.failed', query: 1, stage: 'retrieve', start: 0, duration: 5000, code });
    const value = await values();
    expect(value('rag_stage_duration_seconds_sum', { stage: 'retrieve' })).toBe(5);
  });
});

describe('a trace id', () => {
  it('is the exemplar of the question that it belongs to', async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const { metrics, emit } = watched({ traceIdOf: (tag) => (tag === undefined ? undefined : traceId) });
    emit({ ...started(), tag: {} } as EngineEvent, finished());
    const text = await renderMetrics([await metrics.snapshot()], 'openmetrics');
    const [line, ...others] = text.split('\n').filter((one) => one.includes(traceId));
    expect(line).toContain('le="0.05"');
    expect(others).toEqual([]);
  });
});

describe('two engines in one process', () => {
  it('with a registry each do not mix; sharing one, they add up', async () => {
    const metrics = createMetrics(BUILD);
    const [one, other] = [watched({ metrics }), watched({ metrics })];
    const apart = watched();
    for (const engine of [one, other]) engine.emit(started(), finished()); // both number their questions from 1
    one.emit({ type: 'breaker.changed', dependency: 'store', from: 'closed', to: 'open' });
    const figures = (index: string, entries: number) => ({
      index,
      documents: entries,
      chunks: 1,
      version: 1,
      caches: {
        embedding: { entries, evictions: 1 },
        retrieval: undefined,
        response: undefined,
        semantic: undefined,
      },
    });
    watchEngineFigures(metrics, () => figures('a', 3));
    const stopB = watchEngineFigures(metrics, () => figures('b', 4));
    const value = await valuesOf(metrics);
    expect(value('rag_queries_total', { outcome: 'answered' })).toBe(2);
    expect((await apart.values())('rag_queries_total', { outcome: 'answered' })).toBe(0);
    for (const state of ['closed', 'open'])
      expect(value('rag_circuit_breaker_state', { dependency: 'store', state })).toBe(1);
    expect(value('rag_cache_entries', { layer: 'embedding' })).toBe(7);
    expect(value('rag_cache_evictions_total', { layer: 'embedding' })).toBe(2);
    expect(value('rag_index_documents', { index: 'b' })).toBe(4);
    stopB();
    one.stop();
    const later = await valuesOf(metrics);
    expect(later('rag_circuit_breaker_state', { dependency: 'store', state: 'open' })).toBe(0);
    expect(later('rag_cache_entries', { layer: 'embedding' })).toBe(3);
  });
});

describe('metrics that are off', () => {
  it('listen to nothing, count nothing, and show nothing', async () => {
    const { metrics, events, emit } = watched({}, { enabled: false });
    watchEngineFigures(metrics, () => expect.unreachable());
    metrics.queries.inc({ outcome: 'answered' });
    metrics.queryDuration.observe({ outcome: 'answered', cache: 'hit' }, 1);
    emit(started(), finished());
    expect(events.active).toBe(false);
    expect(await metrics.snapshot()).toEqual([]);
  });
});

describe('numbers that cannot be', () => {
  it('a clock that was set back counts as no time, and what is no number not at all', async () => {
    const { metrics, emit, values } = watched();
    emit(started(), finished({ duration: -5 }), started(), finished({ duration: Number.NaN }));
    metrics.cost.inc({ model: 'gpt-x' }, -1);
    metrics.cost.inc({ model: 'gpt-x' }, Number.NaN);
    const value = await values();
    expect(value('rag_queries_total', { outcome: 'answered' })).toBe(2);
    expect(value('rag_query_duration_seconds_sum', { outcome: 'answered', cache: 'miss' })).toBe(0);
    expect(value('rag_query_duration_seconds_count', { outcome: 'answered', cache: 'miss' })).toBe(1);
    expect(value('rag_llm_cost_usd_total', { model: 'gpt-x' })).toBe(0);
  });

  it('a figure that cannot be read takes no other with it', async () => {
    const metrics = createMetrics(BUILD);
    metrics.beforeReading(() => {
      throw new Error('the store is closed');
    });
    metrics.beforeReading(() => metrics.inFlight.set(3));
    expect((await valuesOf(metrics))('rag_queries_in_flight')).toBe(3);
  });
});

describe("the user's own thresholds", () => {
  it('become boundaries of the histograms that carry their SLO, and of no other', async () => {
    const metrics = createMetrics({ ...BUILD, thresholds: { latency: [0.3, 0.1, -1, Number.NaN] } });
    metrics.queryDuration.observe({ outcome: 'answered', cache: 'miss' }, 0.28);
    const value = await valuesOf(metrics);
    const labels = { outcome: 'answered', cache: 'miss' };
    expect(value('rag_query_duration_seconds_bucket', { ...labels, le: '0.25' })).toBe(0);
    expect(value('rag_query_duration_seconds_bucket', { ...labels, le: '0.3' })).toBe(1);
    expect(value('rag_time_to_first_token_seconds_bucket', { le: '0.3' })).toBeUndefined();
  });
});
