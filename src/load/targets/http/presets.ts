import type { PresetName, StreamKind } from '../../options.ts';
import type { Json } from './expressions.ts';
import type { EventExpressions, ResponseExpressions } from './target-description.ts';

/** An API that is known: what a request looks like, and where everything stands in a response. */
export interface Preset {
  /** One line, for the documentation. */
  readonly summary: string;
  /** The ways in which the API answers, the default first. */
  readonly streams: readonly StreamKind[];
  readonly needsModel: boolean;
  /** Where the service of that name is, when no URL is given. */
  readonly url?: string;
  /** The path of the requests, by that of the URL which was given. */
  readonly path: (given: string, stream: StreamKind) => string;
  /** Headers by host, as settings have them: with references to the environment. */
  readonly headers?: (host: string) => Readonly<Record<string, string>>;
  readonly body: (stream: StreamKind) => Json;
  readonly response: (stream: StreamKind) => ResponseExpressions;
  /** For streams only. */
  readonly events: EventExpressions;
  readonly passagesOptional: boolean;
  readonly stages?: { readonly expression: string; readonly names: readonly string[] };
}

/** The key of OpenAI goes to OpenAI by itself. Nobody else gets it unless the settings say so. */
const openaiKey = (host: string): Readonly<Record<string, string>> =>
  host === 'api.openai.com' ? { authorization: `Bearer \${OPENAI_API_KEY}` } : {};

/** An address that does not end in the path of the API is that of its base. */
const below =
  (path: string, base: string) =>
  (given: string): string => {
    if (given.endsWith(path)) return given;
    return `${given === '/' ? base : given.replace(/\/$/, '')}${path}`;
  };

/**
 * The API of `groundspeed serve`. A service that answers `{"query": …}` with an `answer` and `sources` that have an `id`
 * speaks enough of it; what else it leaves out prints as "–".
 */
const groundspeed: Preset = {
  summary: 'POST /api/query {query, top_k} → {answer, sources: [{id, …}], …}, as `groundspeed serve` answers',
  streams: ['none', 'sse'],
  needsModel: false,
  path: (given) => (given === '/' ? '/api/query' : given),
  body: (stream) => ({
    query: '{{question}}',
    top_k: '{{top_k}}',
    ...(stream === 'sse' && { stream: true }),
  }),
  response: () => ({
    answer: 'answer',
    passages: 'sources',
    passageId: 'id',
    passageTitle: 'title',
    passageText: 'text',
    passageScore: 'score',
    passageStart: 'start',
    passageEnd: 'end',
    passageInContext: 'in_context',
    passageCited: 'cited',
    confidence: 'confidence',
    abstained: 'abstained',
    lastResort: 'fallback',
    // Null is a full answer; a service that does not have the field does not say.
    degraded: "degraded.level || (type(@) == 'object' && contains(keys(@), 'degraded') && 'none') || `null`",
    cache: 'cache',
    matched: 'matched.question',
    similarity: 'matched.similarity',
    inputTokens: 'usage.input_tokens',
    outputTokens: 'usage.output_tokens',
    costUsd: 'cost_usd',
    queueMs: 'queue_time',
    error: 'error.message || error',
  }),
  events: {
    token: "event == 'token' && not_null(text, token, data)",
    final: "event == 'done' && @",
  },
  passagesOptional: false,
  stages: { expression: 'stages', names: ['embed', 'retrieve', 'rerank', 'prompt', 'generate'] },
};

/**
 * Chat completions, by OpenAI or any compatible service: a RAG system that is asked like a model, or a model alone. It
 * has no passages of its own; where a service adds them, target.response.passages says where.
 */
const openaiChat: Preset = {
  summary: 'POST /v1/chat/completions, of OpenAI and of compatible services',
  streams: ['none', 'sse'],
  needsModel: true,
  url: 'https://api.openai.com/v1',
  path: below('/chat/completions', '/v1'),
  headers: openaiKey,
  body: (stream) => ({
    model: '{{model}}',
    messages: [{ role: 'user', content: '{{question}}' }],
    ...(stream === 'sse' && { stream: true, stream_options: { include_usage: true } }),
  }),
  response: () => ({
    answer: 'not_null(choices[0].message.content, choices[0].message.refusal)',
    inputTokens: 'usage.prompt_tokens',
    outputTokens: 'usage.completion_tokens',
    error: 'error.message || error',
  }),
  events: {
    token: 'choices[0].delta.content || choices[0].delta.refusal',
    final: 'usage && @',
    done: '[DONE]',
  },
  passagesOptional: true,
};

/**
 * The Responses API of OpenAI. With its file search, and `include: ["file_search_call.results"]` in the body, passages
 * stand at `output[?type=='file_search_call'].results[]`, their documents' names at `filename`.
 */
const openaiResponses: Preset = {
  summary: 'POST /v1/responses, of OpenAI and of compatible services',
  streams: ['none', 'sse'],
  needsModel: true,
  url: 'https://api.openai.com/v1',
  path: below('/responses', '/v1'),
  headers: openaiKey,
  body: (stream) => ({
    model: '{{model}}',
    input: '{{question}}',
    ...(stream === 'sse' && { stream: true }),
  }),
  response: (stream) => ({
    answer: "join('', output[?type=='message'].content[].not_null(text, refusal, ''))",
    inputTokens: 'usage.input_tokens',
    outputTokens: 'usage.output_tokens',
    error:
      stream === 'none'
        ? 'error.message || error'
        : "type=='response.failed' && not_null(response.error.message, 'the response failed')",
  }),
  events: {
    token: "(type=='response.output_text.delta' || type=='response.refusal.delta') && delta",
    // An incomplete response ran into a limit of its length: that is an end, and its text an answer.
    final: "(type=='response.completed' || type=='response.incomplete') && response",
  },
  passagesOptional: true,
};

/** A part of what LangServe's chain puts out, which stands in `output` unless it is streamed piece by piece. */
const langservePart = (stream: StreamKind, part: string): string =>
  stream === 'none' ? `output.${part}` : part;

/**
 * A chain served by LangServe: what it puts out may be text, a message, or, as retrieval chains do, an object with
 * `answer` and `context`. A chain that takes an object needs a body of its own: `{input: {question: "{{question}}"}}`.
 */
const langserve: Preset = {
  summary: 'POST /invoke or /stream below the URL of a chain, as LangServe serves it',
  streams: ['none', 'sse'],
  needsModel: false,
  path: (given, stream) =>
    /\/(invoke|stream)$/.test(given)
      ? given
      : `${given.replace(/\/$/, '')}/${stream === 'none' ? 'invoke' : 'stream'}`,
  body: () => ({ input: '{{question}}' }),
  response: (stream) => ({
    ...(stream === 'none' && { answer: 'not_null(output.answer, output.result, output.content, output)' }),
    passages: `not_null(${langservePart(stream, 'context')}, ${langservePart(stream, 'source_documents')})`,
    passageId: 'metadata.id || metadata.source || id',
    passageTitle: 'metadata.title',
    passageText: 'page_content',
    passageScore: 'metadata.score || metadata.relevance_score',
    error: 'error.message || error',
  }),
  events: {
    token: "event=='data' && not_null(answer, result, content, data)",
    // By their names: a chain that found nothing puts out an empty list.
    final: "event=='data' && (contains(keys(@), 'context') || contains(keys(@), 'source_documents')) && @",
    done: 'end',
  },
  passagesOptional: true,
};

export const PRESET: Readonly<Record<PresetName, Preset>> = {
  groundspeed,
  'openai-chat': openaiChat,
  'openai-responses': openaiResponses,
  langserve,
};
