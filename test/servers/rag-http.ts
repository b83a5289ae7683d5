import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

export interface RagRequest {
  /** From 0. */
  readonly nth: number;
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body as JSON; undefined where it is none. */
  readonly body: Readonly<Record<string, unknown>> | undefined;
}

/** How the server answers one request. */
export interface RagReply {
  readonly status?: number;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A body, whole, or in pieces that are sent one after another. Objects are sent as JSON. */
  readonly body?: unknown;
  readonly pieces?: readonly (string | Uint8Array)[];
  /** Milliseconds before the first byte, and between pieces. */
  readonly after?: number;
  readonly between?: number;
  /**
   * `refused`: the connection is closed instead of an answer. `cut`: closed behind the last piece. `short`: fewer bytes
   * come than were announced. `silent`: nothing comes. `endless`: pieces come, and no end.
   */
  readonly fault?: 'refused' | 'cut' | 'short' | 'silent' | 'endless';
}

export interface RagServer {
  readonly url: string;
  readonly port: number;
  readonly requests: readonly RagRequest[];
  /** Connections that were made so far. */
  readonly connections: () => number;
  /** Requests whose client left before the answer was whole. */
  readonly abandoned: () => number;
  close(): Promise<void>;
}

export interface RagServerOptions {
  readonly tls?: { readonly key: string; readonly cert: string };
  /** By default any free one. */
  readonly port?: number;
}

/** An HTTP service on this machine that answers as it is told, also in ways that no service should. */
export async function startRagServer(
  reply: (request: RagRequest) => RagReply,
  { tls, port = 0 }: RagServerOptions = {},
): Promise<RagServer> {
  const requests: RagRequest[] = [];
  let connections = 0;
  let abandoned = 0;
  const handle = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const text = await textOf(incoming);
    const { method = '', url: path = '', headers } = incoming;
    const request = { nth: requests.length, method, path, headers, text, body: jsonOf(text) };
    requests.push(request);
    response.on('close', () => {
      if (!response.writableFinished) abandoned += 1;
    });
    await send(response, reply(request));
  };
  const listener = (incoming: IncomingMessage, response: ServerResponse): void => {
    // A client that leaves in the middle of its own request is no fault of the server.
    handle(incoming, response).catch(() => response.destroy());
  };
  const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${taken}`,
    port: taken,
    requests,
    connections: () => connections,
    abandoned: () => abandoned,
    close: () =>
      new Promise((resolve, reject) => {
        server.closeAllConnections();
        server.close((error) => (error ? reject(error) : resolve()));
      }),
  };
}

async function send(response: ServerResponse, answer: RagReply): Promise<void> {
  const {
    status = 200,
    type = 'application/json',
    headers = {},
    body,
    after = 0,
    between = 0,
    fault,
  } = answer;
  if (after > 0) await pause(after);
  if (fault === 'silent') return;
  if (fault === 'refused') return void response.destroy();
  const pieces = answer.pieces ?? (body === undefined ? [] : [bytesOf(body)]);
  const length = pieces.reduce((sum, piece) => sum + Buffer.byteLength(piece), 0);
  response.writeHead(status, {
    ...(type !== '' && { 'content-type': type }),
    ...(answer.pieces === undefined && { 'content-length': fault === 'short' ? length + 10 : length }),
    ...headers,
  });
  for (const piece of pieces) {
    response.write(piece);
    if (between > 0) await pause(between);
  }
  if (fault === 'endless') return drip(response);
  if (fault === undefined) return void response.end();
  // What was written goes out before the connection is closed.
  setImmediate(() => response.destroy());
}

function drip(response: ServerResponse): void {
  const timer = setInterval(() => response.write(': still here\n'), 20);
  response.on('close', () => clearInterval(timer));
}

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

const bytesOf = (body: unknown): string | Uint8Array =>
  typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body);

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const piece of request.setEncoding('utf8')) text += piece;
  return text;
}

function jsonOf(text: string): RagRequest['body'] {
  try {
    return JSON.parse(text) as RagRequest['body'];
  } catch {
    return undefined;
  }
}
