import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ExperimentEvent } from '../../experiments/events.ts';
import type { Clock } from '../../kernel/clock.ts';
import { GroundspeedError } from '../../kernel/errors.ts';
import { systemClock } from '../../system/clock.ts';
import { refusalOf } from './admission.ts';
import { contentSecurityPolicy, renderPage } from './document.ts';
import { encodeEvent, KEEP_ALIVE, STREAM_HEAD } from './event-stream.ts';
import { ICON } from './icon.ts';
import { type Finish, type Message, RunState } from './run-state.ts';

export interface LivePageOptions {
  /** The page is for who sits at this machine, hence no other address. */
  readonly host?: '127.0.0.1';
  /** 0, the default, takes any free port. */
  readonly port?: number;
  /** What runs: "tidewater on in-process". */
  readonly title: string;
  readonly clock?: Clock;
}

export interface LivePage {
  readonly url: string;
  /** Takes what the run tells; never throws, and never waits for a page. */
  readonly onEvent: (event: ExperimentEvent) => void;
  /** The run is over: the pages say so, and need the server no more. */
  finish(finish?: Finish): void;
  /** Ends all connections and the server; resolves when they are gone. May be called again. */
  close(): Promise<void>;
}

/** What the pages are told of a run that failed. */
const NO_RESULT = 'It ended before there was a result: the terminal says why';
const KEEP_ALIVE_MS = 15_000;
/** A page that does not read what it is sent is let go at so many bytes; it connects again by itself. */
const MOST_UNREAD_BYTES = 8 * 1024 * 1024;
const MOST_CONNECTIONS = 100;
/** How long pages get to take what was sent last. */
const LAST_WORDS_MS = 500;

/**
 * Serves a page on loopback that shows a run while it lasts. It keeps no process alive. Throws `server.port` where the
 * port cannot be had.
 */
export async function startLivePage(options: LivePageOptions): Promise<LivePage> {
  const { host = '127.0.0.1', port = 0, title, clock = systemClock } = options;
  const state = new RunState();
  const start = clock.now();
  const streams = new Set<ServerResponse>();
  const server = createServer((request, response) => answer(request, response, { title, state, streams }));
  server.maxConnections = MOST_CONNECTIONS;
  server.on('connection', (socket) => socket.unref());
  await listen(server, host, port);
  server.unref();
  const keepAlive = setInterval(() => sendAll(streams, KEEP_ALIVE), KEEP_ALIVE_MS).unref();
  const tell = (message: Message | undefined): void => {
    if (message !== undefined && streams.size > 0) sendAll(streams, encodeEvent(message[0], message[1]));
  };
  let closing: Promise<void> | undefined;
  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}/`,
    onEvent: (event) => tell(state.take(event, clock.now() - start)),
    finish: (finish = {}) => tell(state.finish(finish)),
    close: () => {
      clearInterval(keepAlive);
      if (!state.isFinished) tell(state.finish({ detail: NO_RESULT }));
      closing ??= close(server, streams);
      return closing;
    },
  };
}

interface Served {
  readonly title: string;
  readonly state: RunState;
  /** The pages that listen. */
  readonly streams: Set<ServerResponse>;
}

const SECURITY_HEADERS = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
};

function answer(request: IncomingMessage, response: ServerResponse, served: Served): void {
  const { method, headers, url = '/' } = request;
  const path = url.split('?', 1)[0]!;
  const site = headers['sec-fetch-site'];
  const refusal = refusalOf({
    method,
    host: headers.host,
    site: typeof site === 'string' ? site : undefined,
    path,
  });
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
  if (refusal !== undefined) {
    plain(response, refusal.status, refusal.text, refusal.headers);
  } else if (path === '/') {
    const nonce = randomBytes(16).toString('base64');
    response.writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': contentSecurityPolicy(nonce),
    });
    response.end(renderPage({ title: served.title, nonce }));
  } else if (path === '/events') {
    openStream(response, served);
  } else if (path === '/icon.svg') {
    response.writeHead(200, { 'content-type': 'image/svg+xml' }).end(ICON);
  } else {
    plain(response, 404, 'There is nothing here; the page is at /.');
  }
}

function plain(response: ServerResponse, status: number, text: string, headers = {}): void {
  response.writeHead(status, { ...headers, 'content-type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
}

function openStream(response: ServerResponse, { state, streams }: Served): void {
  // The stream's end is the connection's: nothing is left open when the server closes.
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', connection: 'close' });
  response.on('close', () => streams.delete(response));
  response.on('error', () => streams.delete(response));
  response.write(STREAM_HEAD + encodeEvent('snapshot', state.snapshot()));
  streams.add(response);
}

function sendAll(streams: ReadonlySet<ServerResponse>, text: string): void {
  for (const stream of streams) {
    if (stream.writableLength > MOST_UNREAD_BYTES) stream.destroy();
    else stream.write(text);
  }
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (cause: NodeJS.ErrnoException): void => {
      const why =
        cause.code === 'EADDRINUSE' ? 'is taken' : `cannot be listened on (${cause.code ?? cause.message})`;
      reject(
        new GroundspeedError('server.port', `Port ${port} of ${host} ${why}`, {
          hint: 'Name another port, or 0 for any that is free.',
          cause,
        }),
      );
    };
    server.once('error', fail);
    server.listen(port, host, () => {
      server.off('error', fail);
      server.on('error', () => undefined); // too many open files, say: no reason to lose a run
      resolve();
    });
  });
}

function close(server: Server, streams: ReadonlySet<ServerResponse>): Promise<void> {
  return new Promise((resolve) => {
    // `end` sends what is still to be sent; who does not take it is cut off after a while.
    const cutOff = setTimeout(() => server.closeAllConnections(), LAST_WORDS_MS);
    server.close(() => {
      clearTimeout(cutOff);
      resolve();
    });
    for (const stream of streams) stream.end();
    server.closeIdleConnections();
  });
}
