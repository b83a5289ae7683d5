import { describe, expect, it } from 'vitest';
import type { EngineEvent } from '../../src/engine/events.ts';
import { ABSTENTION } from '../../src/engine/generation/abstention.ts';
import { GroundspeedError } from '../../src/kernel/errors.ts';
import { milliseconds } from '../../src/kernel/units.ts';
import { bench, hits } from './fakes.ts';

const codeOf = async (asked: Promise<unknown>): Promise<string> => {
  const error = await asked.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(GroundspeedError);
  return (error as GroundspeedError).code;
};
const ALL_OFF = { embedding: 'off', retrieval: 'off', response: 'off', semantic: 'off' };
/** What fails is to be seen: nothing stands in. */
const NOTHING_STANDS_IN = { settings: { degradation: { enabled: false } } };
const typesOf = (events: readonly EngineEvent[]): string[] => events.map(({ type }) => type);

describe('an answer', () => {
  it('holds what the generator said, the passages it was shown, and the ranking', async () => {
    const { pipeline, calls } = bench();
    const answer = await pipeline.ask('Is it so?', { topK: 3 });
    expect(answer).toMatchObject({
      text: 'It is so.',
      abstained: false,
      confidence: 0.8,
      citations: [0],
      contextSize: 3,
      usage: { inputTokens: 1000, outputTokens: 100 },
      cache: { embedding: 'miss', retrieval: 'miss', response: 'miss' },
    });
    expect(answer.passages.map(({ key, rank, score, documentId }) => [key, rank, score, documentId])).toEqual(
      [
        [1, 1, 0.9, 'd1'],
        [3, 2, 0.8, 'd2'],
        [2, 3, 0.7, 'd1'],
      ],
    );
    expect(answer.ranking.ids).toEqual(['d1', 'd2', 'd3']);
    expect(calls.generate[0]!.passages).toBe(answer.passages);
    expect(answer.trace).toBeUndefined();
  });

  it('shows the generator only what fits into the context, cut from the tail', async () => {
    const { pipeline, calls } = bench({ settings: { retrieval: { contextTokens: 45 } } });
    const answer = await pipeline.ask('Is it so?');
    expect(answer.passages.map(({ key }) => key)).toEqual([1, 3, 2, 5]);
    expect(answer.contextSize).toBe(2);
    expect(calls.generate[0]!.passages).toEqual(answer.passages.slice(0, 2));
  });

  it('abstains without asking the generator when nothing was found', async () => {
    const engine = bench();
    engine.retrieve = async () => ({
      keyword: hits(),
      vector: hits(),
      fused: hits(),
      ranking: { ids: [], scores: new Float64Array(0) },
    });
    const pieces: string[] = [];
    const answer = await engine.pipeline.ask('the of and', { onText: (text) => pieces.push(text) });
    expect(answer).toMatchObject({ text: ABSTENTION, abstained: true, confidence: 0, contextSize: 0 });
    expect(pieces).toEqual([ABSTENTION]);
    expect(engine.calls.generate).toEqual([]);
    expect(engine.events.at(-1)).toMatchObject({ type: 'query.finished', outcome: 'no_context' });
  });

  it('keeps each retriever’s list only when asked to, and also for a cached answer', async () => {
    const { pipeline } = bench();
    const traced = await pipeline.ask('Is it so?', { trace: true });
    expect([...traced.trace!.keyword!.keys]).toEqual([3]);
    expect((await pipeline.ask('Is it so?')).trace).toBeUndefined();
    const again = await pipeline.ask('Is it so?', { trace: true });
    expect(again.cache.response).toBe('hit');
    expect(again.trace).toEqual(traced.trace);
  });

  it('follows the reranker in passages and in the ranking, which keeps falling scores', async () => {
    const { pipeline } = bench({
      reranker: { id: 'fake', rerank: async () => hits([5, 0.4], [1, 0.3]) },
    });
    const answer = await pipeline.ask('Is it so?', { trace: true });
    expect(answer.passages.map(({ key }) => key)).toEqual([5, 1]);
    expect(answer.ranking.ids).toEqual(['d3', 'd1', 'd2']);
    expect([...answer.ranking.scores].every((score, i, all) => i === 0 || score < all[i - 1]!)).toBe(true);
    expect([...answer.trace!.reranked!.keys]).toEqual([5, 1]);
  });

  it('does without vectors where there is no embedder', async () => {
    const { pipeline, calls } = bench({ embedder: false });
    const answer = await pipeline.ask('Is it so?');
    expect(calls.retrieve[0]!.vector).toBeUndefined();
    expect(answer.cache.embedding).toBe('off');
    expect(answer.stages.embed).toBe(0);
  });

  it('times each stage and the first piece of text by the clock, and adds up what it cost', async () => {
    const engine = bench({
      settings: {
        embedding: { model: 'fake-embedder' },
        generation: {
          prices: { 'fake-embedder': { input: 50_000 }, 'fake-chat': { input: 1, output: 10 } },
        },
      },
    });
    const { clock, embed, generate } = engine;
    engine.embed = async (...given) => {
      await clock.sleep(milliseconds(5));
      return embed(...given);
    };
    engine.generate = async function* (request) {
      await clock.sleep(milliseconds(20));
      for await (const event of generate(request)) {
        yield event;
        await clock.sleep(milliseconds(3));
      }
    };
    let done = false;
    const asked = engine.pipeline.ask('Is it so?').finally(() => {
      done = true;
    });
    await clock.advance(0);
    while (!done) await clock.advance(1);
    const answer = await asked;
    expect(answer.stages).toEqual({ embed: 5, retrieve: 0, rerank: 0, prompt: 0, generate: 26 });
    expect(answer.firstTokenMs).toBe(25);
    expect(answer.totalMs).toBe(31);
    expect(answer.costUsd).toBeCloseTo(0.2 + 0.002, 12);
  });
});

