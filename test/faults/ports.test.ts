import { describe, expect, it } from 'vitest';
import type {
  Cache,
  DocumentStore,
  Embedder,
  GenerationEvent,
  Generator,
  Hits,
  KeywordIndex,
  PortDecorators,
  VectorIndex,
} from '../../src/engine/ports.ts';
import { faultDecorators } from '../../src/faults/decorators.ts';
import { started } from './started.ts';

const unit = (...numbers: number[]) => Float32Array.from(numbers);

const embedder: Embedder = {
  id: 'stand-in/4',
  dimensions: 4,
  embed: async (texts) => ({ vectors: texts.map(() => unit(0.5, 0.5, 0.5, 0.5)), inputTokens: 3 }),
};

const HITS: Hits = { keys: Uint32Array.of(4, 2, 9, 7), scores: Float64Array.of(0.9, 0.8, 0.7, 0.6) };

/** What was searched for. */
function vectorIndex(asked: Float32Array[] = []): VectorIndex {
  return {
    kind: 'stand-in',
    dimensions: 4,
    size: 4,
    search: async (query: Float32Array) => {
      asked.push(query);
      return HITS;
    },
  } as Partial<VectorIndex> as VectorIndex;
}

const keywordIndex = {
  kind: 'stand-in',
  size: 4,
  search: async () => HITS,
} as Partial<KeywordIndex> as KeywordIndex;

const ANSWER = {
  text: 'The ferry leaves at nine.',
  citations: [0],
  confidence: 1,
  abstained: false,
  usage: { inputTokens: 5, outputTokens: 5 },
};

const generator: Generator = {
  id: 'stand-in',
  async *generate() {
    yield { type: 'text', text: 'The ferry ' };
    yield { type: 'text', text: 'leaves at nine.' };
    yield { type: 'done', answer: ANSWER };
  },
};

const PASSAGES = { question: 'When?', passages: [] };

/** What a stream says until it ends, and what it fails with. */
async function told(
  stream: AsyncIterable<GenerationEvent>,
): Promise<{ texts: string[]; done: boolean; error: unknown }> {
  const texts: string[] = [];
  let done = false;
  try {
    for await (const event of stream) {
      if (event.type === 'text') texts.push(event.text);
      else done = true;
    }
    return { texts, done, error: undefined };
  } catch (error) {
    return { texts, done, error };
  }
}

const decorated = (faults: string, seed = 1): PortDecorators & ReturnType<typeof started> => {
  const { injector, clock } = started(faults, { seed });
  return { ...faultDecorators(injector), injector, clock };
};

const query = { purpose: 'query' as const };

describe('a decorator', () => {
  it('is there for the ports that a fault is for', () => {
    expect(Object.keys(decorated('cache: empty; disk: full')).sort()).toEqual(
      ['cache', 'clock', 'injector', 'store'].sort(),
    );
  });

  it('leaves all as it is while nothing is in force, to the very promise', async () => {
    const reply = embedder.embed(['a'], query);
    const port: Embedder = { ...embedder, embed: () => reply };
    const { embedder: decorate, injector } = decorated('embedder: timeout from 1h');
    const faulty = decorate!(port);
    expect(faulty.embed(['a'], query)).toBe(reply);
    injector.stop();
    expect(faulty.embed(['a'], query)).toBe(reply);
    expect([faulty.id, faulty.dimensions]).toEqual(['stand-in/4', 4]);
  });

  it('keeps what a port has besides its interface, private state too', async () => {
    class Store {
      #count = 0;
      get documentCount(): number {
        return this.#count;
      }
      checkpoint(): number {
        this.#count += 1;
        return this.#count;
      }
    }
    const faulty = decorated('store: empty').store!(new Store() as unknown as DocumentStore);
    expect((faulty as unknown as Store).checkpoint()).toBe(1);
    expect(faulty.documentCount).toBe(1);
  });
});

