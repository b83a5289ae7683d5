import type { OpenAI } from 'openai';
import { GroundspeedError } from '../../kernel/errors.ts';
import { addressOf, connect, failureOf, requireKey, safeMessage, statusOf } from '../openai-service.ts';
import type { EngineOptions } from '../options.ts';
import type { Embedder } from '../ports.ts';
import { ServiceError } from '../service-error.ts';

type Settings = Pick<EngineOptions, 'embedding' | 'openai'>;

/** Models that can be asked for shorter vectors than their own. */
const SHORTENS = /text-embedding-3/;

/** `openai/text-embedding-3-small/256` */
export function openaiEmbedderId({ model, dimensions }: EngineOptions['embedding']): string {
  return `openai/${model}/${dimensions}`;
}

/**
 * Vectors from any OpenAI-compatible service, `embedding.batchSize` texts a request, one request after another. Blank
 * texts, which services refuse, get a zero vector.
 */
export function createOpenAIEmbedder(settings: Settings): Embedder {
  requireKey(settings.openai, 'embedding.provider');
  const { dimensions, batchSize } = settings.embedding;
  let client: Promise<OpenAI> | undefined;

  return {
    id: openaiEmbedderId(settings.embedding),
    dimensions,
    async embed(texts, { signal }) {
      signal?.throwIfAborted();
      const vectors: Float32Array[] = texts.map(() => new Float32Array(dimensions));
      const places = [...texts.keys()].filter((place) => texts[place]!.trim() !== '');
      let inputTokens = 0;
      for (let start = 0; start < places.length; start += batchSize) {
        client ??= connect(settings.openai);
        const batch = places.slice(start, start + batchSize);
        const input = batch.map((place) => texts[place]!);
        const reply = await request(await client, { settings, input, signal });
        for (const { index, embedding } of inOrder(reply, batch.length, settings)) {
          const place = batch[index]!;
          vectors[place] = unitVector(embedding, { settings, place });
        }
        inputTokens += reply.usage?.prompt_tokens ?? 0;
      }
      return { vectors, inputTokens };
    },
  };
}

async function request(
  client: OpenAI,
  { settings, input, signal }: { settings: Settings; input: string[]; signal: AbortSignal | undefined },
): Promise<OpenAI.CreateEmbeddingResponse> {
  const { model, dimensions } = settings.embedding;
  const { timeoutMs } = settings.openai;
  // The client's own time limit ends with the reply's headers; this one covers its body too.
  const deadline = AbortSignal.timeout(timeoutMs);
  try {
    return await client.embeddings.create(
      { model, input, encoding_format: 'float', ...(SHORTENS.test(model) && { dimensions }) },
      {
        signal: signal === undefined ? deadline : AbortSignal.any([signal, deadline]),
        timeout: timeoutMs + 1000,
      },
    );
  } catch (error) {
    signal?.throwIfAborted();
    throw failure(error, settings, deadline.aborted);
  }
}

function failure(error: unknown, { embedding, openai }: Settings, late: boolean): GroundspeedError {
  const status = statusOf(error);
  const what = late
    ? `did not answer within ${openai.timeoutMs} ms`
    : `failed${status === undefined ? '' : ` with status ${status}`}: ${safeMessage(error, openai.apiKey)}`;
  return new ServiceError('embedding.failed', `The embedding service ${what}`, {
    ...failureOf(error, late),
    where: addressOf(openai),
    hint: late
      ? 'Raise openai.timeoutMs, lower embedding.batchSize, or use a faster model.'
      : error instanceof SyntaxError
        ? `${NO_PROTOCOL}: that is no JSON.`
        : hintFor(status, embedding.model),
  });
}

function hintFor(status: number | undefined, model: string): string {
  if (status === undefined) return 'Check that the service runs and that OPENAI_BASE_URL is right.';
  if (status === 401 || status === 403) return 'Check OPENAI_API_KEY: the service refused it.';
  if (status === 404) return `Check embedding.model (${model}) and OPENAI_BASE_URL: one of them is unknown.`;
  if (status === 429) return 'The service limits the rate: wait, or raise the limit of your account.';
  if (status < 500) return 'The service refused the texts: check embedding.model and embedding.batchSize.';
  return 'The service is in trouble: try again later.';
}

const NO_PROTOCOL = 'The service at OPENAI_BASE_URL does not keep to the protocol';

/** The embeddings of a reply, after checking that it holds some, and that each text has exactly one. */
function inOrder(
  reply: OpenAI.CreateEmbeddingResponse,
  count: number,
  { embedding: { model }, openai }: Settings,
): readonly OpenAI.Embedding[] {
  // The client passes on whatever came with a status of success: a page for signing in, say.
  const data = (reply as Partial<OpenAI.CreateEmbeddingResponse> | undefined)?.data;
  if (!Array.isArray(data) || !data.every((one) => Array.isArray(one?.embedding))) {
    throw new ServiceError('embedding.failed', 'The embedding service answered, but not with embeddings', {
      malformed: true,
      where: addressOf(openai),
      hint: `${NO_PROTOCOL}; its address mostly ends in /v1.`,
    });
  }
  const indexes = new Set(data.map(({ index }) => index));
  const complete = data.length === count && data.every((_, index) => indexes.has(index));
  if (complete) return data;
  throw new ServiceError(
    'embedding.failed',
    `${model} was sent ${count} texts and answered with ${data.length} vectors, not one for each`,
    { malformed: true, where: addressOf(openai), hint: `${NO_PROTOCOL}; try embedding.batchSize=1.` },
  );
}

function unitVector(
  numbers: readonly number[],
  { settings: { embedding, openai }, place }: { settings: Settings; place: number },
): Float32Array {
  const { dimensions, model } = embedding;
  if (numbers.length !== dimensions) {
    throw new GroundspeedError(
      'embedding.dimension',
      `${model} gave ${numbers.length} numbers for text ${place + 1}; ${dimensions} were expected`,
      { where: 'embedding.dimensions', hint: `Set embedding.dimensions=${numbers.length}.` },
    );
  }
  const wrong = numbers.findIndex((number) => !Number.isFinite(number));
  const length = Math.sqrt(numbers.reduce((sum, number) => sum + number * number, 0));
  if (wrong >= 0 || !Number.isFinite(length)) {
    const what = wrong >= 0 ? `${numbers[wrong]} at position ${wrong} of` : 'numbers that are too large in';
    throw new GroundspeedError(
      'embedding.notFinite',
      `${model} gave ${what} the vector of text ${place + 1}`,
      { where: addressOf(openai), hint: 'The model or its service is at fault: try another model.' },
    );
  }
  return Float32Array.from(numbers, (number) => (length === 0 ? 0 : number / length));
}
