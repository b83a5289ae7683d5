import { createServer, type ServerResponse } from 'node:http';
import { listen, sendError, textOf } from './openai-service.ts';

export interface ChatRequest {
  readonly model: string;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly stream?: boolean;
  readonly stream_options?: { readonly include_usage?: boolean };
  readonly [setting: string]: unknown;
}

/** How the server answers one request. */
export interface ChatReply {
  /** The answer, in the pieces in which it is streamed. */
  readonly pieces?: readonly string[];
  /** An error status instead of an answer, with the message that the service gives. */
  readonly status?: number;
  readonly message?: string;
  /** The stream ends without its last chunk; `cut` also destroys the connection. */
  readonly ending?: 'whole' | 'unfinished' | 'cut' | 'silent';
  /** Tokens reported, where the service reports them. */
  readonly usage?: { readonly prompt_tokens: number; readonly completion_tokens: number };
}

export interface ChatServer {
  readonly baseUrl: string;
  readonly requests: readonly { readonly body: ChatRequest; readonly authorization: string | undefined }[];
  /** Connections that the client closed before its answer was whole. */
  readonly abandoned: () => number;
  close(): Promise<void>;
}

/** A chat-completions service on this machine: the real protocol over real HTTP, streamed (SSE) or whole. */
export async function startChatServer(reply: (request: ChatRequest) => ChatReply): Promise<ChatServer> {
  const requests: { body: ChatRequest; authorization: string | undefined }[] = [];
  let abandoned = 0;
  const server = createServer(async (request, response) => {
    if (request.method !== 'POST' || request.url !== '/v1/chat/completions') {
      return sendError(response, 404, `no route ${request.method} ${request.url}`);
    }
    const body = JSON.parse(await textOf(request)) as ChatRequest;
    requests.push({ body, authorization: request.headers.authorization });
    response.on('close', () => {
      if (!response.writableFinished) abandoned += 1;
    });
    const answer = reply(body);
    if (answer.status !== undefined) return sendError(response, answer.status, answer.message ?? 'refused');
    if (body.stream) sendStream(response, body, answer);
    else sendWhole(response, body, answer);
  });
  const listening = await listen(server);
  return {
    ...listening,
    requests,
    abandoned: () => abandoned,
  };
}

function sendWhole(response: ServerResponse, { model }: ChatRequest, reply: ChatReply): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(
    JSON.stringify({
      id: 'chatcmpl-1',
      object: 'chat.completion',
      created: 0,
      model,
      choices: [
        {
          index: 0,
          finish_reason: 'stop',
          message: { role: 'assistant', content: (reply.pieces ?? []).join('') },
        },
      ],
      ...(reply.usage && { usage: withTotal(reply.usage) }),
    }),
  );
}

function sendStream(response: ServerResponse, body: ChatRequest, reply: ChatReply): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const send = (part: object) =>
    response.write(
      `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 0, model: body.model, ...part })}\n\n`,
    );
  send({ choices: [{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }] });
  for (const content of reply.pieces ?? []) {
    send({ choices: [{ index: 0, delta: { content }, finish_reason: null }] });
  }
  if (reply.ending === 'silent') return;
  if (reply.ending === 'unfinished') return void response.end();
  if (reply.ending === 'cut') return void setImmediate(() => response.destroy());
  send({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] });
  if (body.stream_options?.include_usage && reply.usage) {
    send({ choices: [], usage: withTotal(reply.usage) });
  }
  response.end('data: [DONE]\n\n');
}

const withTotal = (usage: NonNullable<ChatReply['usage']>) => ({
  ...usage,
  total_tokens: usage.prompt_tokens + usage.completion_tokens,
});