describe('the caches', () => {
  it('give the same answer again, for nothing, with a time of its own', async () => {
    const { pipeline, calls } = bench({
      settings: { generation: { prices: { 'fake-chat': { input: 1 } } } },
    });
    const pieces: string[] = [];
    const first = await pipeline.ask('Is it so?');
    const second = await pipeline.ask('  Is it so? ', { onText: (text) => pieces.push(text) });
    expect(second.passages).toBe(first.passages);
    expect(second.ranking).toBe(first.ranking);
    expect(second.citations).toBe(first.citations);
    expect(second.cache).toEqual({ ...ALL_OFF, embedding: 'off', retrieval: 'off', response: 'hit' });
    expect(second.usage).toEqual({ inputTokens: 0, outputTokens: 0 });
    expect(first.costUsd).toBeGreaterThan(0);
    expect(second.costUsd).toBe(0);
    expect(pieces).toEqual([first.text]);
    expect(calls.generate).toHaveLength(1);
    expect(first.cache.response).toBe('miss');
  });

  it('spare retrieval with the same ranking object, and embedding, when answers are not kept', async () => {
    const { pipeline, calls } = bench({ settings: { caching: { response: { enabled: false } } } });
    const first = await pipeline.ask('Is it so?');
    const second = await pipeline.ask('Is it so?');
    expect(second.cache).toEqual({ ...ALL_OFF, embedding: 'hit', retrieval: 'hit', response: 'off' });
    expect(second.ranking).toBe(first.ranking);
    expect(second.stages.retrieve).toBe(0);
    expect(calls.embed).toHaveLength(1);
    expect(calls.retrieve).toHaveLength(1);
    expect(calls.generate).toHaveLength(2);
  });

  it('embed a question once, however many passages are wanted of it', async () => {
    const { pipeline, calls } = bench();
    await pipeline.ask('Is it so?', { topK: 1 });
    const other = await pipeline.ask('Is it so?', { topK: 2 });
    expect(other.cache).toEqual({ ...ALL_OFF, embedding: 'hit', retrieval: 'miss', response: 'miss' });
    expect(calls.embed).toHaveLength(1);
    expect(other.passages).toHaveLength(2);
  });

  it.each([
    ['another case', 'is it so?', {}],
    ['another filter', 'Is it so?', { filter: { kind: 'fares' } }],
    ['another topK', 'Is it so?', { topK: 2 }],
  ])('do not take %s for the same question', async (_name, question, options) => {
    const { pipeline } = bench();
    await pipeline.ask('Is it so?', { filter: { kind: 'safety' } });
    await pipeline.ask('Is it so?');
    expect((await pipeline.ask(question, options)).cache.response).toBe('miss');
  });

  it('know a question again whatever its Unicode form, and a filter whatever its order', async () => {
    const { pipeline } = bench();
    await pipeline.ask('Où ça ? é', { filter: { a: 1, b: [2] } });
    const again = await pipeline.ask('Où ça ? e\u0301', { filter: { b: [2], a: 1 } });
    expect(again.cache.response).toBe('hit');
  });

  it('serve nothing from before a change of the index', async () => {
    const engine = bench();
    await engine.pipeline.ask('Is it so?');
    engine.publish();
    const answer = await engine.pipeline.ask('Is it so?');
    expect(answer.cache).toEqual({ ...ALL_OFF, embedding: 'hit', retrieval: 'miss', response: 'miss' });
  });

  it('are left alone when the question says so, or all are off', async () => {
    const kept = bench();
    await kept.pipeline.ask('Is it so?');
    const answer = await kept.pipeline.ask('Is it so?', { cache: false });
    expect(answer.cache).toEqual(ALL_OFF);
    await kept.pipeline.ask('Another?', { cache: false });
    expect((await kept.pipeline.ask('Another?')).cache.response).toBe('miss');

    const off = bench({ settings: { caching: { enabled: false } } });
    await off.pipeline.ask('Is it so?');
    expect((await off.pipeline.ask('Is it so?')).cache).toEqual(ALL_OFF);
  });

  it('hold nothing of a question that failed or was withdrawn while it was answered', async () => {
    const engine = bench(NOTHING_STANDS_IN);
    const { generate } = engine;
    engine.generate = async function* () {
      yield { type: 'text', text: 'It ' };
      throw new GroundspeedError('generation.failed', 'broke off');
    };
    expect(await codeOf(engine.pipeline.ask('Is it so?'))).toBe('generation.failed');
    const controller = new AbortController();
    engine.generate = async function* (request) {
      for await (const event of generate(request)) {
        yield event;
        controller.abort();
      }
    };
    expect(await codeOf(engine.pipeline.ask('Is it so?', { signal: controller.signal }))).toBe(
      'query.aborted',
    );
    expect(engine.caches.response!.statistics().entries).toBe(0);
    engine.generate = generate;
    expect((await engine.pipeline.ask('Is it so?')).text).toBe('It is so.');
  });
});

