import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Database } from 'better-sqlite3';
import { loadSqlite } from '../native.ts';
import type { ChunkKey, DocumentDraft, StoreChange } from '../ports.ts';
import type { Quarantine, QuarantiningStore } from './quarantine.ts';
import { prepareSchema } from './schema.ts';
import { SqliteQuarantine } from './sqlite-quarantine.ts';
import { SqliteWrites } from './sqlite-writes.ts';
import { storeError } from './store-errors.ts';
import { StoreReading } from './store-reading.ts';

/** The store of the one process that may write. */
export interface WrittenStore extends QuarantiningStore {
  /**
   * Moves what stands in the log (`-wal`) into the file, as far as no reader still needs the file as it was. SQLite begins
   * the log anew only where all of it has been moved and nobody reads from it.
   */
  checkpoint(): void;
}

/**
 * Opens the store at `path` (`:memory:` for one that dies with the process), making the file and its folder when
 * they are missing. Fails with `store.incompatible`, `store.corrupt` or `store.unwritable`, saying what to do.
 */
export async function openSqliteStore(path: string): Promise<WrittenStore> {
  const Sqlite = await loadSqlite();
  const open = (alone: boolean): WrittenStore => {
    let database: Database | undefined;
    try {
      if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true });
      database = new Sqlite(path);
      // Alone, SQLite keeps in memory what it would share with readers in a file beside the store.
      if (alone) database.pragma('locking_mode = EXCLUSIVE');
      return storeOver(database, path);
    } catch (thrown) {
      database?.close();
      throw thrown;
    }
  };
  try {
    return open(false);
  } catch (thrown) {
    if (!lacksRoomToShare(thrown)) throw storeError(thrown, path);
  }
  try {
    return open(true);
  } catch (thrown) {
    throw storeError(thrown, path);
  }
}

/** On a full disk, the file by which others can read along cannot be made. What is there is served without it. */
function lacksRoomToShare(thrown: unknown): boolean {
  const { code, cause } = (thrown ?? {}) as { code?: unknown; cause?: { code?: unknown } };
  return [code, cause?.code].includes('SQLITE_IOERR_SHMSIZE');
}

/** The store over a connection that the caller has opened. It belongs to the store from then on. */
export function storeOver(database: Database, path: string): WrittenStore {
  // The schema comes first, so that the file of another program is refused before anything is changed in it.
  prepareSchema(database, path);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = NORMAL');
  database.pragma('foreign_keys = ON');
  database.pragma('cache_size = -65536');
  return new SqliteStore(database, path);
}

/** The whole port: what is read comes from `StoreReading`, and each change is followed by a new reading of the state. */
class SqliteStore extends StoreReading implements WrittenStore {
  readonly quarantine: Quarantine;
  readonly #writes: SqliteWrites;

  constructor(database: Database, path: string) {
    super(database, path);
    this.#writes = new SqliteWrites(database);
    const quarantine = new SqliteQuarantine(database);
    this.quarantine = {
      list: () => this.guard(() => quarantine.list()),
      put: (entry, at) => this.guard(() => quarantine.put(entry, at)),
      release: () => this.guard(() => quarantine.release()),
      forget: (ids) => this.guard(() => quarantine.forget(ids)),
    };
  }

  stage(drafts: readonly DocumentDraft[]): void {
    this.guard(() => this.#writes.stage(drafts));
  }

  putVectors(model: string, entries: readonly { key: ChunkKey; vector: Float32Array }[]): void {
    this.guard(() => this.#writes.putVectors(model, entries));
  }

  publish(model: string | undefined): StoreChange {
    return this.#changing(() => this.#writes.publish(model));
  }

  remove(ids: readonly string[]): StoreChange {
    return this.#changing(() => this.#writes.remove(ids));
  }

  saveModel(id: string, bytes: Uint8Array): void {
    this.guard(() => this.#writes.saveModel(id, bytes));
  }

  setFact(name: string, value: string): void {
    this.guard(() => this.#writes.setFact(name, value));
  }

  checkpoint(): void {
    this.guard(() => this.database.pragma('wal_checkpoint(PASSIVE)'));
  }

  #changing(write: () => StoreChange): StoreChange {
    return this.guard(() => {
      const change = write();
      this.state = this.reads.state();
      return change;
    });
  }
}
