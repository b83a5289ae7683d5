import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { listenError } from '../service.ts';

/**
 * The port that all processes of a service will share: `port`, or a free one for 0. It is tried first, so that what stands
 * in the way is told once, and so that a process which is replaced finds the same port again.
 */
export async function reservePort(host: string, port: number): Promise<number> {
  const server = createServer();
  try {
    server.listen({ host, port });
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  } catch (error) {
    throw listenError(error, host, port);
  } finally {
    if (server.listening) {
      server.close();
      await once(server, 'close');
    }
  }
}
