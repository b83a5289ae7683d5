import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock } from '../system/clock.ts';
import { formatFor, OPENMETRICS_TYPE, TEXT_TYPE } from '../telemetry/openmetrics.ts';
import { listenError, urlOf } from './service.ts';
import { type Exposition, standingExposition } from './standing-exposition.ts';

export interface ExpositionServerOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly exposition: Exposition;
  /** Called each time that somebody has been sent all of it. */
  readonly onRead?: () => void;
}

export interface ExpositionServer {
  /** Of the metrics. */
  readonly url: string;
  /** Ends all connections; resolves when they are gone. May be called again. */
  close(): Promise<void>;
}

const MOST_CONNECTIONS = 100;

/**
 * Serves `GET /metrics` and nothing else, for a process that has no HTTP service of its own. It keeps no process alive. Throws
 * `server.port` where the port cannot be had.
 */
export async function startExpositionServer(options: ExpositionServerOptions): Promise<ExpositionServer> {
  const { host, port, onRead } = options;
  const exposition = standingExposition(options.exposition, systemClock);
  const server = createServer((request, response) => {
    answer(request, response, { exposition, onRead }).catch(() => response.destroy());
  });
  server.maxConnections = MOST_CONNECTIONS;
  server.on('connection', (socket) => socket.unref());
  await listen(server, host, port);
  server.unref();
  const { port: taken } = server.address() as AddressInfo;
  let closing: Promise<void> | undefined;
  return {
    url: `${urlOf(host, taken)}/metrics`,
    close() {
      closing ??= new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      return closing;
    },
  };
}

async function answer(
  { method, url = '', headers }: IncomingMessage,
  response: ServerResponse,
  { exposition, onRead }: { readonly exposition: Exposition; readonly onRead: (() => void) | undefined },
): Promise<void> {
  const found = url.split('?', 1)[0] === '/metrics';
  if (!found || (method !== 'GET' && method !== 'HEAD')) {
    response.writeHead(found ? 405 : 404, found ? { allow: 'GET, HEAD' } : {}).end();
    return;
  }
  const format = formatFor(headers.accept);
  const text = await exposition(format);
  response.writeHead(200, {
    'content-type': format === 'openmetrics' ? OPENMETRICS_TYPE : TEXT_TYPE,
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    vary: 'accept',
  });
  if (method === 'GET' && onRead !== undefined) response.once('finish', onRead);
  response.end(method === 'HEAD' ? undefined : text);
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(listenError(error, host, port, '--metrics-port')));
    server.listen({ host, port }, resolve);
  });
}
