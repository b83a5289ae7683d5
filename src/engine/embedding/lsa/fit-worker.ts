import { parentPort, workerData } from 'node:worker_threads';
import { fitLsa } from './fit.ts';
import type { FitMessage, FitOrder } from './fit-thread.ts';
import { encodeModel } from './model.ts';

/** Entry of the thread that fits a model: works on `workerData`, tells its progress, ends with the model's bytes. */
const { texts, dimensions } = workerData as FitOrder;
const tell = (message: FitMessage, transfer: ArrayBuffer[] = []) =>
  parentPort?.postMessage(message, transfer);
let told = 0;
const model = fitLsa(texts, {
  dimensions,
  onProgress: (done, total) => {
    // One message in a hundredth of the work; each would wake the thread that listens.
    if (done - told < total / 100) return;
    told = done;
    tell({ done, total });
  },
});
const bytes = Uint8Array.from(encodeModel(model));
tell({ bytes }, [bytes.buffer]);
