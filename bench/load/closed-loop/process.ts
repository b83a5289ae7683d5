import { type ClosedOrder, runClient } from './clients.ts';

/** Entry of a client's process: its CPU is the client's alone. */
process.once('disconnect', () => process.exit());
process.once('message', async (order: ClosedOrder) => {
  const figures = await runClient(order);
  process.send?.(figures, () => process.exit());
});
