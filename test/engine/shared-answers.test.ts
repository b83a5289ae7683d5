import { describe, expect, it } from 'vitest';
import type { Answer } from '../../src/engine/answer.ts';
import type { EngineEvent } from '../../src/engine/events.ts';
import type { Generator } from '../../src/engine/ports.ts';
import { GroundspeedError } from '../../src/kernel/errors.ts';
import { milliseconds } from '../../src/kernel/units.ts';
import { type Bench, bench } from './fakes.ts';

const QUESTION = 'What does a dog pay?';
const PRICES = { generation: { prices: { 'fake-chat': { input: 1, output: 10 } } } };
const COST = 0.002;

const typesOf = (events: readonly EngineEvent[], query: number): string[] =>
  events.filter((event) => 'query' in event && event.query === query).map(({ type }) => type);
const codeOf = (asked: Promise<Answer>): Promise<string> =>
  asked.then(
    () => 'answered',
    (error) => (error instanceof GroundspeedError ? error.code : String(error)),
  );
const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 100; turn += 1) await Promise.resolve();
};

/** The generator waits, each time it is asked, until it is let go. */
function held(engine: Bench): { readonly waiting: (() => void)[]; letGo(): Promise<void> } {
  const generate = engine.generate;
  const waiting: (() => void)[] = [];
  engine.generate = async function* (request) {
    await new Promise<void>((resolve, reject) => {
      waiting.push(resolve);
      request.signal?.addEventListener('abort', () => reject(request.signal!.reason));
    });
    yield* generate(request);
  };
  return {
    waiting,
    async letGo() {
      await settle();
      for (const go of waiting.splice(0)) go();
      await settle();
    },
  };
}