describe('a question', () => {
  it.each(['', ' \n\t '])('without text is refused: %j', async (question) => {
    expect(await codeOf(bench().pipeline.ask(question))).toBe('query.empty');
  });

  it('that is too long is refused, one of the greatest length is not', async () => {
    const { pipeline } = bench({ settings: { limits: { maxQuestionLength: 10 } } });
    expect(await codeOf(pipeline.ask('x'.repeat(11)))).toBe('query.tooLong');
    expect((await pipeline.ask('x'.repeat(10))).text).toBe('It is so.');
  });

  it('of an empty index is refused', async () => {
    const engine = bench();
    engine.documentCount = 0;
    expect(await codeOf(engine.pipeline.ask('Is it so?'))).toBe('store.empty');
  });

  it.each([0, 101, 1.5, Number.NaN])('with a topK of %d is refused', async (topK) => {
    expect(await codeOf(bench().pipeline.ask('Is it so?', { topK }))).toBe('usage.argument');
  });

  it('beyond the limit of questions in flight is refused, until one is done', async () => {
    const engine = bench({ settings: { limits: { maxConcurrentQueries: 2 } } });
    const { retrieve } = engine;
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    engine.retrieve = async (request) => {
      await gate;
      return retrieve(request);
    };
    const asked = [engine.pipeline.ask('one'), engine.pipeline.ask('two')];
    expect(await codeOf(engine.pipeline.ask('three'))).toBe('engine.overloaded');
    release();
    await Promise.all(asked);
    expect((await engine.pipeline.ask('three')).text).toBe('It is so.');
  });

  it('that was withdrawn before it was asked reaches no stage', async () => {
    const { pipeline, calls } = bench();
    const reason = new Error('gone');
    const asked = pipeline.ask('Is it so?', { signal: AbortSignal.abort(reason) });
    await expect(asked).rejects.toMatchObject({ code: 'query.aborted', cause: reason });
    expect(calls).toEqual({ embed: [], retrieve: [], generate: [], states: 0 });
  });

  it.each(['embed', 'retrieve', 'generate'] as const)(
    'that is withdrawn during %s goes no further, and its signal reaches the stage',
    async (stage) => {
      const engine = bench();
      const controller = new AbortController();
      let seen: AbortSignal | undefined;
      const original = { embed: engine.embed, retrieve: engine.retrieve, generate: engine.generate };
      engine.embed = async (texts, options) => {
        if (stage === 'embed') controller.abort(new Error('gone'));
        seen = options.signal;
        return original.embed(texts, options);
      };
      engine.retrieve = async (request) => {
        if (stage === 'retrieve') controller.abort(new Error('gone'));
        seen = request.signal;
        return original.retrieve(request);
      };
      engine.generate = async function* (request) {
        if (stage === 'generate') controller.abort(new Error('gone'));
        seen = request.signal;
        yield* original.generate(request);
      };
      const asked = engine.pipeline.ask('Is it so?', { signal: controller.signal });
      expect(await codeOf(asked)).toBe('query.aborted');
      expect(seen?.aborted).toBe(true);
      expect(engine.calls.generate).toHaveLength(stage === 'generate' ? 1 : 0);
      expect(engine.events.at(-1)).toMatchObject({ type: 'query.failed', code: 'query.aborted' });
    },
  );

  it('reports what an adapter threw without a code as a fault, and where', async () => {
    const engine = bench();
    engine.retrieve = () => Promise.reject(new TypeError('x is not a function'));
    const asked = engine.pipeline.ask('Is it so?');
    await expect(asked).rejects.toMatchObject({ code: 'internal.bug', cause: expect.any(TypeError) });
    expect(engine.events.at(-1)).toMatchObject({ type: 'query.failed', stage: 'retrieve' });
  });

  it('fails when the generator ends without an answer', async () => {
    const engine = bench(NOTHING_STANDS_IN);
    engine.generate = async function* () {
      yield { type: 'text', text: 'It ' };
    };
    expect(await codeOf(engine.pipeline.ask('Is it so?'))).toBe('generation.failed');
  });
});

