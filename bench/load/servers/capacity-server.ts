import { createServer } from 'node:http';
import { exponential, seededRandom } from '../../../src/kernel/random.ts';
import { madeAnswer } from './answer.ts';
import { type ListeningServer, listen } from './listen.ts';
import { PunctualTimer } from './punctual-timer.ts';
import { type Customer, WorkerQueue } from './worker-queue.ts';

export interface CapacityOptions {
  readonly workers: number;
  /** Mean milliseconds that one request takes a worker. */
  readonly serviceMs: number;
  readonly service: 'exponential' | 'constant';
  readonly seed: number;
}

/** A server that carries so many requests a second and no more: workers / service, behind one queue. It computes nothing. */
export async function startCapacityServer(options: CapacityOptions): Promise<ListeningServer> {
  const { workers, serviceMs, service, seed } = options;
  const random = seededRandom(seed);
  const timer = new PunctualTimer();
  const draw = service === 'constant' ? () => serviceMs : () => serviceMs * exponential(random);
  const queue = new WorkerQueue({ workers, service: draw, timer });
  const body = JSON.stringify(madeAnswer('r1'));
  const head = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  const server = createServer((request, response) => {
    const customer: Customer = {
      left: false,
      served: () => {
        response.writeHead(200, head).end(body);
      },
    };
    response.once('close', () => {
      customer.left = true;
    });
    request.resume();
    queue.arrive(customer, performance.now());
  });
  server.keepAliveTimeout = 0;
  const listening = await listen(server);
  return {
    ...listening,
    close: () => {
      timer.close();
      return listening.close();
    },
  };
}