describe('one question asked by many at once', () => {
  it('is answered by one computation, of which only the first asker has the stages, the pieces and the cost', async () => {
    const engine = bench({ settings: PRICES });
    const { letGo } = held(engine);
    const pieces: string[][] = Array.from({ length: 5 }, () => []);
    const asked = pieces.map((said) =>
      engine.pipeline.ask(QUESTION, { onText: (text) => said.push(text), trace: true }),
    );
    await letGo();
    const [first, ...others] = await Promise.all(asked);
    expect(engine.calls.embed).toHaveLength(1);
    expect(engine.calls.retrieve).toHaveLength(1);
    expect(engine.calls.generate).toHaveLength(1);
    expect(pieces[0]).toEqual(['It is ', 'so.']);
    for (const said of pieces.slice(1)) expect(said).toEqual(['It is so.']);
    expect(first!.costUsd).toBeCloseTo(COST, 12);
    for (const other of others) {
      expect(other).toMatchObject({ text: first!.text, costUsd: 0, cache: { response: 'miss' } });
      expect(other.passages).toBe(first!.passages);
      expect(other.trace).toEqual(first!.trace);
      expect(other.stages).toEqual({ embed: 0, retrieve: 0, rerank: 0, prompt: 0, generate: 0 });
    }
    const statistics = engine.caches.response!.statistics();
    expect(statistics).toMatchObject({ misses: 1, shared: 4, hits: 0, entries: 1 });
    expect(statistics.savedUsd).toBeCloseTo(4 * COST, 12);
  });

  it('begins and ends once for each of them in the events, with stages for the first alone', async () => {
    const engine = bench();
    const { letGo } = held(engine);
    const asked = [engine.pipeline.ask(QUESTION), engine.pipeline.ask(QUESTION)];
    await letGo();
    await Promise.all(asked);
    expect(typesOf(engine.events, 1)).toContain('stage.finished');
    expect(typesOf(engine.events, 2)).toEqual([
      'query.started',
      'cache.looked-up',
      'token.first',
      'query.finished',
    ]);
    for (const query of [1, 2]) {
      expect(typesOf(engine.events, query).filter((type) => type.startsWith('query.'))).toEqual([
        'query.started',
        'query.finished',
      ]);
    }
  });

  it('is answered for the others when the first withdraws, who hears and is told nothing more but what was spent', async () => {
    const engine = bench();
    const { letGo } = held(engine);
    const leaver = new AbortController();
    const pieces: string[] = [];
    const left = codeOf(
      engine.pipeline.ask(QUESTION, { signal: leaver.signal, onText: (text) => pieces.push(text) }),
    );
    const stays = engine.pipeline.ask(QUESTION);
    await settle();
    leaver.abort(new Error('gone'));
    expect(await left).toBe('query.aborted');
    await letGo();
    expect((await stays).text).toBe('It is so.');
    expect(engine.calls.generate).toHaveLength(1);
    expect(pieces).toEqual([]);
    expect(typesOf(engine.events, 1).slice(-2)).toEqual(['query.failed', 'model.used']);
    expect((await engine.pipeline.ask(QUESTION)).cache.response).toBe('hit');
  });

  it('stops when the last of them withdraws', async () => {
    const engine = bench();
    const { waiting } = held(engine);
    const leaver = new AbortController();
    const both = [1, 2].map(() => codeOf(engine.pipeline.ask(QUESTION, { signal: leaver.signal })));
    await settle();
    expect(waiting).toHaveLength(1);
    leaver.abort(new Error('gone'));
    expect(await Promise.all(both)).toEqual(['query.aborted', 'query.aborted']);
    await settle();
    expect(engine.calls.generate).toHaveLength(0);
    expect(engine.caches.response!.statistics().entries).toBe(0);
  });

  it('is no single one where rights, filters or passages wanted differ, or caches are left alone', async () => {
    const engine = bench();
    const { letGo } = held(engine);
    const asked = [
      { scope: 'crew' },
      { scope: 'public' },
      {},
      { topK: 2 },
      { filter: { kind: 'fares' } },
      { cache: false },
      { cache: false },
    ].map((options) => engine.pipeline.ask(QUESTION, options));
    await letGo();
    await Promise.all(asked);
    expect(engine.calls.generate).toHaveLength(7);
    expect(engine.calls.embed, 'one for all who may cache it').toHaveLength(3);
  });

  it('fails for all of them alike, each in words of his own, and for nobody later', async () => {
    const engine = bench({ settings: { degradation: { layers: ['last-resort'] } } });
    const { generate } = engine;
    engine.generate = async function* () {
      engine.generate = generate;
      await settle();
      yield* [];
      throw new GroundspeedError('generation.failed', 'no');
    };
    const answers = await Promise.all([1, 2, 3].map(() => engine.pipeline.ask(QUESTION)));
    for (const { degraded } of answers) {
      expect(degraded).toMatchObject({ level: 'last-resort', reason: 'generator: error' });
    }
    expect(engine.events.filter(({ type }) => type === 'query.degraded')).toHaveLength(3);
    const later = await engine.pipeline.ask(QUESTION);
    expect(later).toMatchObject({ text: 'It is so.', cache: { response: 'miss' } });
    expect(later).not.toHaveProperty('degraded');
  });

  it('tells each of them that the answer is degraded, and keeps it for none', async () => {
    const engine = bench();
    const { letGo } = held(engine);
    const { embed } = engine;
    engine.embed = () => Promise.reject(new GroundspeedError('embedding.failed', 'no'));
    const asked = [engine.pipeline.ask(QUESTION), engine.pipeline.ask(QUESTION)];
    await letGo();
    for (const { degraded } of await Promise.all(asked)) {
      expect(degraded).toMatchObject({ level: 'keyword', reason: 'embedder: error' });
    }
    expect(engine.calls.generate).toHaveLength(1);
    expect(engine.events.filter(({ type }) => type === 'query.degraded')).toHaveLength(2);
    engine.embed = embed;
    const later = engine.pipeline.ask(QUESTION);
    await letGo();
    expect((await later).cache.response).toBe('miss');
    expect(await later).not.toHaveProperty('degraded');
  });

  it('lets one who has less time than the first go without him', async () => {
    const engine = bench({ settings: { degradation: { layers: ['last-resort'] } } });
    const { letGo } = held(engine);
    const patient = engine.pipeline.ask(QUESTION);
    await settle();
    const hurried = engine.pipeline.ask(QUESTION, { deadlineMs: 100 });
    await settle();
    await engine.clock.advance(100);
    expect((await hurried).degraded).toMatchObject({ level: 'last-resort', reason: 'question: deadline' });
    await letGo();
    expect((await patient).text).toBe('It is so.');
    expect(engine.clock.sleeping).toBe(0);
  });

  it('begins again, once, for those who have more time than the first', async () => {
    const engine = bench({ settings: { degradation: { layers: ['last-resort'] } } });
    const original = engine.generate;
    let late = true;
    const slowOnce: Generator['generate'] = async function* (request) {
      if (late) {
        late = false;
        await engine.clock.sleep(milliseconds(90));
        throw new GroundspeedError('dependency.timeout', 'late', { where: 'resilience.deadlineMs' });
      }
      yield* original(request);
    };
    engine.generate = slowOnce;
    const hurried = engine.pipeline.ask(QUESTION, { deadlineMs: 100 });
    await settle();
    const patient = [1, 2, 3].map(() => engine.pipeline.ask(QUESTION));
    await settle();
    await engine.clock.advance(90);
    expect((await hurried).degraded?.level).toBe('last-resort');
    for (const asked of patient) expect((await asked).text).toBe('It is so.');
    expect(engine.calls.generate).toHaveLength(1);
  });

  it('is not spoilt for the others by a callback of the first that fails', async () => {
    const engine = bench({ settings: { degradation: { enabled: false } } });
    const { letGo } = held(engine);
    const broken = codeOf(
      engine.pipeline.ask(QUESTION, {
        onText: () => {
          throw new Error('nobody listens');
        },
      }),
    );
    const other = engine.pipeline.ask(QUESTION);
    await letGo();
    await letGo();
    expect(await broken).toBe('internal.bug');
    expect((await other).text).toBe('It is so.');
  });

  it('goes round again for all of them when the index changes meanwhile, and keeps nothing of the old one', async () => {
    const engine = bench();
    const { retrieve } = engine;
    let first = true;
    engine.retrieve = async (request) => {
      const found = await retrieve(request);
      await settle();
      if (first) engine.publish();
      first = false;
      return found;
    };
    const answers = await Promise.all([1, 2, 3].map(() => engine.pipeline.ask(QUESTION)));
    for (const { text } of answers) expect(text).toBe('It is so.');
    expect(engine.calls.retrieve).toHaveLength(2);
    expect(engine.calls.generate).toHaveLength(1);
    expect(engine.caches.response!.statistics().entries).toBe(1);
  });

  it('is embedded once where answers are not kept', async () => {
    const engine = bench({ settings: { caching: { response: { enabled: false } } } });
    const { embed } = engine;
    engine.embed = async (...given) => {
      await settle();
      return embed(...given);
    };
    const answers = await Promise.all([1, 2, 3].map(() => engine.pipeline.ask(QUESTION)));
    expect(engine.calls.embed).toHaveLength(1);
    expect(engine.calls.generate).toHaveLength(3);
    for (const { cache } of answers) expect(cache.embedding).toBe('miss');
    expect(engine.caches.embedding!.statistics()).toMatchObject({ misses: 1, shared: 2 });
  });
});

