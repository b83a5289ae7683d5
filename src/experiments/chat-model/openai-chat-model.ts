import type { APIError, OpenAI } from 'openai';
import {
  addressOf,
  connect,
  type OpenAISettings,
  safeMessage,
  statusOf,
} from '../../engine/openai-service.ts';
import type { Clock } from '../../kernel/clock.ts';
import { milliseconds } from '../../kernel/units.ts';
import {
  ChatCallError,
  type ChatFault,
  type ChatModel,
  type ChatReply,
  type ChatRequest,
  type ChatTerms,
} from '../chat-model/port.ts';
import { retryAfterOf } from './retry-after.ts';

type Completion = OpenAI.Chat.Completions.ChatCompletion;
type Body = OpenAI.Chat.Completions.ChatCompletionCreateParamsNonStreaming;

/** Rough, for English prose; used only where a service does not report its usage. */
const CHARACTERS_PER_TOKEN = 4;

export interface ChatModelSettings {
  readonly model: string;
  readonly temperature: number;
  /** Tokens of one reply, at most. */
  readonly maxTokens: number;
  readonly timeoutMs: number;
}

/** How one service wants to be asked: learnt from what it refuses. */
interface Dialect extends ChatTerms {
  readonly limit: 'max_tokens' | 'max_completion_tokens';
}

/**
 * A chat model behind any OpenAI-compatible service. Replies are held to the schema (`json_schema`); a service that refuses
 * that is asked for any JSON object, then for text. What else it refuses (a temperature, a seed, a name for the limit
 * of tokens) is left out from then on, and `terms` says so.
 */
export function createOpenAIChatModel(
  settings: ChatModelSettings,
  service: OpenAISettings,
  clock: Clock,
): ChatModel {
  const api = service.baseUrl === undefined;
  let client: Promise<OpenAI> | undefined;
  let sent = 0;
  let dialect: Dialect = {
    structuredOutput: 'json_schema',
    temperature: settings.temperature,
    seeded: true,
    // OpenAI's newest models refuse the old name; other services know no other.
    limit: api ? 'max_completion_tokens' : 'max_tokens',
  };

  return {
    model: settings.model,
    service: withoutUser(addressOf(service)),
    get terms() {
      const { structuredOutput, temperature, seeded } = dialect;
      return { structuredOutput, temperature, seeded };
    },
    get sent() {
      return sent;
    },
    async ask(request) {
      client ??= connect(service);
      const connected = await client;
      let spoken = dialect;
      for (;;) {
        try {
          const body = bodyOf(request, settings, spoken);
          sent += 1;
          const completion = await send(connected, body, { request, timeoutMs: settings.timeoutMs, clock });
          const reply = read(completion, request);
          dialect = spoken;
          return reply;
        } catch (error) {
          request.signal?.throwIfAborted();
          if (error instanceof ChatCallError) {
            if (error.fault === 'malformed' || error.fault === 'refused') dialect = spoken;
            throw error;
          }
          const next = otherwise(spoken, error);
          if (next === undefined) throw failure(error, service.apiKey, clock);
          spoken = next;
        }
      }
    },
  };
}

function bodyOf({ messages, schema, seed }: ChatRequest, settings: ChatModelSettings, spoken: Dialect): Body {
  return {
    model: settings.model,
    messages: messages.map(({ role, content }) => ({ role, content })),
    [spoken.limit]: settings.maxTokens,
    ...(spoken.temperature !== null && { temperature: spoken.temperature }),
    ...(spoken.seeded && { seed }),
    ...(spoken.structuredOutput === 'json_schema' && {
      response_format: { type: 'json_schema', json_schema: { ...schema, strict: true } },
    }),
    ...(spoken.structuredOutput === 'json_object' && { response_format: { type: 'json_object' } }),
  };
}

interface Sending {
  readonly request: ChatRequest;
  readonly timeoutMs: number;
  readonly clock: Clock;
}

