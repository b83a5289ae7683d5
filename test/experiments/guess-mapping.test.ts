import { search } from '@jmespath-community/jmespath';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { guessMapping, guessStream, type Json } from '../../src/experiments/guess-mapping.ts';

const TEXTS = [
  'A travel voucher is valid for 18 months from the date of issue and can be used once.',
  'Vouchers can be passed on to another person, as long as the name on them is changed first.',
];
const ANSWER = 'A travel voucher is valid for 18 months from the date of issue.';
const CLUES = {
  question: 'How long is a travel voucher valid?',
  answers: ['18 months'],
  documentIds: new Set(['travel-vouchers', 'refunds', 'pets']),
};

/** What a guess of each part gives on the reply; parts of passages are evaluated on the first passage. */
function understood(reply: Json, clues: Parameters<typeof guessMapping>[1] = CLUES) {
  const guessed = guessMapping(reply, clues);
  const evaluate = (expression: string | undefined, value: unknown) =>
    expression === undefined ? undefined : search(value as never, expression);
  const passages = evaluate(guessed.passages?.expression, reply) as unknown[] | undefined;
  return {
    answer: evaluate(guessed.answer?.expression, reply),
    ids: passages?.map((passage) => evaluate(guessed.id?.expression, passage)),
    texts: passages?.map((passage) => evaluate(guessed.text?.expression, passage)),
    scores: passages?.map((passage) => evaluate(guessed.score?.expression, passage)),
    titles: passages?.map((passage) => evaluate(guessed.title?.expression, passage)),
    inputTokens: evaluate(guessed.inputTokens?.expression, reply),
    outputTokens: evaluate(guessed.outputTokens?.expression, reply),
    costUsd: evaluate(guessed.costUsd?.expression, reply),
    cache: evaluate(guessed.cache?.expression, reply),
    confidence: evaluate(guessed.confidence?.expression, reply),
    abstained: evaluate(guessed.abstained?.expression, reply),
  };
}

const NOTHING = {
  answer: undefined,
  ids: undefined,
  texts: undefined,
  scores: undefined,
  titles: undefined,
  inputTokens: undefined,
  outputTokens: undefined,
  costUsd: undefined,
  cache: undefined,
  confidence: undefined,
  abstained: undefined,
};

