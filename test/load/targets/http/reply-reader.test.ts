import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GroundspeedError } from '../../../../src/kernel/errors.ts';
import { packedReply } from '../../../../src/load/targets/http/packed-reply.ts';
import { ReplyReader } from '../../../../src/load/targets/http/reply-reader.ts';
import { described, OWN_API } from './described.ts';
import { bytesOf, failureOf, read } from './replies.ts';

const WHOLE = {
  answer: 'Bicycles cost 6.50.',
  sources: [
    { id: 'fares', title: 'Fares', text: 'A bicycle costs 6.50.', score: 0.9, start: 10, end: 31 },
    { id: 7 },
  ],
  confidence: 0.8,
  abstained: false,
  cache: 'retrieval',
  usage: { input_tokens: 120, output_tokens: 9 },
  cost_usd: 0.0004,
  stages: { embed: 1, retrieve: 2.5, generate: 30 },
};

describe('reading a reply of groundspeed’s API', () => {
  it('finds everything that it tells', () => {
    expect(read({}, WHOLE)).toEqual({
      answer: 'Bicycles cost 6.50.',
      abstained: false,
      lastResort: false,
      confidence: 0.8,
      passages: [
        {
          documentId: 'fares',
          title: 'Fares',
          text: 'A bicycle costs 6.50.',
          score: 0.9,
          start: 10,
          end: 31,
        },
        { documentId: '7' },
      ],
      contextSize: undefined,
      citations: undefined,
      ranking: undefined,
      cache: 'retrieval',
      stages: [1, 2.5, Number.NaN, Number.NaN, 30, Number.NaN],
      inputTokens: 120,
      outputTokens: 9,
      costUsd: 0.0004,
    });
  });

  it.each([
    [{ queue_time: 12.5 }, {}, 12.5],
    [{ queue_time: 0 }, {}, 0],
    [{ queue_time: -1 }, {}, Number.NaN],
    [{ queue_time: 'long' }, {}, Number.NaN],
    [{ wait: { s: 0.25 } }, { response: { queueMs: 'wait.s * `1000`' } }, 250],
    [{ wait: {} }, { response: { queueMs: 'wait.s * `1000`' } }, Number.NaN],
  ])('finds how long it waited for its turn, behind the stages: %j', (fields, written, waited) => {
    expect(read(written, { ...WHOLE, ...fields }).stages![5]).toBe(waited);
  });

  it('tells no time at all of a reply that tells none', () => {
    const { stages: _, ...bare } = WHOLE;
    expect(read({}, bare).stages).toBeUndefined();
  });

  it.each([
    [{ degraded: null }, 'none', false],
    [{ degraded: { level: 'keyword', reason: 'embedder: open' } }, 'keyword', false],
    [{ degraded: { level: 'canned', reason: 'store: error' } }, 'canned', true],
    [{ degraded: { level: 'last-resort', reason: 'store: error' } }, 'last-resort', true],
    [{}, undefined, false],
    [{ degraded: { level: 'somewhat' } }, undefined, false],
    [{ fallback: true }, undefined, true],
  ])('finds how much less than a full answer it is: %j', (fields, degraded, lastResort) => {
    expect(read({}, { ...WHOLE, ...fields })).toMatchObject({ degraded, lastResort });
  });

  it.each([
    [false, 'none'],
    ['Full', 'none'],
    ['LAST_RESORT', 'last-resort'],
    ['cached', 'cached'],
    [true, undefined],
    [7, undefined],
    [['keyword'], undefined],
  ])('reads the level of another API where it is told to look: %j', (quality, degraded) => {
    expect(read({ response: { degraded: 'quality' } }, { ...WHOLE, quality }).degraded).toBe(degraded);
  });

  it.each([
    [
      { cache: { response: 'stale', semantic: 'off' } },
      { cache: 'response', stale: true, matched: undefined },
    ],
    [
      {
        cache: { response: 'miss', semantic: 'hit', retrieval: 'off', embedding: 'miss' },
        matched: { question: 'When?', similarity: 0.93 },
      },
      { cache: 'semantic', stale: false, matched: { question: 'When?', similarity: 0.93 } },
    ],
    [
      { cache: { semantic: 'hit' }, matched: { question: 'When?' } },
      { cache: 'semantic', matched: { question: 'When?', similarity: undefined } },
    ],
    [
      { cache: { semantic: 'hit' }, matched: null },
      { cache: 'semantic', matched: undefined },
    ],
    [{}, { cache: 'unknown', stale: undefined, matched: undefined }],
  ])(
    'finds which cache answered, how old that was, and which question was matched: %j',
    (fields, expected) => {
      expect(read({}, { ...WHOLE, cache: undefined, ...fields })).toMatchObject(expected);
    },
  );

  it('finds the matched question of another API where it is told to look', () => {
    const response = { matched: 'hit.prompt', similarity: 'hit.score' };
    const { matched } = read({ response }, { ...WHOLE, hit: { prompt: 'Why?', score: 0.5 } });
    expect(matched).toEqual({ question: 'Why?', similarity: 0.5 });
  });

  it('finds which sources were shown to the model, and which are cited', () => {
    const of = (...sources: object[]) => {
      const { contextSize, citations } = read(
        {},
        { answer: 'x', sources: sources.map((one) => ({ id: 'a', ...one })) },
      );
      return { contextSize, citations };
    };
    const shown = (in_context: boolean, cited: boolean): object => ({ in_context, cited });
    expect(of(shown(true, false), shown(true, true), shown(false, false))).toEqual({
      contextSize: 2,
      citations: [1],
    });
    expect(of(shown(false, false), shown(true, false))).toEqual({ contextSize: undefined, citations: [] });
    expect(of(shown(true, true), {})).toEqual({ contextSize: undefined, citations: undefined });
    expect(of()).toEqual({ contextSize: undefined, citations: undefined });
  });

  it('needs no more than an answer and the ids of its sources', () => {
    const response = read({}, { answer: 'Yes.', sources: [{ id: 'a' }] });
    expect(response).toMatchObject({
      answer: 'Yes.',
      abstained: false,
      passages: [{ documentId: 'a' }],
      cache: 'unknown',
    });
    for (const name of ['confidence', 'stages', 'inputTokens', 'outputTokens', 'costUsd'] as const) {
      expect(response[name]).toBeUndefined();
    }
  });

  it.each([
    [
      { sources: [] },
      'no answer where target.response.answer (`answer`) looks for it: its fields are sources',
    ],
    [
      { answer: 'x' },
      'no list of passages where target.response.passages (`sources`) looks for it: its fields are answer',
    ],
    [
      { answer: 'x', sources: [{ id: 'a' }, { key: 'b' }] },
      'no id of passage 2 where target.response.passageId (`id`) looks for it: its fields are key',
    ],
    [{ answer: { text: 'x' }, sources: [] }, 'an object stands there, its fields are text'],
    [{ answer: ['x'], sources: [] }, 'a list stands there'],
    [{ answer: 'x', sources: 'fares' }, 'a string stands there'],
    [['x'], 'it is a list of 1'],
    ['', 'The response is empty'],
    ['   ', 'The response is empty'],
    ['<html><body>Sign in', 'The response is no JSON'],
    ['{"answer": "cut he', 'The response is no JSON'],
    [{ error: { message: 'the index is being built' } }, 'tells of an error: the index is being built'],
    [{ error: 'no such tenant', answer: 'x', sources: [] }, 'tells of an error: no such tenant'],
  ])('refuses %j: %s', (reply, message) => {
    const [code, said] = failureOf({}, reply);
    expect(code).toBe('target.malformed');
    expect(said).toContain(message);
  });

  it('takes an empty or false error for none', () => {
    for (const error of [null, false, '', {}]) {
      expect(read({}, { answer: 'x', sources: [], error }).answer).toBe('x');
    }
  });

  it('says how far a longer path leads', () => {
    const written = { ...OWN_API, response: { answer: 'result.data[0].text' } };
    expect(failureOf(written, { result: { data: [{ content: 'x' }] } })[1]).toContain(
      'at `result.data[0]` its fields are content',
    );
  });

  it('names the expression that a response makes fail', () => {
    const written = { ...OWN_API, response: { answer: 'join(`", "`, parts)' } };
    expect(failureOf(written, { parts: 3 })[1]).toContain(
      'target.response.answer (`join(`", "`, parts)`) cannot be evaluated',
    );
  });
});