/** One request to the end of its body: the client's own time limit ends with the reply's headers. */
async function send(client: OpenAI, body: Body, { request, timeoutMs, clock }: Sending): Promise<Completion> {
  const late = new AbortController();
  const answered = new AbortController();
  clock.sleep(milliseconds(timeoutMs), answered.signal).then(
    () => late.abort(),
    () => undefined,
  );
  const signals = request.signal === undefined ? [late.signal] : [late.signal, request.signal];
  try {
    return await client.chat.completions.create(body, {
      signal: AbortSignal.any(signals),
      timeout: timeoutMs + 1000,
    });
  } catch (error) {
    if (late.signal.aborted) throw new ChatCallError('timeout', `no reply within ${timeoutMs} ms`);
    throw error;
  } finally {
    answered.abort();
  }
}

/** The client passes on whatever came with a status of success: a page for signing in, say. */
function read(completion: Completion, { messages }: ChatRequest): ChatReply {
  const choice = (completion as Partial<Completion> | undefined)?.choices?.[0];
  if (choice?.message === undefined) {
    throw new ChatCallError('malformed', 'the service answered, but not with a chat completion');
  }
  const { content, refusal } = choice.message;
  const usage = usageOf(completion, messages, content ?? '');
  if (refusal)
    throw new ChatCallError('refused', `the model refused: ${safeMessage(refusal, undefined)}`, { usage });
  if (choice.finish_reason === 'content_filter') {
    throw new ChatCallError('refused', 'the service filtered the reply', { usage });
  }
  if (choice.finish_reason === 'length') {
    throw new ChatCallError('malformed', 'the reply was cut at its limit of tokens', { usage });
  }
  if (typeof content !== 'string' || content.trim() === '') {
    throw new ChatCallError('malformed', 'the reply has no text', { usage });
  }
  return { text: content, model: String(completion.model ?? ''), usage };
}

function usageOf({ usage }: Completion, messages: ChatRequest['messages'], text: string): ChatReply['usage'] {
  const estimate = (characters: number): number => Math.ceil(characters / CHARACTERS_PER_TOKEN);
  return {
    inputTokens:
      usage?.prompt_tokens ?? estimate(messages.reduce((sum, { content }) => sum + content.length, 0)),
    outputTokens: usage?.completion_tokens ?? estimate(text.length),
  };
}

/** How to ask again what a service refused over a parameter; undefined where nothing of that is left to change. */
function otherwise(spoken: Dialect, error: unknown): Dialect | undefined {
  const status = statusOf(error);
  if (status !== 400 && status !== 422 && status !== 501) return undefined;
  const { param } = error as Partial<APIError>;
  const said = `${param ?? ''} ${error instanceof Error ? error.message : ''}`.toLowerCase();
  if (said.includes('temperature') && spoken.temperature !== null) return { ...spoken, temperature: null };
  if (/\bseed\b/.test(said) && spoken.seeded) return { ...spoken, seeded: false };
  if (
    said.includes('max_tokens') &&
    spoken.limit === 'max_tokens' &&
    said.includes('max_completion_tokens')
  ) {
    return { ...spoken, limit: 'max_completion_tokens' };
  }
  if (said.includes('max_completion_tokens') && spoken.limit === 'max_completion_tokens') {
    return { ...spoken, limit: 'max_tokens' };
  }
  if (/context.length|too (?:long|large|many tokens)|maximum context/.test(said)) return undefined;
  switch (spoken.structuredOutput) {
    case 'json_schema':
      return { ...spoken, structuredOutput: 'json_object' };
    case 'json_object':
      return { ...spoken, structuredOutput: 'none' };
    case 'none':
      return undefined;
  }
}

function failure(error: unknown, key: string | undefined, clock: Clock): ChatCallError {
  const status = statusOf(error);
  const said = safeMessage(error, key);
  const message = status === undefined ? said : `status ${status}: ${said}`;
  const headers = (error as Partial<APIError>).headers;
  return new ChatCallError(faultOf(status, error), message, {
    retryAfterMs: retryAfterOf(headers, clock.epoch()),
  });
}

function faultOf(status: number | undefined, error: unknown): ChatFault {
  // The client reads JSON itself: what is none came with a status of success.
  if (status === undefined) return error instanceof SyntaxError ? 'malformed' : 'connection';
  if (status === 429) return 'rate-limited';
  if (status === 401 || status === 403 || status === 404) return 'unusable';
  if (status === 408 || status === 409) return 'timeout';
  return status >= 500 ? 'server-error' : 'rejected';
}

function withoutUser(address: string): string {
  const url = new URL(address);
  url.username = '';
  url.password = '';
  url.search = '';
  return url.href;
}
