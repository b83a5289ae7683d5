import { describe, expect, it } from 'vitest';
import { createExtractiveGenerator } from '../../../src/engine/generation/extractive.ts';
import { engineSchema } from '../../../src/engine/options.ts';
import type {
  Cache,
  DocumentStore,
  Embedder,
  GenerationEvent,
  Generator,
  Hits,
  KeywordIndex,
  VectorIndex,
} from '../../../src/engine/ports.ts';
import {
  guardCache,
  guardEmbedder,
  guardGenerator,
  guardKeywordIndex,
  guardStore,
  guardVectorIndex,
} from '../../../src/engine/resilience/guards.ts';
import { ManualClock } from '../../../src/kernel/clock.ts';
import { contractPassages, contractQuestion, generatorContract } from '../../contracts/generator.ts';
import { always, broken, never, policyOf, watch } from './policy-under-test.ts';

const RETRY_AT_ONCE = { queries: { retries: 1, baseMs: 0 }, timeoutMs: 1000 };
const request = { question: contractQuestion, passages: contractPassages };
const answer = {
  text: 'one two',
  citations: [],
  confidence: 0.5,
  abstained: false,
  usage: { inputTokens: 1, outputTokens: 2 },
};
const done: GenerationEvent = { type: 'done', answer };
const text = (piece: string): GenerationEvent => ({ type: 'text', text: piece });

function speaking(
  ...attempts: ((signal: AbortSignal) => AsyncIterable<GenerationEvent>)[]
): Generator & { asked: number } {
  const generator = {
    id: 'speaking',
    asked: 0,
    generate: ({ signal }: { signal?: AbortSignal }) => attempts[generator.asked++]!(signal!),
  };
  return generator;
}

/** A stream that fails before it has said anything. */
const failing = (error: Error): AsyncIterable<GenerationEvent> => ({
  [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(error) }),
});

async function collect(
  stream: AsyncIterable<GenerationEvent>,
  into: GenerationEvent[] = [],
): Promise<GenerationEvent[]> {
  for await (const event of stream) into.push(event);
  return into;
}

generatorContract({
  name: 'a guarded generator',
  create: async () =>
    guardGenerator(
      createExtractiveGenerator(engineSchema.parse({}).generation),
      policyOf({ dependency: 'generator' }).policy,
    ),
  expected: '6.50',
});