describe('a failing embedder', () => {
  it.each([
    ['error', { code: 'embedding.failed', status: undefined }],
    ['error http5xx', { code: 'embedding.failed', status: 503 }],
    ['error 502', { code: 'embedding.failed', status: 502 }],
    ['error http4xx', { code: 'embedding.failed', status: 400 }],
    ['error connect', { code: 'embedding.failed', cause: { code: 'ECONNREFUSED' } }],
    ['error dns', { cause: { code: 'ENOTFOUND' } }],
    ['error reset', { cause: { code: 'ECONNRESET' } }],
    ['reset', { code: 'embedding.failed', cause: { code: 'ECONNRESET' } }],
    ['429', { code: 'embedding.failed', status: 429, retryAfterMs: undefined }],
    ['429 retry-after 2s', { status: 429, retryAfterMs: 2000 }],
    ['malformed', { code: 'embedding.failed', status: undefined, malformed: true }],
  ])('%s', async (kind, error) => {
    const faulty = decorated(`embedder: ${kind}`).embedder!(embedder);
    await expect(faulty.embed(['a'], query)).rejects.toMatchObject(error);
  });

  it('that times out answers once its caller has left, with the reason', async () => {
    const { embedder: decorate, clock } = decorated('embedder: timeout');
    const leave = new AbortController();
    let error: unknown;
    const call = decorate!(embedder)
      .embed(['a'], { ...query, signal: leave.signal })
      .catch((thrown: unknown) => {
        error = thrown;
      });
    await clock.advance(1e9);
    expect(error).toBeUndefined();
    const reason = new Error('enough');
    leave.abort(reason);
    await call;
    expect(error).toBe(reason);
  });

  it('that times out ends with the drill where nobody leaves', async () => {
    const { embedder: decorate, injector } = decorated('embedder: timeout');
    const call = decorate!(embedder).embed(['a'], query);
    injector.stop();
    await expect(call).rejects.toThrow('the drill is over');
  });

  it('that is late answers later; not for who has left; and at once when the drill ends', async () => {
    const { embedder: decorate, injector, clock } = decorated('embedder: latency 200ms');
    const faulty = decorate!(embedder);
    let answers = 0;
    const ask = (signal?: AbortSignal) =>
      faulty.embed(['a'], { ...query, ...(signal && { signal }) }).then(() => {
        answers += 1;
      });
    void ask();
    await clock.advance(199);
    expect(answers).toBe(0);
    await clock.advance(1);
    expect(answers).toBe(1);
    const leave = new AbortController();
    const left = ask(leave.signal);
    leave.abort(new Error('enough'));
    await expect(left).rejects.toThrow('enough');
    const last = ask();
    injector.stop();
    await last;
    expect(clock.sleeping).toBe(0);
  });

  it('gives vectors of another direction, with a number that is none, or one number short', async () => {
    const reply = async (how: string) =>
      (await decorated(`embedder: corrupt ${how}`).embedder!(embedder).embed(['a', 'b'], query)).vectors;
    const noise = await reply('noise');
    expect(noise).toHaveLength(2);
    for (const vector of noise) {
      expect(Math.hypot(...vector)).toBeCloseTo(1, 5);
      expect([...vector]).not.toEqual([0.5, 0.5, 0.5, 0.5]);
    }
    expect([...noise[0]!]).not.toEqual([...noise[1]!]);
    for (const vector of await reply('nan')) expect(vector.filter(Number.isNaN)).toHaveLength(1);
    for (const vector of await reply('dimension')) expect(vector).toHaveLength(3);
  });
});

