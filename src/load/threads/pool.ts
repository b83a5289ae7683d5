import { Worker } from 'node:worker_threads';
import { GroundspeedError } from '../../kernel/errors.ts';
import type { ThreadFigures } from '../../system/machine-spans.ts';
import { type DriveTask, splitTask } from '../drive.ts';
import type { Used } from '../generator-watch.ts';
import type { LiveDelta } from '../live.ts';
import type { ThreadRows } from '../merge.ts';
import type { FromThread, ThreadSetup, ThreadTask, ToThread } from './messages.ts';

/** Milliseconds from the order to the beginning of a phase, for every thread to have its order by then. */
const HEAD_START = 50;

export interface ThreadRun {
  readonly rows: readonly ThreadRows[];
  readonly used: readonly Used<ThreadFigures>[];
}

export interface ThreadOrder extends Omit<ThreadTask, 'task' | 'originEpoch'> {
  readonly task: DriveTask;
  readonly signal?: AbortSignal | undefined;
  readonly enough: AbortSignal;
  /** Told what each thread has done since it last told; in no order. */
  readonly onDelta: (delta: LiveDelta) => void;
  /** Told the moment at which the phase begins, on this thread's `performance.now()`. */
  readonly onOrigin: (origin: number) => void;
  /** Told when the last request has its end, and what follows is reading and joining. */
  readonly onSentAll: () => void;
}

/**
 * Several generator threads, each with its own connections and its share of every task. They keep their connections from
 * one phase to the next.
 */
export class GeneratorThreads {
  readonly #workers: readonly Worker[];

  private constructor(workers: readonly Worker[]) {
    this.#workers = workers;
  }

  get count(): number {
    return this.#workers.length;
  }

  static async start(count: number, setup: ThreadSetup): Promise<GeneratorThreads> {
    const workers = Array.from(
      { length: count },
      () => new Worker(new URL('./worker.js', import.meta.url), { workerData: setup }),
    );
    await Promise.all(workers.map((worker) => nextMessage(worker, 'ready')));
    return new GeneratorThreads(workers);
  }

  async run({
    task,
    signal,
    enough,
    onDelta,
    onOrigin,
    onSentAll,
    ...order
  }: ThreadOrder): Promise<ThreadRun> {
    const origin = performance.now() + HEAD_START;
    const originEpoch = performance.timeOrigin + origin;
    onOrigin(origin);
    const tellAll = (type: 'stop' | 'enough') => (): void => {
      for (const worker of this.#workers) send(worker, { type });
    };
    const [stop, stopSending] = [tellAll('stop'), tellAll('enough')];
    let sending = this.#workers.length;
    const parts = splitTask(task, this.#workers.length);
    const done = this.#workers.map((worker, index) => {
      const listener = (message: FromThread): void => {
        if (message.type === 'live') onDelta(message.delta);
        if (message.type === 'sent-all' && --sending === 0) onSentAll();
      };
      worker.on('message', listener);
      const finished = nextMessage(worker, 'done').finally(() => worker.off('message', listener));
      const seed = `${order.seed}/${index}`;
      send(worker, { type: 'run', task: { ...order, seed, task: parts[index]!, originEpoch } });
      return finished;
    });
    signal?.addEventListener('abort', stop, { once: true });
    if (signal?.aborted) stop();
    enough.addEventListener('abort', stopSending, { once: true });
    try {
      const results = await Promise.all(done);
      for (const { last } of results) onDelta(last);
      return { rows: results.map(({ rows }) => rows), used: results.map(({ used }) => used) };
    } finally {
      signal?.removeEventListener('abort', stop);
      enough.removeEventListener('abort', stopSending);
    }
  }

  async close(): Promise<void> {
    await Promise.all(
      this.#workers.map(
        (worker) =>
          new Promise<void>((resolve) => {
            worker.once('exit', () => resolve());
            send(worker, { type: 'close' });
          }),
      ),
    );
  }
}

function send(worker: Worker, message: ToThread): void {
  worker.postMessage(message);
}

/** The next message of a type; rejects where the thread fails or ends before. */
function nextMessage<T extends FromThread['type']>(
  worker: Worker,
  type: T,
): Promise<Extract<FromThread, { type: T }>> {
  return new Promise((resolve, reject) => {
    const settle = (action: () => void): void => {
      worker.off('message', onMessage);
      worker.off('error', onError);
      worker.off('exit', onExit);
      action();
    };
    const onMessage = (message: FromThread): void => {
      if (message.type === type) settle(() => resolve(message as Extract<FromThread, { type: T }>));
      if (message.type === 'failed') settle(() => reject(failure(message.message)));
    };
    const onError = (error: Error): void => settle(() => reject(failure(error.message, error)));
    const onExit = (code: number): void => settle(() => reject(failure(`it ended with code ${code}`)));
    worker.on('message', onMessage);
    worker.on('error', onError);
    worker.on('exit', onExit);
  });
}

function failure(message: string, cause?: unknown): GroundspeedError {
  return new GroundspeedError('internal.bug', `A generator thread failed: ${message}`, { cause });
}
