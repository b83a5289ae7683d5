import { type CapacityOptions, startCapacityServer } from './capacity-server.ts';
import { type EchoOptions, startEchoServer } from './echo-server.ts';
import { monotonic } from './monotonic.ts';
import type { StallLaw } from './stall-law.ts';
import { startStallServer } from './stall-server.ts';

/** Which server a process is to be. */
export type ServerOrder =
  | { readonly kind: 'stall'; readonly law: StallLaw }
  | { readonly kind: 'echo'; readonly options: EchoOptions }
  | { readonly kind: 'capacity'; readonly options: CapacityOptions };

/** Told once it listens. */
export interface ServerAddress {
  readonly url: string;
  /** When its law began, on the clock that all processes of this machine share; null where there is no law in time. */
  readonly anchor: number | null;
}

async function start(order: ServerOrder): Promise<ServerAddress> {
  switch (order.kind) {
    case 'stall': {
      const { url, anchor } = await startStallServer(order.law);
      return { url, anchor: monotonic(anchor) };
    }
    case 'echo':
      return { ...(await startEchoServer(order.options)), anchor: null };
    case 'capacity':
      return { ...(await startCapacityServer(order.options)), anchor: null };
  }
}

/** Entry of a server's process. It ends with the process that started it, however that ends. */
process.once('disconnect', () => process.exit());
process.once('message', async (order: ServerOrder) => {
  const { url, anchor } = await start(order);
  process.send?.({ url, anchor } satisfies ServerAddress);
});
