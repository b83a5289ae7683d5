import { createServer } from 'node:http';
import { madeAnswer } from './answer.ts';
import { type ListeningServer, listen } from './listen.ts';
import { PunctualTimer } from './punctual-timer.ts';
import { lawfulLatency, type StallLaw } from './stall-law.ts';

export interface StallServer extends ListeningServer {
  /** When a cycle began, on this process's `performance.now()`. */
  readonly anchor: number;
}

/**
 * A server that keeps the law: each answer leaves when the law says, counted from the request's arrival, so that what a
 * load generator should have measured can be worked out afterwards, request by request.
 */
export async function startStallServer(law: StallLaw): Promise<StallServer> {
  const timer = new PunctualTimer();
  const body = JSON.stringify(madeAnswer('r1'));
  const head = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  const anchor = performance.now();
  const server = createServer((request, response) => {
    const arrived = performance.now();
    request.resume();
    timer.at(arrived + lawfulLatency(law, arrived - anchor), () => response.writeHead(200, head).end(body));
  });
  // Whoever comes back after a pause finds its connection open: closing idle ones is no part of the law.
  server.keepAliveTimeout = 0;
  const listening = await listen(server);
  return {
    ...listening,
    anchor,
    close: () => {
      timer.close();
      return listening.close();
    },
  };
}
