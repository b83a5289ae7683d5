import { Worker } from 'node:worker_threads';
import { GroundspeedError } from '../../kernel/errors.ts';
import type { GoldenRun } from './golden-run.ts';
import { openAnalyticsStore, type StoreSetting } from './store.ts';
import type { DayWrite } from './tally.ts';

/** What can be asked of the thread that writes: one transaction each. */
export interface StoreWrites {
  add(days: readonly DayWrite[]): boolean;
  alive(epochMs: number): boolean;
  addGolden(run: GoldenRun): boolean;
  forgetBefore(day: number): boolean;
}

export type WriteName = keyof StoreWrites;

/**
 * Writes to the file of analytics, in the order in which it is told to. False where nothing was written: another process writes just
 * now, the disk takes nothing, or the thread has ended (the next call starts another).
 */
export interface StoreWriter {
  write<Name extends WriteName>(name: Name, ...given: Parameters<StoreWrites[Name]>): Promise<boolean>;
  /** Ends when all is done that was asked for before. */
  close(): Promise<void>;
}

export interface WriteOrder {
  readonly number: number;
  readonly name: WriteName | 'close';
  readonly given: readonly unknown[];
}

/** `ready` once the file is open. */
export type WriteReply = 'ready' | { readonly number: number; readonly written: boolean };

/** Opens a file that is there already. Throws `store.unwritable`. */
export async function openStoreWriter(setting: StoreSetting): Promise<StoreWriter> {
  // A worker cannot start from TypeScript on Node 20: run from source, this thread writes.
  if (import.meta.url.endsWith('.ts')) return writeHere(setting);
  const thread = new WritingThread(setting);
  await thread.started();
  return thread;
}

async function writeHere(setting: StoreSetting): Promise<StoreWriter> {
  const store = await openAnalyticsStore(setting);
  return {
    write: async (name, ...given) =>
      (store[name] as (...given: readonly unknown[]) => boolean).apply(store, given),
    close: async () => store.close(),
  };
}

type Waiting = (written: boolean) => void;

/** A transaction takes milliseconds, and tens of them where the disk is slow: no question waits for that. */
class WritingThread implements StoreWriter {
  readonly #setting: StoreSetting;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Promise<Worker> | undefined;
  #number = 0;
  #isClosed = false;

  constructor(setting: StoreSetting) {
    this.#setting = setting;
  }

  async started(): Promise<Worker> {
    this.#worker ??= this.#start();
    return this.#worker;
  }

  async write(name: WriteName, ...given: readonly unknown[]): Promise<boolean> {
    return !this.#isClosed && this.#ask(name, given);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const worker = await this.#worker?.catch(() => undefined);
    if (worker === undefined) return;
    await this.#ask('close', []);
    await worker.terminate();
  }

  async #ask(name: WriteOrder['name'], given: readonly unknown[]): Promise<boolean> {
    let worker: Worker;
    try {
      worker = await this.started();
    } catch {
      return false;
    }
    this.#number += 1;
    const number = this.#number;
    return new Promise((resolve) => {
      this.#waiting.set(number, resolve);
      // The process does not end before it knows what became of this; for an idle thread it does.
      worker.ref();
      worker.postMessage({ number, name, given } satisfies WriteOrder);
    });
  }

  async #start(): Promise<Worker> {
    const worker = new Worker(new URL('./store-thread.js', import.meta.url), { workerData: this.#setting });
    await new Promise<void>((resolve, reject) => {
      let isOver = false;
      // Of a thread that breaks down both are told: what began after it is not to be ended.
      const ended = (cause: unknown): void => {
        if (isOver) return;
        isOver = true;
        this.#worker = undefined;
        for (const waiting of this.#waiting.values()) waiting(false);
        this.#waiting.clear();
        reject(unwritable(this.#setting.path, cause));
      };
      worker.on('error', ended);
      worker.on('exit', ended);
      worker.on('message', (reply: WriteReply) => {
        if (reply === 'ready') resolve();
        else this.#reply(worker, reply);
      });
    });
    worker.unref();
    return worker;
  }

  #reply(worker: Worker, { number, written }: Exclude<WriteReply, 'ready'>): void {
    this.#waiting.get(number)?.(written);
    this.#waiting.delete(number);
    if (this.#waiting.size === 0) worker.unref();
  }
}

function unwritable(path: string, cause: unknown): GroundspeedError {
  return new GroundspeedError('store.unwritable', `The thread that writes analytics to ${path} has ended`, {
    where: path,
    cause,
  });
}
