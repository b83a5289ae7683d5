import type { Database } from 'better-sqlite3';
import type { Chunk, ChunkKey, DocumentStore, StoredDocument } from '../ports.ts';
import { SqliteReads } from './sqlite-reads.ts';
import { damaged, storeError } from './store-errors.ts';

/** What the port changes, as against what it reads. */
export type StoreWriting = Pick<
  DocumentStore,
  'stage' | 'putVectors' | 'publish' | 'remove' | 'saveModel' | 'setFact'
>;

/**
 * SQLite behind the reading half of the port, over one connection; every error is put into words here. Counts and the
 * version are read once a change, since each question's cache keys hold them.
 */
export class StoreReading implements Omit<DocumentStore, keyof StoreWriting> {
  protected database: Database;
  protected reads: SqliteReads;
  protected state: ReturnType<SqliteReads['state']>;
  protected readonly path: string;

  constructor(database: Database, path: string) {
    this.database = database;
    this.path = path;
    this.reads = new SqliteReads(database);
    this.state = this.reads.state();
  }

  get version(): number {
    return this.state.version;
  }

  get documentCount(): number {
    return this.state.documents;
  }

  get chunkCount(): number {
    return this.state.chunks;
  }

  get model(): string | undefined {
    return this.state.model ?? undefined;
  }

  hashes(): ReadonlyMap<string, string> {
    return this.guard(() => this.reads.hashes());
  }

  stagedIds(): readonly string[] {
    return this.guard(() => this.reads.ids('staged'));
  }

  chunksWithoutVector(model: string, limit: number, after?: ChunkKey): readonly Chunk[] {
    return this.guard(() => this.reads.chunksWithoutVector(model, limit, after));
  }

  countWithoutVector(model: string): number {
    return this.guard(() => this.reads.countWithoutVector(model));
  }

  currentChunks(): Iterable<Chunk> {
    return this.#guarded(() => this.reads.chunks('current'));
  }

  document(id: string): StoredDocument | undefined {
    return this.guard(() => this.reads.document(id));
  }

  documentIds(): readonly string[] {
    return this.guard(() => this.reads.ids('published'));
  }

  chunks(keys: readonly ChunkKey[]): readonly (Chunk | undefined)[] {
    return this.guard(() => keys.map((key) => this.reads.chunk(key)));
  }

  publishedChunks(): Iterable<Chunk> {
    return this.#guarded(() => this.reads.chunks('published'));
  }

  vectors(keys: readonly ChunkKey[]): readonly (Float32Array | undefined)[] {
    const model = this.state.modelNumber;
    if (model === null) return keys.map(() => undefined);
    return this.guard(() => keys.map((key) => this.reads.vector(key, model)));
  }

  publishedVectors(): Iterable<{ key: ChunkKey; vector: Float32Array }> {
    const model = this.state.modelNumber;
    return model === null ? [] : this.#guarded(() => this.reads.vectors(model));
  }

  loadModel(id: string): Uint8Array | undefined {
    return this.guard(() => this.reads.modelBytes(id));
  }

  fact(name: string): string | undefined {
    return this.guard(() => this.reads.fact(name));
  }

  check(): void {
    const damage = this.guard(() => this.reads.damage());
    if (damage !== undefined) throw damaged(this.path, damage);
  }

  close(): void {
    this.guard(() => this.database.close());
  }

  protected guard<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (thrown) {
      throw storeError(thrown, this.path);
    }
  }

  /** What comes back can be gone through again and again, each time from the start. */
  #guarded<Item>(items: () => Iterable<Item>): Iterable<Item> {
    const { path } = this;
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
