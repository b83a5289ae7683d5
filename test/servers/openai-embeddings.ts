import { createServer, type ServerResponse } from 'node:http';
import { listen, sendError, textOf } from './openai-service.ts';

export interface EmbeddingsRequest {
  readonly model: string;
  readonly input: readonly string[];
  readonly dimensions?: number;
  readonly encoding_format?: string;
}

/** How the server answers one request; without an `embed` of its own, with a vector that depends on the text. */
export interface EmbeddingsReply {
  /** The numbers for a text; `null` is what JSON makes of NaN. */
  readonly embed?: (text: string) => readonly (number | null)[];
  /** An error status instead of vectors, with the message that the service gives. */
  readonly status?: number;
  readonly message?: string;
  /** This instead of vectors, as of this media type. */
  readonly body?: string;
  readonly type?: string;
  /** Vectors in reverse order (each says which text it is for), one missing, or never the end of the reply. */
  readonly fault?: 'reversed' | 'missing' | 'silent';
}

export interface EmbeddingsServer {
  readonly baseUrl: string;
  readonly requests: readonly {
    readonly body: EmbeddingsRequest;
    readonly authorization: string | undefined;
  }[];
  close(): Promise<void>;
}

/** An embeddings service on this machine: the real protocol over real HTTP. */
export async function startEmbeddingsServer(
  reply: (request: EmbeddingsRequest) => EmbeddingsReply = () => ({}),
): Promise<EmbeddingsServer> {
  const requests: { body: EmbeddingsRequest; authorization: string | undefined }[] = [];
  const server = createServer(async (request, response) => {
    if (request.method !== 'POST' || request.url !== '/v1/embeddings') {
      return sendError(response, 404, `no route ${request.method} ${request.url}`);
    }
    const body = JSON.parse(await textOf(request)) as EmbeddingsRequest;
    requests.push({ body, authorization: request.headers.authorization });
    const answer = reply(body);
    if (answer.status !== undefined) return sendError(response, answer.status, answer.message ?? 'refused');
    if (answer.body !== undefined) {
      response.writeHead(200, { 'content-type': answer.type ?? 'application/json' }).end(answer.body);
      return;
    }
    sendVectors(response, body, answer);
  });
  const listening = await listen(server);
  return {
    ...listening,
    requests,
  };
}

function sendVectors(response: ServerResponse, body: EmbeddingsRequest, reply: EmbeddingsReply): void {
  const embed = reply.embed ?? ((text: string) => letters(text, body.dimensions ?? 8));
  const data = body.input.map((text, index) => ({ object: 'embedding', index, embedding: embed(text) }));
  if (reply.fault === 'reversed') data.reverse();
  if (reply.fault === 'missing') data.pop();
  const tokens = body.input.reduce((sum, text) => sum + text.split(/\s+/).length, 0);
  const usage = { prompt_tokens: tokens, total_tokens: tokens };
  response.writeHead(200, { 'content-type': 'application/json' });
  const content = JSON.stringify({ object: 'list', data, model: body.model, usage });
  if (reply.fault === 'silent') response.write(content.slice(0, 20));
  else response.end(content);
}

/** Counts of letters, folded into so many numbers: not of unit length, as some services' vectors are not. */
function letters(text: string, dimensions: number): number[] {
  const numbers = new Array<number>(dimensions).fill(0);
  for (const letter of text) numbers[letter.codePointAt(0)! % dimensions]! += 1;
  return numbers;
}
