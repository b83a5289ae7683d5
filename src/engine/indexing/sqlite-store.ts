import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Database } from 'better-sqlite3';
import { loadSqlite } from '../native.ts';
import type { Chunk, ChunkKey, DocumentDraft, DocumentStore, StoreChange, StoredDocument } from '../ports.ts';
import { prepareSchema } from './schema.ts';
import { SqliteReads } from './sqlite-reads.ts';
import { SqliteWrites } from './sqlite-writes.ts';
import { damaged, storeError } from './store-errors.ts';

/**
 * Opens the store at `path` (`:memory:` for one that dies with the process), making the file and its folder when
 * they are missing. Fails with `store.incompatible`, `store.corrupt` or `store.unwritable`, saying what to do.
 */
export async function openSqliteStore(path: string): Promise<DocumentStore> {
  const Sqlite = await loadSqlite();
  let database: Database | undefined;
  try {
    if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true });
    database = new Sqlite(path);
    return storeOver(database, path);
  } catch (thrown) {
    database?.close();
    throw storeError(thrown, path);
  }
}

/** The store over a connection that the caller has opened. It belongs to the store from then on. */
export function storeOver(database: Database, path: string): DocumentStore {
  // The schema comes first, so that the file of another program is refused before anything is changed in it.
  prepareSchema(database, path);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = NORMAL');
  database.pragma('foreign_keys = ON');
  database.pragma('cache_size = -65536');
  return new SqliteStore(database, path);
}

/**
 * SQLite behind the port: readings and writings stand apart, and here every error is put into words. Counts and the
 * version are read once a change, since each question's cache keys hold them.
 */
class SqliteStore implements DocumentStore {
  readonly #database: Database;
  readonly #path: string;
  readonly #reads: SqliteReads;
  readonly #writes: SqliteWrites;
  #state: ReturnType<SqliteReads['state']>;

  constructor(database: Database, path: string) {
    this.#database = database;
    this.#path = path;
    this.#reads = new SqliteReads(database);
    this.#writes = new SqliteWrites(database);
    this.#state = this.#reads.state();
  }

  get version(): number {
    return this.#state.version;
  }

  get documentCount(): number {
    return this.#state.documents;
  }

  get chunkCount(): number {
    return this.#state.chunks;
  }

  get model(): string | undefined {
    return this.#state.model ?? undefined;
  }

  hashes(): ReadonlyMap<string, string> {
    return this.#guard(() => this.#reads.hashes());
  }

  stage(drafts: readonly DocumentDraft[]): void {
    this.#guard(() => this.#writes.stage(drafts));
  }

  stagedIds(): readonly string[] {
    return this.#guard(() => this.#reads.ids('staged'));
  }

  chunksWithoutVector(model: string, limit: number, after?: ChunkKey): readonly Chunk[] {
    return this.#guard(() => this.#reads.chunksWithoutVector(model, limit, after));
  }

  countWithoutVector(model: string): number {
    return this.#guard(() => this.#reads.countWithoutVector(model));
  }

  currentChunks(): Iterable<Chunk> {
    return this.#guarded(() => this.#reads.chunks('current'));
  }

  putVectors(model: string, entries: readonly { key: ChunkKey; vector: Float32Array }[]): void {
    this.#guard(() => this.#writes.putVectors(model, entries));
  }

  publish(model: string | undefined): StoreChange {
    return this.#changing(() => this.#writes.publish(model));
  }

  remove(ids: readonly string[]): StoreChange {
    return this.#changing(() => this.#writes.remove(ids));
  }

  document(id: string): StoredDocument | undefined {
    return this.#guard(() => this.#reads.document(id));
  }

  documentIds(): readonly string[] {
    return this.#guard(() => this.#reads.ids('published'));
  }

  chunks(keys: readonly ChunkKey[]): readonly (Chunk | undefined)[] {
    return this.#guard(() => keys.map((key) => this.#reads.chunk(key)));
  }

  publishedChunks(): Iterable<Chunk> {
    return this.#guarded(() => this.#reads.chunks('published'));
  }

  vectors(keys: readonly ChunkKey[]): readonly (Float32Array | undefined)[] {
    const model = this.#state.modelNumber;
    if (model === null) return keys.map(() => undefined);
    return this.#guard(() => keys.map((key) => this.#reads.vector(key, model)));
  }

  publishedVectors(): Iterable<{ key: ChunkKey; vector: Float32Array }> {
    const model = this.#state.modelNumber;
    return model === null ? [] : this.#guarded(() => this.#reads.vectors(model));
  }

  saveModel(id: string, bytes: Uint8Array): void {
    this.#guard(() => this.#writes.saveModel(id, bytes));
  }

  loadModel(id: string): Uint8Array | undefined {
    return this.#guard(() => this.#reads.modelBytes(id));
  }

  fact(name: string): string | undefined {
    return this.#guard(() => this.#reads.fact(name));
  }

  setFact(name: string, value: string): void {
    this.#guard(() => this.#writes.setFact(name, value));
  }

  check(): void {
    const damage = this.#guard(() => this.#reads.damage());
    if (damage !== undefined) throw damaged(this.#path, damage);
  }

  close(): void {
    this.#guard(() => this.#database.close());
  }

  #changing(write: () => StoreChange): StoreChange {
    return this.#guard(() => {
      const change = write();
      this.#state = this.#reads.state();
      return change;
    });
  }

  #guard<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (thrown) {
      throw storeError(thrown, this.#path);
    }
  }

  /** What comes back can be gone through again and again, each time from the start. */
  #guarded<Item>(items: () => Iterable<Item>): Iterable<Item> {
    const path = this.#path;
    return {
      *[Symbol.iterator]() {
        try {
          yield* items();
        } catch (thrown) {
          throw storeError(thrown, path);
        }
      },
    };
  }
}
