import { once } from 'node:events';
import {
  createServer,
  Agent as HttpAgent,
  type IncomingMessage,
  request as requestHttp,
  type ServerResponse,
} from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import type { AddressInfo } from 'node:net';
import { forwardedHeaders } from './http-headers.ts';
import { failAsked, sendAnswer } from './http-replies.ts';
import type { FaultInjector } from './injector.ts';

export interface FaultProxyOptions {
  /** Where requests go: `http://127.0.0.1:8080/v1`. Its path is in `url` too; requests keep theirs. */
  readonly upstream: string;
  readonly injector: FaultInjector;
  /** PEM of the authorities that an HTTPS upstream's certificate may come from; the system's, unless it is given. */
  readonly ca?: string;
}

export interface FaultProxy {
  /** What to give to a client in the upstream's place. */
  readonly url: string;
  /** Requests under way at this moment. */
  readonly inFlight: number;
  /** Breaks off whatever is under way. Nothing of the proxy is left then. */
  close(): Promise<void>;
}

/**
 * Services close connections that are idle, after two seconds and more; a request that is sent at that very moment is lost,
 * which would be a fault that nobody asked for. So long, in milliseconds, an idle connection is kept here.
 */
const LONGEST_IDLE = 1000;

/**
 * A reverse proxy on a free port of this machine, which does to a real service what the faults of `http` say. All else goes
 * through as it comes, streams too.
 */
export async function faultProxy({ upstream, injector, ca }: FaultProxyOptions): Promise<FaultProxy> {
  const origin = new URL(upstream);
  const kept = { keepAlive: true, timeout: LONGEST_IDLE };
  const agent =
    origin.protocol === 'https:'
      ? new HttpsAgent({ ...kept, ...(ca !== undefined && { ca }) })
      : new HttpAgent(kept);
  const underWay = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    underWay.add(response);
    response.once('close', () => underWay.delete(response));
    const exchange: Exchange = { request, response, origin, agent, injector };
    handle(exchange).catch(() => response.destroy());
  });
  // What a drill leaves hanging is none of the server's business.
  server.requestTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${origin.pathname.replace(/\/$/, '')}`,
    get inFlight() {
      return underWay.size;
    },
    close: async () => {
      const left = [...underWay].map((response) => once(response, 'close'));
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      agent.destroy();
      await Promise.all([closed, ...left]);
    },
  };
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly origin: URL;
  readonly agent: HttpAgent;
  readonly injector: FaultInjector;
}

async function handle(exchange: Exchange): Promise<void> {
  const { request, response, injector } = exchange;
  const plan = injector.plan('http');
  const left = new AbortController();
  response.once('close', () => left.abort());
  if (plan !== undefined) {
    const isDone = await failAsked(plan, { request, response, injector, signal: left.signal });
    if (isDone) return;
  }
  const answer = await ask(exchange, left.signal);
  if (answer === undefined) return sendGone(response);
  await sendAnswer(answer, plan, { response, injector, signal: left.signal });
}

/** What the upstream answers; undefined where it cannot be reached. */
function ask(
  { request, origin, agent }: Exchange,
  signal: AbortSignal,
): Promise<IncomingMessage | undefined> {
  return new Promise((resolve) => {
    const send = origin.protocol === 'https:' ? requestHttps : requestHttp;
    const asked = send(
      {
        agent,
        signal,
        protocol: origin.protocol,
        hostname: origin.hostname.replace(/^\[|\]$/g, ''),
        port: origin.port,
        method: request.method,
        path: request.url,
        headers: { ...forwardedHeaders(request), host: origin.host },
      },
      resolve,
    );
    // Once there is an answer, its own stream tells of what goes wrong.
    asked.on('error', () => resolve(undefined));
    request.pipe(asked);
  });
}

function sendGone(response: ServerResponse): void {
  if (response.destroyed) return;
  response.writeHead(502, { 'content-type': 'application/json' });
  response.end('{"error":{"message":"the service behind the proxy cannot be reached","type":"bad_gateway"}}');
}