describe('a guarded generator', () => {
  const held = (generator: Generator, options: object = RETRY_AT_ONCE) => {
    const bench = policyOf({ dependency: 'generator', options, random: always(0) });
    return { ...bench, generator: guardGenerator(generator, bench.policy) };
  };

  it('asks again when a stream breaks off before its first text', async () => {
    const inner = speaking(
      () => failing(broken()),
      async function* () {
        yield text('one two');
        yield done;
      },
    );
    const { generator, clock } = held(inner);
    const seen = watch(collect(generator.generate(request)));
    await clock.advance(0);
    await clock.advance(5);
    expect(seen.value).toEqual([text('one two'), done]);
    expect(inner.asked).toBe(2);
  });

  it('does not ask again once text has been passed on, and counts the failure', async () => {
    const inner = speaking(async function* () {
      yield text('one ');
      throw broken();
    });
    const { generator, policy } = held(inner);
    const events: GenerationEvent[] = [];
    await expect(collect(generator.generate(request), events)).rejects.toThrow('it broke');
    expect(events).toEqual([text('one ')]);
    expect([inner.asked, policy.health().errors]).toEqual([1, 1]);
  });

  it('takes a stream that ends without an answer for broken', async () => {
    const inner = speaking(async function* () {
      yield text('one ');
    });
    const { generator, policy } = held(inner);
    await expect(collect(generator.generate(request))).rejects.toMatchObject({ code: 'generation.failed' });
    expect(policy.health().errors).toBe(1);
  });

  it('gives each event its own time, so that an answer may take long while it goes on', async () => {
    const clock = new ManualClock();
    const inner = speaking(async function* () {
      for (const piece of ['one', ' ', 'two']) {
        await clock.sleep(900 as never);
        yield text(piece);
      }
      yield done;
    });
    const { policy } = policyOf({ dependency: 'generator', options: RETRY_AT_ONCE, clock });
    const seen = watch(collect(guardGenerator(inner, policy).generate(request)));
    await clock.advance(3000);
    expect(seen.value?.at(-1)).toEqual(done);
  });

  it('gives up a stream that falls silent', async () => {
    const inner = speaking(async function* () {
      yield text('one');
      await never();
    });
    const { generator, clock } = held(inner);
    const seen = watch(collect(generator.generate(request)));
    await clock.advance(1100);
    expect(seen.error).toMatchObject({ code: 'dependency.timeout', failure: 'timeout' });
  });

  it('holds the whole stream to the deadline', async () => {
    const clock = new ManualClock();
    const inner = speaking(async function* () {
      for (;;) {
        await clock.sleep(100 as never);
        yield text('x');
      }
    });
    const { policy } = policyOf({ dependency: 'generator', options: RETRY_AT_ONCE, clock });
    const seen = watch(collect(guardGenerator(inner, policy).generate({ ...request, deadline: 550 })));
    await clock.advance(700);
    expect(seen.error).toMatchObject({ failure: 'deadline' });
  });

  it('passes on nothing of an attempt that was given up', async () => {
    const clock = new ManualClock();
    const inner = speaking(
      async function* () {
        await clock.sleep(1500 as never);
        yield text('late');
        yield done;
      },
      async function* () {
        await clock.sleep(800 as never);
        yield text('one two');
        yield done;
      },
    );
    const { policy } = policyOf({ dependency: 'generator', options: RETRY_AT_ONCE, clock });
    const seen = watch(collect(guardGenerator(inner, policy).generate(request)));
    await clock.advance(3000);
    expect(seen.value).toEqual([text('one two'), done]);
  });

  it('holds its place in the bulkhead to the end of the stream, and withdraws when nobody listens any more', async () => {
    const signals: AbortSignal[] = [];
    const endless = async function* (signal: AbortSignal): AsyncGenerator<GenerationEvent> {
      signals.push(signal);
      yield text('one');
      await never();
    };
    const options = { ...RETRY_AT_ONCE, bulkhead: { concurrent: 1, queued: 0 } };
    const { generator, policy, clock } = held(speaking(endless, endless, endless), options);
    const first = generator.generate(request)[Symbol.asyncIterator]();
    expect(await first.next()).toEqual({ done: false, value: text('one') });
    await expect(collect(generator.generate(request))).rejects.toMatchObject({ code: 'dependency.busy' });
    await first.return?.();
    await clock.advance(1);
    expect([signals[0]?.aborted, policy.health().errors]).toEqual([true, 0]);
    const second = generator.generate(request)[Symbol.asyncIterator]();
    expect((await second.next()).value).toEqual(text('one'));
  });

  it('counts an answer as one, though its listener leaves at its end', async () => {
    const { generator, policy } = held(
      speaking(async function* () {
        yield text('one two');
        yield done;
      }),
    );
    for await (const event of generator.generate(request)) if (event.type === 'done') break;
    expect(policy.health()).toMatchObject({ calls: 1, errors: 0, status: 'healthy' });
    expect(policy.health().responseTimeMs).not.toBeNull();
  });
});

describe('a guarded embedder', () => {
  const embedder = (embed: Embedder['embed']): Embedder => ({ id: 'e', dimensions: 2, embed });
  const vector = { vectors: [new Float32Array([1, 0])] };

  it('takes documents for an ingest, questions for a query, and passes everything on', async () => {
    const { policy, of } = policyOf();
    const seen: object[] = [];
    const guarded = guardEmbedder(
      embedder(async (texts, { signal, ...options }) => {
        seen.push({ texts, signal: signal !== undefined, ...options });
        return vector;
      }),
      policy,
    );
    expect([guarded.id, guarded.dimensions]).toEqual(['e', 2]);
    expect(await guarded.embed(['a'], { purpose: 'document' })).toBe(vector);
    await guarded.embed(['b'], { purpose: 'query', deadline: 5000 });
    expect(seen).toEqual([
      { texts: ['a'], signal: true, purpose: 'document' },
      { texts: ['b'], signal: true, purpose: 'query', deadline: 5000 },
    ]);
    expect(of('dependency.called')).toMatchObject([{ purpose: 'ingest' }, { purpose: 'query' }]);
  });

  it('keeps to the deadline that it is given', async () => {
    const { policy, clock } = policyOf();
    const guarded = guardEmbedder(embedder(never), policy);
    const seen = watch(guarded.embed(['a'], { purpose: 'query', deadline: clock.now() + 100 }));
    await clock.advance(110);
    expect(seen.error).toMatchObject({ failure: 'deadline' });
  });
});

