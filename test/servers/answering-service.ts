import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the service does with one question. `reset` breaks the connection; `hang` never answers. */
export type Deed =
  | { readonly after?: number; readonly status?: number; readonly body?: unknown; readonly type?: string }
  | 'reset'
  | 'hang';

export interface AnsweringService {
  readonly url: string;
  /** The questions that came, in order. */
  readonly asked: readonly string[];
  readonly headers: readonly IncomingMessage['headers'][];
  /** Stops listening and breaks every connection, as a crash does. */
  stop(): Promise<void>;
  /** Listens again, on the same port. */
  start(): Promise<void>;
}

/** A service of the `groundspeed` preset whose behaviour a test says, by the number of the question since it began. */
export async function answeringService(
  behave: (nth: number, question: string) => Deed,
): Promise<AnsweringService> {
  const asked: string[] = [];
  const headers: IncomingMessage['headers'][] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { query = '' } = JSON.parse(Buffer.concat(chunks).toString() || '{}') as { query?: string };
      headers.push(request.headers);
      act(behave(asked.push(query) - 1, query), request, response);
    });
  });
  const listen = (port: number): Promise<void> =>
    new Promise((resolve) => server.listen(port, '127.0.0.1', () => resolve()));
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  await listen(0);
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, asked, headers, stop, start: () => listen(port) };
}

function act(deed: Deed, request: IncomingMessage, response: ServerResponse): void {
  if (deed === 'hang') return;
  if (deed === 'reset') {
    request.socket.resetAndDestroy();
    return;
  }
  const { after = 0, status = 200, body, type = 'application/json' } = deed;
  const send = (): void => {
    response.writeHead(status, { 'content-type': type });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };
  if (after === 0) send();
  else setTimeout(send, after);
}
