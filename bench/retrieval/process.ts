import { measureMode, type RetrievalMode, type RetrievalOrder } from './measure.ts';

/** Entry of a process that measures one mode: what it holds in memory is the engine's alone. */
process.once('message', async ({ mode, order }: { mode: RetrievalMode; order: RetrievalOrder }) => {
  const figures = await measureMode(mode, order);
  process.send?.(figures, () => process.disconnect());
});
