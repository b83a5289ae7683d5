import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GroundspeedError } from '../../../src/kernel/errors.ts';
import { QueryTrace } from '../../../src/telemetry/tracing/query-trace.ts';
import { unaccountedMs } from '../../../src/telemetry/tracing/span-draft.ts';
import { FACTS } from './facts.ts';

function traced(disclosure = { content: false, documents: false }) {
  const time = { now: 1000 };
  const trace = new QueryTrace({ facts: FACTS, disclosure, now: () => time.now, start: 1000 });
  return { trace, time };
}

describe('the trace of a question', () => {
  it('has a child for each stage, in the words of the conventions', () => {
    const { trace, time } = traced();
    const stages = ['embed', 'retrieve', 'rerank', 'prompt', 'generate'] as const;
    for (const [index, stage] of stages.entries()) {
      trace.take({ type: 'stage.finished', query: 1, stage, start: 1000 + 10 * index, duration: 10 });
    }
    time.now = 1050;
    const tokens = { inputTokens: 7, outputTokens: 3, costUsd: 0.25 };
    trace.take({ type: 'model.used', operation: 'chat', purpose: 'query', query: 1, ...tokens });
    trace.take({ type: 'model.used', operation: 'embeddings', purpose: 'query', ...tokens, inputTokens: 5 });
    trace.take({
      type: 'query.finished',
      query: 1,
      outcome: 'answered',
      duration: 50,
      inputTokens: 7,
      outputTokens: 3,
      costUsd: 0.25,
    });
    const { children, attributes } = trace.finish(1050);
    expect(children.map(({ name, kind }) => `${kind} ${name}`)).toEqual([
      'internal embeddings lsa-4',
      'internal retrieval fares',
      'internal rerank mmr',
      'internal prompt',
      'client chat gpt-4o-mini',
    ]);
    expect(children.map((child) => child.attributes['openinference.span.kind'])).toEqual([
      'EMBEDDING',
      'RETRIEVER',
      'RERANKER',
      'CHAIN',
      'LLM',
    ]);
    expect(children.at(-1)?.attributes).toMatchObject({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-4o-mini',
      'gen_ai.usage.input_tokens': 7,
      'gen_ai.usage.output_tokens': 3,
      'llm.token_count.prompt': 7,
      'llm.token_count.completion': 3,
    });
    expect(children[0]?.attributes).toMatchObject({ 'gen_ai.usage.input_tokens': 5 });
    expect(attributes).toMatchObject({
      'rag.outcome': 'answered',
      'rag.cost_usd': 0.25,
      'rag.unaccounted_ms': 0,
      'gen_ai.data_source.id': 'fares',
    });
  });

  it('names what stood in for the generator, and no model where none was asked', () => {
    for (const [by, name, role] of [
      ['extractive', 'internal chat extractive', 'LLM'],
      ['none', 'internal abstain', 'CHAIN'],
    ] as const) {
      const { trace } = traced();
      trace.take({ type: 'stage.finished', query: 1, stage: 'generate', by, start: 1000, duration: 10 });
      const [span] = trace.finish(1010).children;
      expect(`${span?.kind} ${span?.name}`).toBe(name);
      expect(span?.attributes['openinference.span.kind']).toBe(role);
      expect(span?.attributes['gen_ai.request.model']).toBe(by === 'none' ? undefined : 'extractive');
    }
  });

  it('says how many passages this question wanted, not how many are usual', () => {
    const { trace } = traced();
    trace.take({ type: 'query.started', query: 1, questionLength: 9, topK: 20 });
    trace.take({ type: 'stage.finished', query: 1, stage: 'retrieve', start: 1000, duration: 10 });
    expect(trace.finish(1010).children[0]?.attributes['gen_ai.request.top_k']).toBe(20);
  });

  it('puts searches below their retrieval, with what they found', () => {
    const { trace, time } = traced();
    time.now = 1008;
    trace.take({
      type: 'dependency.called',
      dependency: 'keywords',
      purpose: 'query',
      outcome: 'ok',
      attempt: 1,
      duration: 5,
    });
    trace.take({ type: 'stage.finished', query: 1, stage: 'retrieve', start: 1001, duration: 8 });
    trace.take({ type: 'retrieval.finished', query: 1, retriever: 'keyword', count: 12, topScore: 3.5 });
    trace.take({ type: 'retrieval.finished', query: 1, retriever: 'fused', count: 9, topScore: undefined });
    const [retrieval] = trace.finish(1010).children;
    expect(retrieval?.attributes['rag.retrieval.count']).toBe(9);
    expect(retrieval?.children).toMatchObject([
      {
        name: 'keyword_search fares',
        start: 1003,
        end: 1008,
        attributes: { 'db.system.name': 'bm25', 'rag.retrieval.count': 12, 'rag.retrieval.top_score': 3.5 },
      },
    ]);
  });

  it('tells of retries, breakers and what stood in', () => {
    const { trace, time } = traced();
    time.now = 1010;
    trace.take({
      type: 'dependency.called',
      dependency: 'generator',
      purpose: 'query',
      outcome: 'timeout',
      attempt: 1,
      duration: 10,
    });
    trace.take({
      type: 'dependency.retried',
      dependency: 'generator',
      purpose: 'query',
      delay: 20,
      cause: 'timeout',
    });
    trace.take({ type: 'breaker.changed', dependency: 'generator', from: 'closed', to: 'open' });
    trace.take({
      type: 'stage.failed',
      query: 1,
      stage: 'generate',
      start: 1000,
      duration: 30,
      code: 'dependency.timeout',
    });
    trace.take({ type: 'query.degraded', query: 1, level: 'extractive', reason: 'generator: timeout' });
    const { children, events, attributes, error } = trace.finish(1040);
    expect(children[0]).toMatchObject({
      error: 'dependency.timeout',
      attributes: { 'error.type': 'dependency.timeout' },
    });
    expect(children[0]?.events.map(({ name }) => name)).toEqual(['attempt failed', 'retry']);
    expect(events.map(({ name }) => name)).toEqual(['breaker changed', 'degraded']);
    expect(attributes).toMatchObject({
      'rag.degradation': 'extractive',
      'rag.degradation.reason': 'generator: timeout',
      'rag.unaccounted_ms': 10,
    });
    expect(error).toBeUndefined();
  });

  it('records an error by its code, and its words only where text may be shown', () => {
    const problem = new GroundspeedError('query.tooLong', 'SECRET is too long');
    const silent = traced().trace;
    silent.question('SECRET');
    silent.failed(problem);
    expect(JSON.stringify(silent.finish(1001))).not.toContain('SECRET');
    const open = traced({ content: true, documents: false }).trace;
    open.question(`SECRET${'x'.repeat(200)}`);
    open.failed(problem);
    const { attributes, error, events } = open.finish(1001);
    expect(error).toBe('query.tooLong');
    expect(attributes['input.value']).toHaveLength(100);
    expect(events[0]?.attributes['exception.message']).toBe('SECRET is too long');
  });
});

describe('what no child accounts for', () => {
  const span = fc.tuple(fc.integer({ min: -20, max: 120 }), fc.integer({ min: 0, max: 60 }));

  it('is what is left when every covered millisecond is crossed out', () => {
    fc.assert(
      fc.property(fc.array(span, { maxLength: 8 }), (spans) => {
        const children = spans.map(([start, length]) => ({ start, end: start + length }));
        let bare = 0;
        for (let at = 0; at < 100; at += 1) {
          if (!children.some(({ start, end }) => start <= at && at + 1 <= end)) bare += 1;
        }
        expect(unaccountedMs({ start: 0, end: 100 }, children)).toBe(bare);
      }),
    );
  });
});
