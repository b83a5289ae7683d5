import type { OpenAI } from 'openai';
import type { Clock } from '../../kernel/clock.ts';
import { milliseconds } from '../../kernel/units.ts';
import { analyse } from '../../text/analyse.ts';
import { addressOf, connect, failureOf, requireKey, safeMessage, statusOf } from '../openai-service.ts';
import type { EngineOptions } from '../options.ts';
import type { GeneratedAnswer, GenerationRequest, Generator, Passage, TokenUsage } from '../ports.ts';
import { ServiceError } from '../service-error.ts';
import { isAbstention } from './abstention.ts';
import { CitationReader } from './citations.ts';
import { type PromptMessage, promptFor } from './prompt.ts';

/** OpenAI's own count for English prose; used only where a service does not report its usage. */
const CHARACTERS_PER_TOKEN = 4;

/**
 * Answers from a chat model, streamed, by any OpenAI-compatible service. Confidence is lexical: the share of the
 * answer's distinct terms that stand in the passages it cites; 0 when it cites none or abstains.
 */
export function createOpenAIGenerator(options: EngineOptions, clock: Clock): Generator {
  const { model } = options.generation;
  requireKey(options.openai, 'generation.provider');
  let client: Promise<OpenAI> | undefined;

  return {
    id: `openai/${model}`,
    async *generate(request) {
      const passages = request.passages;
      const prompt = promptFor(request.question, passages);
      const reader = new CitationReader(passages.length);
      const reply: Reply = { finished: false, usage: undefined };
      let text = '';
      client ??= connect(options.openai);
      for await (const piece of stream(await client, { options, clock, prompt, request, reply })) {
        const certain = reader.push(piece);
        text += certain;
        if (certain !== '') yield { type: 'text', text: certain };
      }
      const rest = reader.finish().trimEnd();
      if (rest !== '') yield { type: 'text', text: rest };
      text += rest;
      if (text.trim() === '') throw failure(new Error('the answer has no text'), options, false);
      const usage = reply.usage ?? estimate(prompt, text);
      yield { type: 'done', answer: { ...conclude(text, reader.citations, passages), usage, model } };
    },
  };
}

/** What a stream says besides its text. */
interface Reply {
  finished: boolean;
  usage: TokenUsage | undefined;
}

interface Exchange {
  readonly options: EngineOptions;
  readonly clock: Clock;
  readonly prompt: PromptMessage[];
  readonly request: GenerationRequest;
  readonly reply: Reply;
}

/** The pieces of the reply's text. Throws `generation.failed`, or the signal's reason when that aborted. */
async function* stream(client: OpenAI, exchange: Exchange): AsyncGenerator<string> {
  const { options, clock, prompt, request, reply } = exchange;
  const deadline = new AbortController();
  const answered = new AbortController();
  const { timeoutMs, baseUrl } = options.openai;
  clock.sleep(milliseconds(timeoutMs), answered.signal).then(
    () => deadline.abort(),
    () => undefined, // answered in time
  );
  const signals = request.signal === undefined ? [deadline.signal] : [deadline.signal, request.signal];
  const { model, temperature, maxTokens } = options.generation;
  try {
    const chunks = await client.chat.completions.create(
      {
        model,
        messages: prompt,
        temperature,
        // OpenAI's newest models refuse the old name; other services know no other.
        ...(baseUrl === undefined ? { max_completion_tokens: maxTokens } : { max_tokens: maxTokens }),
        stream: true,
        stream_options: { include_usage: true },
      },
      { signal: AbortSignal.any(signals), timeout: timeoutMs + 1000 },
    );
    for await (const chunk of chunks) {
      const choice = chunk.choices[0];
      if (choice?.finish_reason) reply.finished = true;
      if (chunk.usage) {
        reply.usage = {
          inputTokens: chunk.usage.prompt_tokens,
          outputTokens: chunk.usage.completion_tokens,
        };
      }
      if (choice?.delta.content) yield choice.delta.content;
    }
    // The client ends a stream quietly both when it is aborted and when the connection drops.
    if (!reply.finished) throw new Error('the answer broke off before its end');
  } catch (error) {
    request.signal?.throwIfAborted();
    throw failure(error, options, deadline.signal.aborted);
  } finally {
    answered.abort();
  }
}

function failure(error: unknown, { openai }: EngineOptions, late: boolean): ServiceError {
  const status = statusOf(error);
  const what = late
    ? `did not finish within ${openai.timeoutMs} ms`
    : `failed${status === undefined ? '' : ` with status ${status}`}: ${safeMessage(error, openai.apiKey)}`;
  return new ServiceError('generation.failed', `The generation service ${what}`, {
    ...failureOf(error, late),
    where: addressOf(openai),
    hint: late
      ? 'Raise openai.timeoutMs, lower generation.maxTokens, or use a faster model.'
      : hintFor(status),
  });
}

function hintFor(status: number | undefined): string {
  if (status === 401 || status === 403) return 'Check OPENAI_API_KEY: the service refused it.';
  if (status === 404)
    return 'Check generation.model and openai.baseUrl: the service does not know one of them.';
  if (status === 429)
    return 'The service limits the rate: ask less often, or raise the limit of your account.';
  if (status !== undefined && status >= 400 && status < 500)
    return 'The service refused the request: check generation.model, temperature and maxTokens.';
  return 'Check that the service runs and openai.baseUrl is right, then ask again.';
}

function conclude(
  text: string,
  citations: readonly number[],
  passages: readonly Passage[],
): Omit<GeneratedAnswer, 'usage' | 'model'> {
  if (isAbstention(text)) return { text, citations: [], confidence: 0, abstained: true };
  return { text, citations, confidence: lexicalSupport(text, citations, passages), abstained: false };
}

function lexicalSupport(text: string, citations: readonly number[], passages: readonly Passage[]): number {
  const terms = new Set(analyse(text));
  if (terms.size === 0 || citations.length === 0) return 0;
  const cited = new Set(citations.flatMap((index) => analyse(passages[index]!.text)));
  let supported = 0;
  for (const term of terms) if (cited.has(term)) supported += 1;
  return supported / terms.size;
}

function estimate(prompt: readonly PromptMessage[], text: string): TokenUsage {
  const characters = prompt.reduce((sum, { content }) => sum + content.length, 0);
  return {
    inputTokens: Math.ceil(characters / CHARACTERS_PER_TOKEN),
    outputTokens: Math.ceil(text.length / CHARACTERS_PER_TOKEN),
  };
}