describe('guarded indexes', () => {
  const found: Hits = { keys: new Uint32Array([3]), scores: new Float64Array([1]) };
  const inner = () => {
    const calls: string[] = [];
    const index = {
      kind: 'k',
      dimensions: 2,
      size: 7,
      add: async () => void calls.push('add'),
      remove: async () => void calls.push('remove'),
      search: async () => {
        calls.push('search');
        if (calls.filter((call) => call === 'search').length === 1) throw broken();
        return found;
      },
      save: async () => void calls.push('save'),
      load: async () => void calls.push('load'),
      close: async () => void calls.push('close'),
    };
    return { calls, index };
  };

  it.each([
    ['vectors', (index: VectorIndex & KeywordIndex, policy: never) => guardVectorIndex(index, policy)],
    ['keywords', (index: VectorIndex & KeywordIndex, policy: never) => guardKeywordIndex(index, policy)],
  ] as const)('%s: search behind the policy, and do the rest themselves', async (dependency, guard) => {
    const { policy, clock } = policyOf({ dependency, options: RETRY_AT_ONCE });
    const { calls, index } = inner();
    const guarded = guard(index as never, policy as never) as VectorIndex & KeywordIndex;
    const seen = watch(guarded.search('ferry' as never, 3));
    await clock.advance(0);
    await clock.advance(5);
    expect(seen.value).toBe(found);
    expect([guarded.kind, guarded.size]).toEqual(['k', 7]);
    await guarded.add([]);
    await guarded.remove([]);
    await guarded.save('p');
    await guarded.load('p');
    await guarded.close();
    expect(calls).toEqual(['search', 'search', 'add', 'remove', 'save', 'load', 'close']);
    expect(policy.health().calls).toBe(2);
  });
});

describe('a guarded cache', () => {
  const failing: Cache<number> = {
    get: () => Promise.reject(broken()),
    set: () => Promise.reject(broken()),
    clear: async () => undefined,
    statistics: () => ({ entries: 0, bytes: 0, hits: 0, misses: 0, evictions: 0 }),
  };

  it('has nothing when it fails, and is spared after a while', async () => {
    const { policy } = policyOf({ dependency: 'cache' });
    const cache = guardCache(failing, policy);
    for (let time = 0; time < 4; time += 1) {
      expect(await cache.get('k')).toBeUndefined();
      await cache.set('k', 1);
    }
    expect(policy.health()).toMatchObject({ breaker: 'open', calls: 5, retries: 0 });
  });

  it('tells a caller that has left so', async () => {
    const { policy } = policyOf({ dependency: 'cache' });
    const context = { purpose: 'query', signal: AbortSignal.abort('left') } as const;
    await expect(guardCache(failing, policy, () => context).get('k')).rejects.toBe('left');
  });
});

describe('a guarded store', () => {
  class Store {
    readonly #chunks = ['a', 'b'];
    version = 3;
    fails = false;
    chunks(keys: readonly number[]): unknown {
      if (this.fails) throw broken();
      return keys.map((key) => this.#chunks[key]);
    }
    documentIds(): readonly string[] {
      return this.#chunks;
    }
  }

  it('reads behind the policy, and is otherwise the store itself', async () => {
    const { policy, clock } = policyOf({ dependency: 'store' });
    const store = new Store();
    const guarded = guardStore(store as unknown as DocumentStore, policy);
    expect(guarded.chunks([1])).toEqual(['b']);
    expect(guarded.documentIds()).toEqual(['a', 'b']);
    store.version = 4;
    expect(guarded.version).toBe(4);
    store.fails = true;
    for (let time = 0; time < 5; time += 1) {
      expect(() => guarded.chunks([0])).toThrow('it broke');
      await clock.advance(0);
    }
    expect(() => guarded.chunks([0])).toThrow(expect.objectContaining({ code: 'dependency.open' }));
    expect(guarded.documentIds()).toEqual(['a', 'b']);
  });
});
