import { fork } from 'node:child_process';
import { fromMonotonic } from './monotonic.ts';
import type { ServerAddress, ServerOrder } from './process.ts';

/** A server in a process of its own. */
export interface RunningServer {
  readonly url: string;
  /** When its law began, on this process's `performance.now()`; NaN where it has none. */
  readonly anchor: number;
}

/** Does the work beside a server in a process of its own, which is gone afterwards, however the work ends. */
export async function withServer<Result>(
  order: ServerOrder,
  work: (server: RunningServer) => Promise<Result>,
): Promise<Result> {
  const child = fork(new URL('./process.js', import.meta.url), { execArgv: [] });
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
  });
  try {
    const { url, anchor } = await new Promise<ServerAddress>((resolve, reject) => {
      child.once('message', (address) => resolve(address as ServerAddress));
      child.once('error', reject);
      child.once('exit', (code) => reject(new Error(`the server ended with code ${code}`)));
      child.send(order);
    });
    return await work({ url, anchor: anchor === null ? Number.NaN : fromMonotonic(anchor) });
  } finally {
    child.kill('SIGKILL');
    await ended;
  }
}
