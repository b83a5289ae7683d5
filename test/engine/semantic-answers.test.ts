import { describe, expect, it } from 'vitest';
import { asResponse } from '../../src/load/targets/in-process.ts';
import { type Bench, bench, hits } from './fakes.ts';

const ASKED = 'What does it cost to take a dog to Saint-Aubrac?';
const IN_OTHER_WORDS = 'How much is it to take a dog to Saint-Aubrac?';
const ELSEWHERE = 'How much is it to take a dog to Port-Vael?';
const OFF_TOPIC = 'When is the office open?';

/** Questions of fares point one way, all others another. */
function meaning(settings: object = {}): Bench {
  const engine = bench({
    settings: {
      caching: { semantic: { enabled: true, threshold: 0.9 } },
      embedding: { model: 'fake-embedder' },
      generation: { prices: { 'fake-chat': { input: 1, output: 10 }, 'fake-embedder': { input: 1 } } },
      ...settings,
    },
  });
  const { embed } = engine;
  engine.embed = async (texts, options) => {
    const given = await embed(texts, options);
    const vectors = texts.map((text) =>
      text.includes('office') ? Float32Array.of(0, 1) : Float32Array.of(1, 0),
    );
    return { ...given, vectors };
  };
  return engine;
}

describe('a question in other words', () => {
  it('has the answer to the earlier one, which it names, for the price of its vector', async () => {
    const engine = meaning();
    const first = await engine.pipeline.ask(ASKED);
    expect(first.cache).toEqual({ embedding: 'miss', retrieval: 'miss', response: 'miss', semantic: 'miss' });
    expect(first).not.toHaveProperty('matched');
    const pieces: string[] = [];
    const second = await engine.pipeline.ask(IN_OTHER_WORDS, {
      trace: true,
      onText: (text) => pieces.push(text),
    });
    expect(second.cache).toEqual({ embedding: 'miss', retrieval: 'off', response: 'miss', semantic: 'hit' });
    expect(second).toMatchObject({
      text: first.text,
      matched: { question: ASKED, similarity: 1 },
      usage: { inputTokens: 0, outputTokens: 0 },
    });
    expect(second.passages).toBe(first.passages);
    expect(second.trace).toBeDefined();
    expect(second.costUsd).toBeCloseTo(4e-6, 12);
    expect(pieces).toEqual([first.text]);
    expect(engine.calls.generate).toHaveLength(1);
    expect(engine.calls.retrieve).toHaveLength(1);
    expect(asResponse(second).cache).toBe('semantic');
    expect(engine.caches.semantic!.statistics()).toMatchObject({ hits: 1, misses: 1, entries: 1 });
    expect(engine.caches.semantic!.statistics().savedUsd).toBeCloseTo(first.costUsd, 12);
  });

  it('is not kept under its own name, nor as an earlier question: what is false about it does not spread', async () => {
    const engine = meaning();
    await engine.pipeline.ask(ASKED);
    await engine.pipeline.ask(IN_OTHER_WORDS);
    const again = await engine.pipeline.ask(IN_OTHER_WORDS);
    expect(again.cache).toMatchObject({ response: 'miss', semantic: 'hit', embedding: 'hit' });
    expect(engine.caches.response!.statistics().entries).toBe(1);
    expect(engine.caches.semantic!.statistics().entries).toBe(1);
  });

  it('tells its events of what was looked up, and of no stage but the vector', async () => {
    const engine = meaning();
    await engine.pipeline.ask(ASKED);
    engine.events.length = 0;
    await engine.pipeline.ask(IN_OTHER_WORDS);
    expect(engine.events.map(({ type }) => type)).toEqual([
      'query.started',
      'cache.looked-up',
      'cache.looked-up',
      'model.used',
      'stage.finished',
      'cache.looked-up',
      'token.first',
      'query.finished',
    ]);
    expect(engine.events[5]).toMatchObject({ layer: 'semantic', state: 'hit' });
  });

  it('is told as such to all who ask it at the same time', async () => {
    const engine = meaning();
    await engine.pipeline.ask(ASKED);
    const answers = await Promise.all([1, 2, 3].map(() => engine.pipeline.ask(IN_OTHER_WORDS)));
    for (const { matched, cache } of answers) {
      expect(matched?.question).toBe(ASKED);
      expect(cache.semantic).toBe('hit');
    }
    expect(engine.calls.embed).toHaveLength(2);
  });

  it.each([
    ['of another place', ELSEWHERE, {}],
    ['of another meaning', OFF_TOPIC, {}],
    ['of other rights', IN_OTHER_WORDS, { scope: 'crew' }],
    ['with another filter', IN_OTHER_WORDS, { filter: { kind: 'fares' } }],
    ['that wants other passages', IN_OTHER_WORDS, { topK: 2 }],
    ['that leaves the caches alone', IN_OTHER_WORDS, { cache: false }],
  ])('is another question %s', async (_which, question, options) => {
    const engine = meaning();
    await engine.pipeline.ask(ASKED);
    const answer = await engine.pipeline.ask(question, options);
    expect(answer).not.toHaveProperty('matched');
    expect(answer.cache.semantic).not.toBe('hit');
    expect(engine.calls.generate).toHaveLength(2);
  });

  it('has nothing from before a change of the index', async () => {
    const engine = meaning();
    await engine.pipeline.ask(ASKED);
    engine.publish();
    expect((await engine.pipeline.ask(IN_OTHER_WORDS)).cache.semantic).toBe('miss');
  });

  it('has neither an abstention nor a degraded answer', async () => {
    const engine = meaning();
    const { retrieve, generate } = engine;
    engine.retrieve = async () => ({
      keyword: hits(),
      vector: hits(),
      fused: hits(),
      ranking: { ids: [], scores: new Float64Array(0) },
    });
    expect((await engine.pipeline.ask(ASKED)).abstained).toBe(true);
    expect((await engine.pipeline.ask(IN_OTHER_WORDS)).cache.semantic).toBe('miss');
    engine.retrieve = retrieve;
    engine.publish();
    engine.generate = () => {
      throw new Error('no generator');
    };
    expect((await engine.pipeline.ask(ASKED)).degraded?.level).toBe('extractive');
    engine.generate = generate;
    expect((await engine.pipeline.ask(IN_OTHER_WORDS)).cache.semantic).toBe('miss');
  });

  it('goes on without a vector where there is none', async () => {
    const engine = meaning();
    await engine.pipeline.ask(ASKED);
    engine.embed = () => Promise.reject(new Error('no embedder'));
    const answer = await engine.pipeline.ask(IN_OTHER_WORDS);
    expect(answer.cache.semantic).toBe('off');
    expect(answer.degraded?.level).toBe('keyword');
    expect(engine.calls.generate).toHaveLength(2);
  });

  it('spends nothing on a vector that is needed for nothing else where the layer is off', async () => {
    const off = { caching: { embedding: { enabled: false }, response: { enabled: false } } };
    const engine = meaning(off);
    await engine.pipeline.ask(ASKED);
    await engine.pipeline.ask(ASKED);
    expect(engine.calls.embed).toHaveLength(1);
  });
});