describe('a failing index', () => {
  const search = (faults: string, asked: Float32Array[] = []) =>
    decorated(faults).vector!(vectorIndex(asked)).search(unit(1, 0, 0, 0), 4);

  it('finds nothing, or only the best', async () => {
    expect((await search('vectors: empty')).keys).toHaveLength(0);
    const cut = await search('vectors: truncate keeping 50%');
    expect([[...cut.keys], [...cut.scores]]).toEqual([
      [4, 2],
      [0.9, 0.8],
    ]);
    const keywords = decorated('keywords: truncate keeping 25%').keyword!(keywordIndex);
    expect([...(await keywords.search('x', 4)).keys]).toEqual([4]);
    const none = decorated('keywords: empty').keyword!(keywordIndex);
    expect(await none.search('x', 4)).toEqual({ keys: new Uint32Array(0), scores: new Float64Array(0) });
  });

  it('fails as itself', async () => {
    await expect(search('vectors: error')).rejects.toMatchObject({ code: 'dependency.failed' });
    await expect(search('vectors: error corrupt')).rejects.toThrow('The vector index is damaged');
    const keywords = decorated('keywords: error').keyword!(keywordIndex);
    await expect(keywords.search('x', 4)).rejects.toThrow('The keyword index failed (an injected fault)');
  });

  it('that is corrupt searches elsewhere, gives scores that are no numbers, or takes the question for another size', async () => {
    const asked: Float32Array[] = [];
    const found = await search('vectors: corrupt', asked);
    expect([...found.keys]).toEqual([4, 2, 9, 7]);
    expect(Math.hypot(...asked[0]!)).toBeCloseTo(1, 5);
    expect(asked[0]![0]).not.toBe(1);
    expect((await search('vectors: corrupt nan')).scores.every(Number.isNaN)).toBe(true);
    await search('vectors: corrupt dimension', asked);
    expect(asked[1]).toHaveLength(3);
    expect(HITS.scores[0], 'the index keeps its own').toBe(0.9);
  });
});

describe('a failing generator', () => {
  const ask = (faults: string) => told(decorated(faults).generator!(generator).generate(PASSAGES));

  it.each(['error http5xx', '429 retry-after 1s', 'error reset'])('%s says nothing before', async (kind) => {
    const { texts, error } = await ask(`generator: ${kind}`);
    expect(texts).toEqual([]);
    expect(error).toMatchObject({ code: 'generation.failed' });
  });

  it('breaks off after the first piece where the connection is reset, or what follows is no answer', async () => {
    const reset = await ask('generator: reset');
    expect(reset).toMatchObject({
      texts: ['The ferry '],
      done: false,
      error: { cause: { code: 'ECONNRESET' } },
    });
    const malformed = await ask('generator: malformed');
    expect(malformed).toMatchObject({
      texts: ['The ferry '],
      done: false,
      error: { code: 'generation.failed' },
    });
  });

  it.each([
    ['truncate keeping 40%', 'The ferry '],
    ['truncate', 'The ferry le'],
    ['truncate keeping 1%', ''],
  ])('%s comes so far, and is never done', async (kind, text) => {
    const { texts, done, error } = await ask(`generator: ${kind}`);
    expect([texts.join(''), done]).toEqual([text, false]);
    expect(error).toMatchObject({ code: 'generation.failed' });
  });

  it('drips token by token', async () => {
    const { generator: decorate, clock } = decorated('generator: drip 2 tokens/s');
    const texts: string[] = [];
    let done = false;
    const reading = (async () => {
      for await (const event of decorate!(generator).generate(PASSAGES)) {
        if (event.type === 'text') texts.push(event.text);
        else done = event.answer === ANSWER;
      }
    })();
    await clock.advance(0);
    const heard: number[] = [];
    for (let half = 0; half < 6; half += 1) {
      heard.push(texts.length);
      await clock.advance(500);
    }
    expect(heard).toEqual([0, 1, 2, 3, 4, 5]);
    await reading;
    expect([texts.join(''), done]).toEqual([ANSWER.text, true]);
  });

  it('drips no more for who has left', async () => {
    const { generator: decorate } = decorated('generator: drip 1 token/s');
    const leave = new AbortController();
    const stream = told(decorate!(generator).generate({ ...PASSAGES, signal: leave.signal }));
    leave.abort(new Error('enough'));
    expect((await stream).error).toEqual(new Error('enough'));
  });

  it('decides when it is asked, not when its stream is read', async () => {
    const { generator: decorate, clock } = decorated('generator: error to 1s');
    const stream = decorate!(generator).generate(PASSAGES);
    await clock.advance(2000);
    expect((await told(stream)).error).toMatchObject({ code: 'generation.failed' });
    expect((await told(decorate!(generator).generate(PASSAGES))).done).toBe(true);
  });
});