describe('a change of the index', () => {
  it('during retrieval sends the question round again, and mixes nothing', async () => {
    const engine = bench();
    const { retrieve } = engine;
    let first = true;
    engine.retrieve = async (request) => {
      const found = await retrieve(request);
      if (first) engine.publish();
      first = false;
      return found;
    };
    const answer = await engine.pipeline.ask('Is it so?');
    expect(engine.calls.retrieve).toHaveLength(2);
    expect(engine.calls.generate).toHaveLength(1);
    expect(answer.text).toBe('It is so.');
    expect((await engine.pipeline.ask('Is it so?')).cache.response).toBe('hit');
  });

  it('that makes a search fail is no failure of the question', async () => {
    const engine = bench();
    const { retrieve } = engine;
    engine.retrieve = async () => {
      engine.publish();
      engine.retrieve = retrieve;
      throw new Error('the index was closed');
    };
    expect((await engine.pipeline.ask('Is it so?')).text).toBe('It is so.');
  });

  it('is waited for while it is on its way into the indexes, unless the question is withdrawn', async () => {
    const engine = bench();
    const { settle } = engine.publishHalfway();
    const controller = new AbortController();
    const withdrawn = engine.pipeline.ask('Is it so?', { signal: controller.signal });
    const asked = engine.pipeline.ask('Is it so?');
    controller.abort(new Error('gone'));
    expect(await codeOf(withdrawn)).toBe('query.aborted');
    expect(engine.calls.retrieve).toEqual([]);
    settle();
    expect((await asked).text).toBe('It is so.');
  });
});

describe('the events', () => {
  it('tell a question’s way in order, all with its number', async () => {
    const { pipeline, events } = bench();
    await pipeline.ask('Is it so?');
    expect(typesOf(events)).toEqual([
      'query.started',
      'cache.looked-up',
      'cache.looked-up',
      'cache.looked-up',
      'model.used',
      'stage.finished',
      'stage.finished',
      'retrieval.finished',
      'retrieval.finished',
      'retrieval.finished',
      'stage.finished',
      'token.first',
      'stage.finished',
      'model.used',
      'query.finished',
    ]);
    expect(events.every((event) => 'query' in event && event.query === 1)).toBe(true);
    expect(events.at(-1)).toMatchObject({ outcome: 'answered', inputTokens: 1000, outputTokens: 100 });
    expect(events).toContainEqual({
      type: 'retrieval.finished',
      query: 1,
      retriever: 'fused',
      count: 4,
      topScore: 0.9,
    });
  });

  it('of a cached answer are four', async () => {
    const { pipeline, events } = bench();
    await pipeline.ask('Is it so?');
    events.length = 0;
    await pipeline.ask('Is it so?');
    expect(typesOf(events)).toEqual(['query.started', 'cache.looked-up', 'token.first', 'query.finished']);
  });
});
