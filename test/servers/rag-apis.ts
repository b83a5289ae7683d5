import type { RagReply, RagRequest } from './rag-http.ts';

/** What a service knows of one question, whatever its API. */
export interface RagAnswer {
  readonly pieces: readonly string[];
  readonly sources: readonly { readonly id: string; readonly text: string }[];
  /** Said instead of an answer; in a stream, behind the first piece. */
  readonly failure?: string;
}

const STREAM = 'text/event-stream; charset=utf-8';
const event = (data: object, name?: string): string =>
  `${name === undefined ? '' : `event: ${name}\n`}data: ${JSON.stringify(data)}\n\n`;

/** The API of `groundspeed serve`. */
export function groundspeedApi({ body, method, path }: RagRequest, answer: RagAnswer): RagReply {
  if (method !== 'POST' || path !== '/api/query')
    return { status: 404, body: { success: false, error: { code: 'not_found' } } };
  if (typeof body?.query !== 'string')
    return { status: 400, body: { success: false, error: { code: 'invalid', path: 'query' } } };
  const { pieces, sources, failure } = answer;
  const whole = {
    success: true,
    answer: pieces.join(''),
    abstained: false,
    confidence: 0.9,
    sources: sources.slice(0, Number(body.top_k ?? 5)).map(({ id, text }, index) => ({
      id,
      title: id.toUpperCase(),
      text,
      score: 1 / (index + 1),
      start: 0,
      end: text.length,
      rank: index + 1,
      cited: index === 0,
      in_context: true,
      metadata: {},
    })),
    processing_time: 12.5,
    queue_time: 0,
    first_token_time: 3,
    stages: { embed: 0.5, retrieve: 1, rerank: 0, prompt: 0.1, generate: 10 },
    cache: { embedding: 'miss', retrieval: 'hit', response: 'miss' },
    usage: { input_tokens: 200, output_tokens: pieces.length },
    cost_usd: 0.001,
    request_id: 'r-1',
  };
  const error = { success: false, error: { code: 'generation.failed', message: failure } };
  if (body.stream !== true) return failure === undefined ? { body: whole } : { status: 502, body: error };
  const [first, ...rest] = pieces.map((text) => event({ text }, 'token'));
  return failure === undefined
    ? { type: STREAM, pieces: [first!, ...rest, event(whole, 'done')], between: 5 }
    : { type: STREAM, pieces: [first!, event(error, 'error')], between: 5 };
}

/** OpenAI's Responses API, whole or streamed with its typed events. */
export function responsesApi({ body, method, path }: RagRequest, answer: RagAnswer): RagReply {
  if (method !== 'POST' || path !== '/v1/responses')
    return { status: 404, body: { error: { message: 'no such route' } } };
  const { pieces, failure } = answer;
  const text = pieces.join('');
  const base = {
    id: 'resp_1',
    object: 'response',
    created_at: 0,
    model: body?.model,
    error: null,
    incomplete_details: null,
  };
  const part = { type: 'output_text', text, annotations: [] };
  const item = { type: 'message', id: 'msg_1', status: 'completed', role: 'assistant', content: [part] };
  const reasoning = { type: 'reasoning', id: 'rs_1', summary: [] };
  const usage = { input_tokens: 30, output_tokens: 7, total_tokens: 37 };
  const whole = { ...base, status: 'completed', output: [reasoning, item], usage };
  const failed = {
    ...base,
    status: 'failed',
    error: { code: 'server_error', message: failure },
    output: [],
    usage: null,
  };
  if (body?.stream !== true) return { body: failure === undefined ? whole : failed };
  let number = 0;
  const typed = (type: string, rest: object): string =>
    event({ type, sequence_number: number++, ...rest }, type);
  const place = { item_id: 'msg_1', output_index: 1, content_index: 0 };
  const begun = { ...base, status: 'in_progress', output: [], usage: null };
  const head = [
    typed('response.created', { response: begun }),
    typed('response.in_progress', { response: begun }),
    typed('response.output_item.added', {
      output_index: 1,
      item: { ...item, status: 'in_progress', content: [] },
    }),
    typed('response.content_part.added', { ...place, part: { ...part, text: '' } }),
  ];
  const deltas = pieces.map((delta) =>
    typed('response.output_text.delta', { ...place, delta, logprobs: [] }),
  );
  const tail = [
    typed('response.output_text.done', { ...place, text, logprobs: [] }),
    typed('response.content_part.done', { ...place, part }),
    typed('response.output_item.done', { output_index: 1, item }),
    typed('response.completed', { response: whole }),
  ];
  const end = failure === undefined ? tail : [typed('response.failed', { response: failed })];
  return { type: STREAM, pieces: [...head, ...deltas, ...end], between: 2 };
}

/** A chain served by LangServe: text, or a retrieval chain's object with its context. */
export function langserveApi(
  { body, method, path }: RagRequest,
  answer: RagAnswer,
  chain: 'text' | 'retrieval',
): RagReply {
  if (method !== 'POST' || body === undefined || !('input' in body))
    return { status: 422, body: { detail: 'input: Field required' } };
  const { pieces, sources, failure } = answer;
  const context = sources.map(({ id, text }) => ({
    id: null,
    page_content: text,
    metadata: { source: id, score: 0.5 },
    type: 'Document',
  }));
  if (path.endsWith('/invoke')) {
    if (failure !== undefined) return { status: 500, type: 'text/plain', body: 'Internal Server Error' };
    const output =
      chain === 'text' ? pieces.join('') : { input: body.input, context, answer: pieces.join('') };
    return { body: { output, metadata: { run_id: 'run-1', feedback_tokens: [] } } };
  }
  if (!path.endsWith('/stream')) return { status: 404, body: { detail: 'Not Found' } };
  const sent = (name: string, data?: unknown): string =>
    `event: ${name}\r\n${data === undefined ? '' : `data: ${JSON.stringify(data)}\r\n`}\r\n`;
  const before = chain === 'text' ? [] : [sent('data', { input: body.input }), sent('data', { context })];
  const said = pieces.map((piece) => sent('data', chain === 'text' ? piece : { answer: piece }));
  const end =
    failure === undefined
      ? sent('end')
      : sent('error', { status_code: 500, message: 'Internal Server Error' });
  return {
    type: STREAM,
    pieces: [sent('metadata', { run_id: 'run-1' }), ': ping - 2026-01-01\r\n\r\n', ...before, ...said, end],
    between: 2,
  };
}
