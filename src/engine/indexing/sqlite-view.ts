import { existsSync } from 'node:fs';
import type { Database } from 'better-sqlite3';
import { GroundspeedError } from '../../kernel/errors.ts';
import { loadSqlite } from '../native.ts';
import type { Quarantine, QuarantiningStore } from './quarantine.ts';
import { verifySchema } from './schema.ts';
import { quarantinedIn } from './sqlite-quarantine.ts';
import { storeError } from './store-errors.ts';
import { StoreReading } from './store-reading.ts';

/**
 * The store as it was published at one moment, for reading: what is written later is not seen. Every change is refused
 * with `store.unwritable`. SQLite keeps what it shows for as long as it is open.
 */
export interface StoreView extends QuarantiningStore {
  /** A new view, of what is published now. */
  latest(): Promise<StoreView>;
  /** Shows from now on what `newer` shows, in one step; that one is not to be used any more. */
  become(newer: StoreView): void;
}

/** Opens a view of the store at `path`, which another process may be writing. Fails with `store.empty` where there is none. */
export async function openStoreView(path: string): Promise<StoreView> {
  const Sqlite = await loadSqlite();
  if (!existsSync(path)) {
    throw new GroundspeedError('store.empty', 'There is no index to read', {
      where: path,
      hint: 'Make one: groundspeed ingest FOLDER --index FOLDER.',
    });
  }
  let database: Database | undefined;
  try {
    database = new Sqlite(path, { readonly: true });
    verifySchema(database, path);
    database.pragma('cache_size = -65536');
    database.exec('BEGIN'); // the first reading, of the state, fixes what all that follow see
    return new SqliteView(database, path);
  } catch (thrown) {
    database?.close();
    throw storeError(thrown, path);
  }
}

class SqliteView extends StoreReading implements StoreView {
  readonly quarantine: Quarantine = {
    list: () => this.guard(() => quarantinedIn(this.database)),
    put: () => this.#refuse(),
    release: () => this.#refuse(),
    forget: () => this.#refuse(),
  };

  latest(): Promise<StoreView> {
    return openStoreView(this.path);
  }

  become(newer: StoreView): void {
    if (!(newer instanceof SqliteView)) throw new TypeError('a view can only become another of its kind');
    const old = this.database;
    this.database = newer.database;
    this.reads = newer.reads;
    this.state = newer.state;
    old.close();
  }

  stage(): never {
    return this.#refuse();
  }

  putVectors(): never {
    return this.#refuse();
  }

  publish(): never {
    return this.#refuse();
  }

  remove(): never {
    return this.#refuse();
  }

  saveModel(): never {
    return this.#refuse();
  }

  setFact(): never {
    return this.#refuse();
  }

  #refuse(): never {
    throw openedForReading(this.path);
  }
}

export function openedForReading(path: string): GroundspeedError {
  return new GroundspeedError('store.unwritable', 'The index was opened for reading only', {
    where: path,
    hint: 'Leave it to the process that writes it, or open it without readOnly.',
  });
}