describe('reading anything at all', () => {
  const readers = ['groundspeed', 'openai-chat', 'openai-responses', 'langserve'].flatMap((preset) =>
    ['none', 'sse'].map((stream) => {
      const model = preset.startsWith('openai') ? { model: 'm' } : {};
      return new ReplyReader(described({ preset, stream, ...model }), []);
    }),
  );
  const names = fc.constantFrom(
    ...[
      'answer',
      'sources',
      'id',
      'choices',
      'message',
      'delta',
      'content',
      'usage',
      'output',
      'context',
      'type',
      'error',
    ],
    ...['metadata', 'stages', 'cache', 'abstained', 'fallback', 'input_tokens', 'prompt_tokens', '__proto__'],
  );
  const json = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 6 },
      fc.constantFrom(null, true, 'text', '', 7, 'message', 'output_text', 'response.completed'),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(names, tie('value'), { maxKeys: 6 }),
    ),
  })).value;

  const accepts = (bytes: Uint8Array): void => {
    for (const reader of readers) {
      try {
        const response = reader.read(bytes, 0);
        expect(['string', 'undefined']).toContain(typeof response.answer);
        for (const { documentId } of response.passages ?? []) expect(typeof documentId).toBe('string');
        for (const name of ['inputTokens', 'outputTokens', 'costUsd', 'confidence'] as const) {
          expect(Number.isFinite(response[name] ?? 0)).toBe(true);
        }
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(GroundspeedError);
        expect((thrown as GroundspeedError).code).toMatch(/^target\.(malformed|cut)$/);
      }
    }
  };

  it('ends in a response or in an error of the catalogue, whatever the JSON', () => {
    fc.assert(
      fc.property(json, (value) => {
        accepts(bytesOf(JSON.stringify(value)));
        accepts(bytesOf(`data: ${JSON.stringify(value)}\n\ndata: [DONE]\n\nevent: end\n\n`));
      }),
      { numRuns: 500 },
    );
  });

  it('ends so whatever the bytes, packed or not', () => {
    const marked = fc.uint8Array({ maxLength: 60 }).map((bytes) => Uint8Array.of(0, 1, ...bytes));
    fc.assert(fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), marked), accepts));
    accepts(bytesOf(`${'['.repeat(200_000)}${']'.repeat(200_000)}`));
    accepts(bytesOf(`{"error": ${'['.repeat(200_000)}1${']'.repeat(200_000)}}`));
  });
});

