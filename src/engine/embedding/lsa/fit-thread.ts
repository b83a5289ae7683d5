import { Worker } from 'node:worker_threads';
import { fitLsa } from './fit.ts';
import { encodeModel } from './model.ts';

export interface FitOrder {
  readonly texts: readonly string[];
  readonly dimensions: number;
}

export type FitMessage = { readonly done: number; readonly total: number } | { readonly bytes: Uint8Array };

export interface FitControl {
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

/** Fits a model in a thread of its own, so that this one goes on answering, and gives its bytes. Aborting ends the thread. */
export function fitInThread(order: FitOrder, control: FitControl): Promise<Uint8Array> {
  // A worker cannot start from TypeScript on Node 20: run from source, the fit stays in this thread.
  return import.meta.url.endsWith('.ts') ? fitHere(order, control) : fitThere(order, control);
}

async function fitHere(order: FitOrder, { signal, onProgress }: FitControl): Promise<Uint8Array> {
  const model = fitLsa(order.texts, {
    dimensions: order.dimensions,
    onProgress: (done, total) => {
      signal?.throwIfAborted();
      onProgress?.(done, total);
    },
  });
  return encodeModel(model);
}

function fitThere(order: FitOrder, { signal, onProgress }: FitControl): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const worker = new Worker(new URL('./fit-worker.js', import.meta.url), { workerData: order });
    const settle = (action: () => void) => {
      signal?.removeEventListener('abort', onAbort);
      action();
      void worker.terminate();
    };
    const onAbort = () => settle(() => reject(signal?.reason));
    signal?.addEventListener('abort', onAbort);
    worker.on('message', (message: FitMessage) => {
      if ('bytes' in message) settle(() => resolve(message.bytes));
      else onProgress?.(message.done, message.total);
    });
    worker.on('error', (error) => settle(() => reject(error)));
    worker.on('exit', (code) =>
      settle(() => reject(new Error(`the fitting thread ended with code ${code}`))),
    );
  });
}
