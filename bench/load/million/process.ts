import { type MillionOrder, measureMillion } from './measure.ts';

/** Entry of a process that drives a million requests: what it holds in memory is the generator's alone. */
process.once('disconnect', () => process.exit());
process.once('message', async (order: MillionOrder) => {
  const figures = await measureMillion(order);
  process.send?.(figures, () => process.exit());
});