describe('an answer past its time', () => {
  const SETTINGS = { ...PRICES, caching: { response: { ttlSeconds: 10, staleSeconds: 20 } } };
  const seconds = (count: number): number => count * 1000;

  it('is handed out at once, while a new one is made of which nobody is told but what it costs', async () => {
    const engine = bench({ settings: SETTINGS });
    const first = await engine.pipeline.ask(QUESTION);
    await engine.clock.advance(seconds(11));
    const { letGo } = held(engine);
    engine.events.length = 0;
    const pieces: string[] = [];
    const stale = await engine.pipeline.ask(QUESTION, { onText: (text) => pieces.push(text) });
    expect(stale).toMatchObject({ text: first.text, costUsd: 0, cache: { response: 'stale' } });
    expect(stale).not.toHaveProperty('degraded');
    await letGo();
    expect(pieces).toEqual([first.text]);
    expect(engine.calls.generate).toHaveLength(2);
    expect(engine.events.map(({ type }) => type)).toEqual([
      'query.started',
      'cache.looked-up',
      'token.first',
      'query.finished',
      'model.used',
    ]);
    expect(engine.events[1]).toMatchObject({ layer: 'response', state: 'stale' });
    expect((await engine.pipeline.ask(QUESTION)).cache.response).toBe('hit');
    expect(engine.caches.response!.statistics()).toMatchObject({ hits: 1, stale: 1, misses: 1, failures: 0 });
    expect(engine.caches.response!.statistics().savedUsd).toBeCloseTo(2 * COST, 12);
  });

  it('is made anew once, however many are handed the old one', async () => {
    const engine = bench({ settings: SETTINGS });
    await engine.pipeline.ask(QUESTION);
    await engine.clock.advance(seconds(11));
    const { letGo } = held(engine);
    const answers = await Promise.all([1, 2, 3, 4].map(() => engine.pipeline.ask(QUESTION)));
    expect(answers.map(({ cache }) => cache.response)).toEqual(['stale', 'stale', 'stale', 'stale']);
    await letGo();
    expect(engine.calls.generate).toHaveLength(2);
  });

  it('stays when no new one can be had, and fails nobody', async () => {
    const engine = bench({ settings: SETTINGS });
    await engine.pipeline.ask(QUESTION);
    await engine.clock.advance(seconds(11));
    engine.generate = () => {
      throw new Error('no generator');
    };
    expect((await engine.pipeline.ask(QUESTION)).cache.response).toBe('stale');
    await settle();
    expect((await engine.pipeline.ask(QUESTION)).cache.response).toBe('stale');
    await settle();
    expect(engine.caches.response!.statistics().failures).toBe(2);
  });

  it('is not handed out any more once that time is over, too', async () => {
    const engine = bench({ settings: SETTINGS });
    await engine.pipeline.ask(QUESTION);
    await engine.clock.advance(seconds(31));
    expect((await engine.pipeline.ask(QUESTION)).cache.response).toBe('miss');
    expect(engine.calls.generate).toHaveLength(2);
  });

  it('has rankings and vectors past theirs made anew likewise', async () => {
    const past = { ttlSeconds: 10, staleSeconds: 20 };
    const engine = bench({
      settings: { caching: { response: { enabled: false }, retrieval: past, embedding: past } },
    });
    await engine.pipeline.ask(QUESTION);
    await engine.clock.advance(seconds(11));
    const stale = await engine.pipeline.ask(QUESTION);
    expect(stale.cache).toMatchObject({ embedding: 'stale', retrieval: 'stale' });
    expect(stale.stages).toMatchObject({ embed: 0, retrieve: 0 });
    await settle();
    expect((await engine.pipeline.ask(QUESTION)).cache).toMatchObject({ embedding: 'hit', retrieval: 'hit' });
    expect(engine.calls.embed).toHaveLength(2);
    expect(engine.calls.retrieve).toHaveLength(2);
  });
});
