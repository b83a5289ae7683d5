import { createServer, type ServerResponse } from 'node:http';
import { listen, textOf } from './openai-service.ts';

export interface JudgeBody {
  readonly model: string;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly response_format?: {
    readonly type: string;
    readonly json_schema?: { readonly name: string; readonly strict: boolean; readonly schema: object };
  };
  readonly temperature?: number;
  readonly seed?: number;
  readonly [setting: string]: unknown;
}

/** How the service answers one request. */
export interface JudgeAnswer {
  /** The model's words; an object is sent as JSON. */
  readonly content?: unknown;
  readonly refusal?: string;
  readonly finish?: string;
  readonly usage?: { readonly prompt_tokens: number; readonly completion_tokens: number };
  /** An error status instead of an answer. */
  readonly status?: number;
  readonly error?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** `silent` never answers; `cut` breaks off in the middle of the body; `page` sends HTML with status 200. */
  readonly ending?: 'silent' | 'cut' | 'page';
  /** Wait for this before answering. */
  readonly after?: Promise<unknown>;
}

export interface JudgingService {
  readonly baseUrl: string;
  readonly requests: readonly { readonly body: JudgeBody; readonly authorization: string | undefined }[];
  /** Requests under way at once, at most, so far. */
  readonly mostAtOnce: () => number;
  close(): Promise<void>;
}

/** A chat-completions service on this machine that judges: the real protocol over real HTTP. `place` counts from 0. */
export async function startJudgingService(
  answer: (body: JudgeBody, place: number) => JudgeAnswer,
): Promise<JudgingService> {
  const requests: { body: JudgeBody; authorization: string | undefined }[] = [];
  let atOnce = 0;
  let most = 0;
  const server = createServer(async (request, response) => {
    const body = JSON.parse(await textOf(request)) as JudgeBody;
    requests.push({ body, authorization: request.headers.authorization });
    atOnce += 1;
    most = Math.max(most, atOnce);
    response.on('close', () => {
      atOnce -= 1;
    });
    const reply = answer(body, requests.length - 1);
    await reply.after;
    send(response, body, reply);
  });
  const listening = await listen(server);
  return {
    ...listening,
    requests,
    mostAtOnce: () => most,
  };
}

function send(response: ServerResponse, body: JudgeBody, reply: JudgeAnswer): void {
  if (reply.ending === 'silent') return;
  if (reply.ending === 'page') {
    response.writeHead(200, { 'content-type': 'text/html' });
    return void response.end('<html>Sign in</html>');
  }
  const { status = 200, headers } = reply;
  const text = JSON.stringify(
    status === 200 ? completion(body, reply) : { error: { message: 'refused', ...reply.error } },
  );
  if (reply.ending === 'cut') {
    response.writeHead(status, { 'content-type': 'application/json', 'content-length': text.length + 100 });
    response.write(text.slice(0, text.length / 2));
    return void setTimeout(() => response.destroy(), 5);
  }
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(text);
}

function completion({ model }: JudgeBody, { content, refusal, finish = 'stop', usage }: JudgeAnswer): object {
  const text = typeof content === 'string' || content === undefined ? content : JSON.stringify(content);
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 0,
    model: `${model}-2026-01-01`,
    choices: [
      {
        index: 0,
        finish_reason: finish,
        message: { role: 'assistant', content: text ?? null, refusal: refusal ?? null },
      },
    ],
    ...(usage && { usage: { ...usage, total_tokens: usage.prompt_tokens + usage.completion_tokens } }),
  };
}