describe('the mapping of a reply is guessed', () => {
  it("of groundspeed's own service", () => {
    const reply = {
      answer: ANSWER,
      sources: [
        { id: 'travel-vouchers', title: 'Travel vouchers', score: 0.91, text: TEXTS[0]! },
        { id: 'refunds', title: 'Refunds', score: 0.72, text: TEXTS[1]! },
      ],
      confidence: 0.8,
      abstained: false,
      processing_time: 0.01,
      success: true,
      request_id: 'b7f0',
      cache: 'miss',
      usage: { input_tokens: 812, output_tokens: 21 },
      cost_usd: 0.0002,
    };
    expect(understood(reply)).toEqual({
      answer: ANSWER,
      ids: ['travel-vouchers', 'refunds'],
      texts: TEXTS,
      scores: [0.91, 0.72],
      titles: ['Travel vouchers', 'Refunds'],
      inputTokens: 812,
      outputTokens: 21,
      costUsd: 0.0002,
      cache: 'miss',
      confidence: 0.8,
      abstained: false,
    });
    const { answer, passages, id } = guessMapping(reply, CLUES);
    expect([answer?.expression, passages?.expression, id?.expression]).toEqual(['answer', 'sources', 'id']);
    expect([answer?.trust, passages?.trust, id?.trust]).toEqual(['high', 'high', 'high']);
    expect(answer?.reason).toContain('named like an answer');
    expect(id?.reason).toBe('2 of 2 are ids of golden documents');
  });

  it('of an OpenAI chat completion, which has no passages', () => {
    const reply = {
      id: 'chatcmpl-abc123',
      object: 'chat.completion',
      created: 1_741_569_952,
      model: 'gpt-4.1-mini-2025-04-14',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: ANSWER, refusal: null, annotations: [] },
          logprobs: null,
          finish_reason: 'stop',
        },
      ],
      usage: {
        prompt_tokens: 19,
        completion_tokens: 10,
        total_tokens: 29,
        prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
      },
      service_tier: 'default',
    };
    expect(understood(reply, {})).toEqual({ ...NOTHING, answer: ANSWER, inputTokens: 19, outputTokens: 10 });
    expect(guessMapping(reply).answer?.expression).toBe('choices[0].message.content');
  });

  it('of an OpenAI response with a file search', () => {
    const reply = {
      id: 'resp_1',
      object: 'response',
      output: [
        {
          type: 'file_search_call',
          id: 'fs_1',
          queries: ['voucher validity'],
          results: [
            { file_id: 'file-1', filename: 'vouchers.md', score: 0.9, text: TEXTS[0]! },
            { file_id: 'file-2', filename: 'refunds.md', score: 0.5, text: TEXTS[1]! },
          ],
        },
        {
          type: 'message',
          role: 'assistant',
          content: [{ type: 'output_text', text: ANSWER, annotations: [] }],
        },
      ],
      usage: { input_tokens: 100, output_tokens: 20, input_tokens_details: { cached_tokens: 3 } },
    };
    expect(understood(reply)).toMatchObject({
      answer: ANSWER,
      ids: ['vouchers.md', 'refunds.md'],
      texts: TEXTS,
      scores: [0.9, 0.5],
      inputTokens: 100,
      outputTokens: 20,
      cache: undefined,
    });
    expect(guessMapping(reply).answer?.expression).toBe("output[?type=='message'] | [0].content[0].text");
  });

  it('of a LangServe chain', () => {
    const context = TEXTS.map((page_content, at) => ({
      id: null,
      metadata: { source: ['docs/travel-vouchers.md', 'docs/refunds.md'][at]!, start_index: 0 },
      page_content,
      type: 'Document',
    }));
    const reply = {
      output: { input: CLUES.question, context, answer: ANSWER },
      metadata: { run_id: '5e1b3c7a-7b53-4a77-9bd6-95ad0ae01a0b', feedback_tokens: [] },
    };
    expect(understood(reply)).toEqual({
      ...NOTHING,
      answer: ANSWER,
      ids: ['docs/travel-vouchers.md', 'docs/refunds.md'],
      texts: TEXTS,
      scores: [null, null].map(() => undefined),
      titles: [undefined, undefined],
    });
    expect(understood({ output: ANSWER, metadata: { run_id: 'x' } })).toEqual({ ...NOTHING, answer: ANSWER });
  });

  it('of a LangGraph conversation: the last message of the assistant', () => {
    const reply = {
      messages: [
        { type: 'human', content: CLUES.question },
        { type: 'ai', content: '', tool_calls: [{ name: 'search', args: { query: 'voucher' } }] },
        { type: 'tool', content: TEXTS[1]! },
        { type: 'ai', content: ANSWER, usage_metadata: { input_tokens: 7, output_tokens: 8 } },
      ],
    };
    expect(understood(reply)).toMatchObject({ answer: ANSWER, inputTokens: 7, outputTokens: 8 });
    expect(guessMapping(reply).answer?.expression).toBe("messages[?type=='ai'] | [-1].content");
  });

  it('of a LlamaIndex query engine', () => {
    const node = (text: string, file: string, score: number) => ({
      node: {
        id_: '1f4c1b0e-8a52-4f0c-9a76-5c2ad2f0a111',
        embedding: null,
        metadata: { file_name: file, file_path: `/data/${file}` },
        text,
        start_char_idx: 0,
        end_char_idx: 80,
        class_name: 'TextNode',
      },
      score,
      class_name: 'NodeWithScore',
    });
    const reply = {
      response: ANSWER,
      source_nodes: [node(TEXTS[0]!, 'vouchers.md', 0.83), node(TEXTS[1]!, 'refunds.md', 0.81)],
      metadata: { a: { file_name: 'vouchers.md' } },
    };
    expect(understood(reply)).toMatchObject({
      answer: ANSWER,
      ids: ['vouchers.md', 'refunds.md'],
      texts: TEXTS,
      scores: [0.83, 0.81],
    });
  });

  it('of Haystack, the first version and the second', () => {
    const documents = TEXTS.map((content, at) => ({
      id: `a1b2c3d4e5f6${at}`,
      content,
      content_type: 'text',
      meta: { name: ['travel-vouchers', 'refunds'][at]!, _split_id: 0 },
      score: 0.7 - at / 10,
    }));
    const first = {
      query: CLUES.question,
      answers: [
        {
          answer: '18 months',
          type: 'extractive',
          score: 0.97,
          context: TEXTS[0]!,
          document_ids: ['a1b2c3d4e5f60'],
        },
      ],
      documents,
      debug: null,
    };
    expect(understood(first)).toMatchObject({
      answer: '18 months',
      ids: ['travel-vouchers', 'refunds'],
      texts: TEXTS,
      scores: [0.7, 0.6],
    });
    const second = {
      llm: {
        replies: [ANSWER],
        meta: [
          {
            model: 'gpt-4o',
            index: 0,
            finish_reason: 'stop',
            usage: { prompt_tokens: 5, completion_tokens: 6 },
          },
        ],
      },
      retriever: { documents },
    };
    expect(understood(second)).toMatchObject({
      answer: ANSWER,
      ids: ['travel-vouchers', 'refunds'],
      inputTokens: 5,
      outputTokens: 6,
    });
  });

  it('of Gemini with grounding, whose names lie deep', () => {
    const reply = {
      candidates: [
        {
          content: { parts: [{ text: ANSWER }], role: 'model' },
          finishReason: 'STOP',
          groundingMetadata: {
            groundingChunks: TEXTS.map((text, at) => ({
              retrievedContext: { uri: `gs://docs/${at}.pdf`, title: `Document ${at}`, text },
            })),
          },
        },
      ],
      usageMetadata: { promptTokenCount: 11, candidatesTokenCount: 12, totalTokenCount: 23 },
    };
    expect(understood(reply)).toMatchObject({
      answer: ANSWER,
      ids: ['gs://docs/0.pdf', 'gs://docs/1.pdf'],
      texts: TEXTS,
      inputTokens: 11,
      outputTokens: 12,
    });
  });

  it('of passages that lie within each citation: all of them, not only those of the first', () => {
    const reference = (text: string, uri: string) => ({
      content: { text },
      location: { s3Location: { uri } },
    });
    const reply = {
      output: { text: ANSWER },
      citations: [
        { retrievedReferences: [reference(TEXTS[0]!, 's3://b/1.txt')] },
        { retrievedReferences: [reference(TEXTS[1]!, 's3://b/2.txt')] },
      ],
      sessionId: 'f3a9',
    };
    expect(understood(reply)).toMatchObject({
      answer: ANSWER,
      ids: ['s3://b/1.txt', 's3://b/2.txt'],
      texts: TEXTS,
    });
  });

  it('of Dify, Flowise and AnythingLLM', () => {
    const dify = {
      event: 'message',
      answer: ANSWER,
      metadata: {
        usage: {
          prompt_tokens: 33,
          completion_tokens: 5,
          total_price: '0.001',
          currency: 'USD',
          latency: 1.3,
        },
        retriever_resources: TEXTS.map((content, at) => ({
          position: at + 1,
          dataset_id: 'ds',
          document_id: `0f3${at}`,
          document_name: `file-${at}.md`,
          segment_id: `seg-${at}`,
          score: 0.9,
          content,
        })),
      },
    };
    expect(understood(dify)).toMatchObject({
      answer: ANSWER,
      ids: ['0f30', '0f31'],
      texts: TEXTS,
      inputTokens: 33,
    });
    const flowise = {
      text: ANSWER,
      question: CLUES.question,
      chatId: '12e2a1b7',
      sourceDocuments: TEXTS.map((pageContent, at) => ({
        pageContent,
        metadata: { source: `f${at}.pdf`, loc: {} },
      })),
    };
    expect(understood(flowise)).toMatchObject({ answer: ANSWER, ids: ['f0.pdf', 'f1.pdf'], texts: TEXTS });
    const anything = {
      id: 'chat-uuid',
      type: 'textResponse',
      textResponse: ANSWER,
      sources: [{ title: 'anythingllm.txt', chunk: TEXTS[0]! }],
      close: true,
      error: null,
    };
    expect(understood(anything)).toMatchObject({
      answer: ANSWER,
      ids: ['anythingllm.txt'],
      texts: [TEXTS[0]],
    });
  });

  it('of lists that lie side by side', () => {
    const reply = {
      reply: ANSWER,
      retrieval: { ids: [['travel-vouchers', 'refunds']], documents: [TEXTS], distances: [[0.1, 0.4]] },
    };
    expect(understood(reply)).toMatchObject({
      answer: ANSWER,
      ids: ['travel-vouchers', 'refunds'],
      texts: TEXTS,
      scores: [0.1, 0.4],
    });
  });

  it('of names that nobody foresaw, by what they hold', () => {
    const reply = {
      'ergebnis-1': { antworttext: ANSWER, dauer: 12 },
      fundstellen: [
        { kennung: 'travel-vouchers', auszug: TEXTS[0]! },
        { kennung: 'pets', auszug: TEXTS[1]! },
      ],
    };
    expect(understood(reply)).toMatchObject({
      answer: ANSWER,
      ids: ['travel-vouchers', 'pets'],
      texts: TEXTS,
    });
    expect(guessMapping(reply, CLUES).answer?.expression).toBe('"ergebnis-1".antworttext');
  });

  it('of a bare text, a bare list of ids, and a list of one reply', () => {
    expect(understood(ANSWER)).toEqual({ ...NOTHING, answer: ANSWER });
    expect(understood(['travel-vouchers', 'refunds'])).toMatchObject({ ids: ['travel-vouchers', 'refunds'] });
    expect(understood([{ answer: ANSWER }])).toEqual({ ...NOTHING, answer: ANSWER });
    expect(understood({ answer: 42 }, {})).toEqual({ ...NOTHING, answer: '42' });
  });

  it('with sources that are ids alone', () => {
    const reply = { answer: ANSWER, sources: ['travel-vouchers', 'elsewhere'] };
    expect(understood(reply)).toMatchObject({ answer: ANSWER, ids: ['travel-vouchers', 'elsewhere'] });
    expect(guessMapping(reply, CLUES).id).toMatchObject({ expression: '@', trust: 'high' });
  });

  it("takes the golden documents' own ids before any name", () => {
    const reply = {
      answer: ANSWER,
      sources: [{ document_id: 8127, slug: 'travel-vouchers', url: 'https://x.test/8127', text: TEXTS[0]! }],
    };
    expect(guessMapping(reply, CLUES).id?.expression).toBe('slug');
    expect(guessMapping(reply).id?.expression).toBe('document_id');
  });

  it('takes what holds a golden id, a path or a URL, before what is merely named like an id', () => {
    const sources = [
      { document_id: 'c7e1', meta: { where: '/srv/docs/travel-vouchers.md' }, text: TEXTS[0]! },
    ];
    expect(guessMapping({ answer: ANSWER, sources }, CLUES).id?.expression).toBe('meta.where');
  });

  it('does not take a kind of document for one, though it is called like one', () => {
    const sources = TEXTS.map((text, at) => ({ id: `d${at}`, kind: 'refunds', group: 'pets', text }));
    expect(guessMapping({ answer: ANSWER, sources }, CLUES).id?.expression).toBe('id');
  });

  it('does not take ranks for ids, though golden ids are numbers', () => {
    const sources = TEXTS.map((text, at) => ({ rank: at + 1, name: `doc ${at}`, text }));
    const clues = { documentIds: new Set(['1', '2', '3']) };
    expect(guessMapping({ answer: ANSWER, sources }, clues).id?.expression).toBe('name');
  });

  it('does not take the question, an error, an id or the text of a passage for the answer', () => {
    const passage = { id: 'x', text: TEXTS[0]! };
    expect(
      understood({ query: CLUES.question, echo: CLUES.question, sources: [passage] }).answer,
    ).toBeUndefined();
    expect(
      understood({ error: { message: 'Something in the machinery of this service is broken.' } }),
    ).toEqual(NOTHING);
    expect(understood({ id: 'c1', model: 'm', status: 'ok' })).toEqual(NOTHING);
  });

  it('reads a switch that says the opposite', () => {
    expect(understood({ answer: ANSWER, answerable: false }).abstained).toBe(true);
  });
});