describe('rights', () => {
  it('keep answers, rankings and what is left of them apart, but not vectors', async () => {
    const engine = meaning();
    await engine.pipeline.ask(ASKED, { scope: 'crew' });
    for (const options of [{ scope: 'public' }, {}, { scope: '' }, { scope: 'crew\n' }]) {
      const answer = await engine.pipeline.ask(ASKED, options);
      expect(answer.cache, JSON.stringify(options)).toEqual({
        embedding: 'hit',
        retrieval: 'miss',
        response: 'miss',
        semantic: 'miss',
      });
    }
    expect((await engine.pipeline.ask(ASKED, { scope: 'crew' })).cache.response).toBe('hit');
    expect(engine.calls.embed).toHaveLength(1);
  });

  it('keep earlier answers apart that stand in when something fails', async () => {
    const engine = meaning({ degradation: { layers: ['cached'] } });
    await engine.pipeline.ask(ASKED, { scope: 'crew' });
    engine.publish();
    engine.retrieve = () => Promise.reject(new Error('no index'));
    const allowed = await engine.pipeline.ask(ASKED, { scope: 'crew' });
    expect(allowed.degraded?.level).toBe('cached');
    await expect(engine.pipeline.ask(ASKED, { scope: 'public' })).rejects.toMatchObject({
      code: 'internal.bug',
    });
    await expect(engine.pipeline.ask(ASKED)).rejects.toMatchObject({ code: 'internal.bug' });
  });
});
