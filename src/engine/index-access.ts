import { dirname, join, resolve } from 'node:path';
import { type IndexLock, lockIndex } from './indexing/lock.ts';
import { openSqliteStore } from './indexing/sqlite-store.ts';
import { openStoreView, type StoreView } from './indexing/sqlite-view.ts';
import type { DocumentStore } from './ports.ts';

/** How an engine holds its index: as the one process that writes it, or reading beside that one. */
export interface IndexAccess {
  readonly store: DocumentStore;
  /** The store's file. */
  readonly path: string;
  readonly readOnly: boolean;
  /** What was published since the store was read, for a reader; undefined where there is nothing new. */
  newer(): Promise<NewerStore | undefined>;
  /** For the writer: moves the store's log into its file, as far as readers allow. */
  checkpoint(): void;
  close(): void;
}

/** The store as another process has published it since. */
export interface NewerStore {
  readonly store: DocumentStore;
  /** Makes the access's own store show this one, in one step. */
  adopt(): void;
  /** Lets go of it, unless it was adopted. */
  discard(): void;
}

export interface IndexPlace {
  readonly folder: string;
  /** `store.url` of the settings: where the store is, if not in the folder. */
  readonly url: string | undefined;
}

/** Takes the index for this process alone. Fails with `store.locked` while another has it, and with the other `store.*` errors. */
export async function openForWriting(place: IndexPlace): Promise<IndexAccess> {
  const path = storePath(place);
  const { folder } = place;
  const locks: IndexLock[] = [];
  const release = (): void => {
    for (const lock of locks) lock.release();
  };
  try {
    locks.push(await lockIndex(folder));
    // A store elsewhere may be another folder's too.
    if (resolve(dirname(path)) !== resolve(folder)) locks.push(await lockIndex(dirname(path)));
    const store = await openSqliteStore(path);
    return {
      store,
      path,
      readOnly: false,
      newer: async () => undefined,
      checkpoint: () => store.checkpoint(),
      close: () => {
        store.close();
        release();
      },
    };
  } catch (error) {
    release();
    throw error;
  }
}

/** Reads the index beside whoever writes it: takes no lock, writes nothing. Fails with `store.empty` where there is none. */
export async function openForReading(place: IndexPlace): Promise<IndexAccess> {
  const path = storePath(place);
  const view = await openStoreView(path);
  return {
    store: view,
    path,
    readOnly: true,
    async newer() {
      const latest = await view.latest();
      if (latest.version !== view.version) return newerStore(view, latest);
      // Nothing new to show, but the older view may be what keeps the store's log from beginning anew.
      view.become(latest);
      return undefined;
    },
    checkpoint: () => undefined,
    close: () => view.close(),
  };
}

function newerStore(view: StoreView, latest: StoreView): NewerStore {
  let adopted = false;
  return {
    store: latest,
    adopt: () => {
      view.become(latest);
      adopted = true;
    },
    discard: () => {
      if (!adopted) latest.close();
    },
  };
}

function storePath({ folder, url }: IndexPlace): string {
  return url === undefined ? join(folder, 'store.sqlite') : url.slice('sqlite://'.length);
}