describe('guessing', () => {
  const json = fc.jsonValue({ maxDepth: 6 }) as fc.Arbitrary<Json>;
  const named = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 5 },
      fc.string({ unit: 'grapheme' }),
      fc.double(),
      fc.boolean(),
      fc.constant(null),
      fc.constant(ANSWER),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(
        fc.oneof(
          fc.constantFrom(
            'answer',
            'sources',
            'id',
            'text',
            'score',
            'type',
            'role',
            'content',
            'usage',
            'constructor',
            '__proto__',
          ),
          fc.string({ unit: 'binary' }),
        ),
        tie('value'),
        { maxKeys: 5 },
      ),
    ),
  })).value as fc.Arbitrary<Json>;

  it('never throws, and each expression gives its sample', () => {
    fc.assert(
      fc.property(fc.oneof(json, named), (reply) => {
        const { id, title, text, score, ...whole } = guessMapping(reply, CLUES);
        for (const guess of Object.values(whole)) {
          expect(search(reply as never, guess.expression)).toEqual(guess.sample);
        }
        const passages = whole.passages?.sample as Json[] | undefined;
        for (const part of [id, title, text, score]) {
          if (part === undefined) continue;
          expect(passages?.some((one) => search(one as never, part.expression) === part.sample)).toBe(true);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('of a stream never throws', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(json, named), { maxLength: 6 }), (events) => {
        const guessed = guessStream(events);
        if (guessed !== undefined) expect(typeof guessed.text).toBe('string');
      }),
      { numRuns: 1000 },
    );
  });

  it('is quick on a reply of ten megabytes, and is not drowned by depth', () => {
    const wide = {
      answer: ANSWER,
      sources: Array.from({ length: 20_000 }, (_, id) => ({ id, text: TEXTS[0]!.repeat(6) })),
    };
    expect(guessMapping(wide).answer?.expression).toBe('answer');
    let deep: Json = { answer: ANSWER };
    for (let level = 0; level < 5000; level += 1) deep = [deep];
    expect(guessMapping(deep)).toEqual({});
  });
});