describe('a failing cache', () => {
  const cacheOf = () => {
    const held = new Map<string, number>([['a', 1]]);
    const port: Cache<number> = {
      get: async (key) => held.get(key),
      set: async (key, value) => void held.set(key, value),
      clear: async () => held.clear(),
      statistics: () => ({ entries: held.size, hits: 0, misses: 0, evictions: 0, bytes: 0 }),
    };
    return { port, held };
  };

  it('misses what it has, and takes what it is given', async () => {
    const { port, held } = cacheOf();
    const faulty = decorated('cache: empty').cache!('response', port);
    expect(await faulty.get('a')).toBeUndefined();
    await faulty.set('b', 2);
    expect(held.get('b')).toBe(2);
    expect(faulty.statistics().entries).toBe(2);
  });

  it('fails to read and to write', async () => {
    const { port, held } = cacheOf();
    const faulty = decorated('cache: error connect').cache!('response', port);
    await expect(faulty.get('a')).rejects.toMatchObject({
      code: 'cache.failed',
      cause: { code: 'ECONNREFUSED' },
    });
    await expect(faulty.set('b', 2)).rejects.toMatchObject({ code: 'cache.failed' });
    expect(held.size).toBe(1);
  });
});

describe('a failing store', () => {
  const storeOf = () => {
    const calls: string[] = [];
    const port = {
      version: 3,
      document: (id: string) => ({ id }),
      documentIds: () => ['a', 'b'],
      chunks: (keys: readonly number[]) => keys.map((key) => ({ key })),
      vectors: (keys: readonly number[]) => keys.map(() => unit(1)),
      stage: () => void calls.push('stage'),
      setFact: () => void calls.push('setFact'),
      fact: () => 'known',
      close: () => void calls.push('close'),
    } as unknown as DocumentStore;
    return { port, calls };
  };

  it('finds nothing, in the form of nothing', () => {
    const faulty = decorated('store: empty').store!(storeOf().port);
    expect(faulty.document('a')).toBeUndefined();
    expect(faulty.documentIds()).toEqual([]);
    expect(faulty.chunks([1, 2])).toEqual([undefined, undefined]);
    expect(faulty.vectors([1])).toEqual([undefined]);
  });

  it.each([
    ['store: error', 'store.unwritable'],
    ['store: error busy', 'store.locked'],
    ['store: error corrupt', 'store.corrupt'],
  ])('%s fails to read and to write', (faults, code) => {
    const { port, calls } = storeOf();
    const faulty = decorated(faults).store!(port);
    expect(() => faulty.chunks([1])).toThrow(expect.objectContaining({ code }));
    expect(() => faulty.stage([])).toThrow(expect.objectContaining({ code }));
    faulty.close();
    expect(calls).toEqual(['close']);
  });

  it('on a full disk is read as ever, and takes no more', () => {
    const { port, calls } = storeOf();
    const faulty = decorated('disk: full').store!(port);
    expect(faulty.chunks([1])).toEqual([{ key: 1 }]);
    expect(faulty.fact('x')).toBe('known');
    expect(() => faulty.setFact('x', 'y')).toThrow(
      expect.objectContaining({
        code: 'store.unwritable',
        cause: expect.objectContaining({ code: 'SQLITE_FULL' }),
      }),
    );
    expect(calls).toEqual([]);
  });

  it('that is slow stops the thread for as long', () => {
    const blocked: number[] = [];
    const { injector } = started('store: latency 20ms; disk: latency 300ms');
    const faulty = faultDecorators(injector, { block: (ms) => blocked.push(ms) }).store!(storeOf().port);
    faulty.chunks([1]);
    faulty.stage([]);
    expect(blocked).toEqual([20, 20, 300]);
  });
});
