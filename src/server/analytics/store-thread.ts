import { parentPort, workerData } from 'node:worker_threads';
import { openAnalyticsStore, type StoreSetting } from './store.ts';
import type { WriteOrder, WriteReply } from './store-writer.ts';

/** Entry of the thread that writes to the file of analytics: one order after another, each answered, until it is told to close. */
const store = await openAnalyticsStore(workerData as StoreSetting);
const reply = (message: WriteReply): void => parentPort?.postMessage(message);

parentPort?.on('message', ({ number, name, given }: WriteOrder) => {
  if (name === 'close') {
    store.close();
    reply({ number, written: true });
    return;
  }
  const write = store[name] as (...given: readonly unknown[]) => boolean;
  reply({ number, written: write.apply(store, [...given]) });
});
reply('ready');