describe('the pieces of a stream are found', () => {
  const pieces = ['A travel ', 'voucher is ', 'valid for ', '18 months.'];

  it('in OpenAI chat chunks', () => {
    const events = [
      {
        id: 'c',
        object: 'chat.completion.chunk',
        choices: [{ index: 0, delta: { role: 'assistant', content: '' } }],
      },
      ...pieces.map((content) => ({
        id: 'c',
        object: 'chat.completion.chunk',
        choices: [{ index: 0, delta: { content } }],
      })),
      { id: 'c', object: 'chat.completion.chunk', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
    ];
    expect(guessStream(events)).toMatchObject({
      piece: { expression: 'choices[0].delta.content', trust: 'high' },
      text: pieces.join(''),
      cumulative: false,
    });
  });

  it('among events of several kinds', () => {
    const events = [
      { type: 'response.created', response: { id: 'r' } },
      ...pieces.map((delta) => ({ type: 'response.output_text.delta', item_id: 'm', delta })),
      { type: 'response.function_call_arguments.delta', delta: '{}' },
      { type: 'response.completed', response: { id: 'r' } },
    ];
    const guessed = guessStream(events);
    expect(guessed?.text).toBe(pieces.join(''));
    const found = events.map((event) => search(event as never, guessed!.piece.expression));
    expect(found).toEqual([null, ...pieces, null, null]);
  });

  it('in bare texts, and in events that repeat all that came before', () => {
    expect(guessStream(pieces)).toMatchObject({ piece: { expression: '@' }, text: pieces.join('') });
    const growing = pieces.map((_, at) => ({ text: pieces.slice(0, at + 1).join('') }));
    expect(guessStream(growing)).toMatchObject({ text: pieces.join(''), cumulative: true });
  });
});