describe('abstentions and last resorts', () => {
  it('believes a target that says so itself, whatever its words', () => {
    expect(read({}, { answer: 'I don’t know.', sources: [], abstained: false }).abstained).toBe(false);
    expect(read({}, { answer: 'Ask the office.', sources: [], abstained: true }).abstained).toBe(true);
  });

  it('knows one by its words, else', () => {
    expect(read({}, { answer: 'I don’t know.', sources: [] }).abstained).toBe(true);
    expect(read({}, { answer: 'The answer is 4.', sources: [] }).abstained).toBe(false);
    const answer = 'That is  beyond what I can help with here.';
    expect(read({}, { answer, sources: [] }).abstained).toBe(false);
    expect(read({ abstentions: ['Beyond what I can help with'] }, { answer, sources: [] }).abstained).toBe(
      true,
    );
  });

  it('asks no answer and no passages of who says that there are none', () => {
    expect(read({}, { answer: null, abstained: true })).toMatchObject({
      answer: '',
      passages: [],
      abstained: true,
    });
  });

  it.each([
    [true, true],
    ['canned', true],
    ['none', false],
    [false, false],
    [undefined, false],
  ])('takes fallback %j for a last resort: %s', (fallback, lastResort) => {
    expect(read({}, { answer: 'x', sources: [], fallback }).lastResort).toBe(lastResort);
  });
});

describe('tokens and prices', () => {
  const priced = { prices: { inputPerMillionUsd: 2, outputPerMillionUsd: 10 } };
  const usage = { input_tokens: 1000, output_tokens: 100 };

  it('works out the cost where the target gives none', () => {
    expect(read(priced, { answer: 'x', sources: [], usage }).costUsd).toBeCloseTo(0.003, 12);
    expect(read(priced, { answer: 'x', sources: [], usage, cost_usd: 1 }).costUsd).toBe(1);
  });

  it('gives none where a count is missing', () => {
    const half = { answer: 'x', sources: [], usage: { input_tokens: 1000 } };
    expect(read(priced, half).costUsd).toBeUndefined();
    expect(read({}, { answer: 'x', sources: [], usage }).costUsd).toBeUndefined();
    expect(read({ prices: { inputPerMillionUsd: 2 } }, half).costUsd).toBeCloseTo(0.002, 12);
  });
});

describe('packed replies', () => {
  const packers = { gzip: gzipSync, br: brotliCompressSync, deflate: deflateSync } as const;
  const reader = new ReplyReader(described({ maxBodyBytes: 100_000 }), []);

  it.each(['gzip', 'br', 'deflate'] as const)('unpacks %s', (coding) => {
    const reply = packedReply(coding, packers[coding](bytesOf(WHOLE)));
    expect(reader.read(reply, 0).answer).toBe(WHOLE.answer);
  });

  it('unpacks what some send as deflate: without the header', () => {
    expect(reader.read(packedReply('deflate', deflateRawSync(bytesOf(WHOLE))), 0).answer).toBe(WHOLE.answer);
  });

  it('unpacks no more than may be read', () => {
    const bomb = packedReply('gzip', gzipSync(Buffer.alloc(1_000_000, 'x')));
    expect(() => reader.read(bomb, 0)).toThrow(expect.objectContaining({ code: 'target.tooLarge' }));
  });

  it('refuses what is not packed as it says', () => {
    expect(() => reader.read(packedReply('gzip', bytesOf(WHOLE)), 0)).toThrow(
      expect.objectContaining({ code: 'target.malformed' }),
    );
  });
});

describe('replies and secrets', () => {
  it('repeats no header’s value, though the service does', () => {
    const written = { headers: { authorization: 'Bearer topsecret-0001' } };
    const [, json] = failureOf(written, 'Invalid key topsecret-0001 given');
    const [, error] = failureOf(written, {
      error: 'Bearer topsecret-0001 is unknown, as is sk-abcdef123456',
    });
    expect(json).toContain('Invalid key *** given');
    expect(error).toContain('tells of an error: *** is unknown, as is ***');
  });
});
