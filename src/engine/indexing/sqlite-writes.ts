import type { Database, Statement } from 'better-sqlite3';
import type { ChunkKey, DocumentDraft, StoreChange } from '../ports.ts';
import { encodeVector } from './vector-blob.ts';

const NOTHING: StoreChange = { addedKeys: [], removedKeys: [] };

/** Every change to the store. Each public method is one transaction: it happens whole, or not at all. */
export class SqliteWrites {
  readonly #database: Database;
  readonly #keys: Statement<[{ id: string; staged: number }], ChunkKey>;
  readonly #drop: Statement<[{ id: string; staged: number }]>;

  constructor(database: Database) {
    this.#database = database;
    this.#keys = database
      .prepare<[{ id: string; staged: number }], ChunkKey>(
        `SELECT c.key FROM documents d JOIN chunks c ON c.document = d.row
         WHERE d.id = :id AND d.staged = :staged ORDER BY c.key`,
      )
      .pluck();
    this.#drop = database.prepare('DELETE FROM documents WHERE id = :id AND staged = :staged');
  }

  stage(drafts: readonly DocumentDraft[]): void {
    const addDocument = this.#database.prepare(
      `INSERT INTO documents (id, staged, version, hash, title, metadata)
       VALUES (:id, 1, 1 + ifnull((SELECT version FROM documents WHERE id = :id AND staged = 0), 0),
         :hash, :title, :metadata)`,
    );
    const addText = this.#database.prepare('INSERT INTO texts (document, text) VALUES (?, ?)');
    const addChunk = this.#database.prepare(
      'INSERT INTO chunks (document, ordinal, "start", "end", text) VALUES (?, ?, ?, ?, ?)',
    );
    this.#transaction(() => {
      for (const { document, hash, chunks } of drafts) {
        const { id, title, text } = document;
        this.#drop.run({ id, staged: 1 });
        const metadata = JSON.stringify(document.metadata);
        const row = addDocument.run({ id, hash, title, metadata }).lastInsertRowid;
        addText.run(row, text);
        for (const { ordinal, start, end, text: passage } of chunks) {
          addChunk.run(row, ordinal, start, end, passage);
        }
      }
    });
  }

  putVectors(model: string, entries: readonly { key: ChunkKey; vector: Float32Array }[]): void {
    // Replacing gives the vector a new row number, which tells the next publish that it is new.
    const add = this.#database.prepare(
      `INSERT OR REPLACE INTO vectors (chunk, model, vector) SELECT key, :model, :vector
       FROM chunks WHERE key = :key`,
    );
    this.#transaction(() => {
      const number = this.#modelNumber(model);
      for (const { key, vector } of entries) add.run({ key, model: number, vector: encodeVector(vector) });
    });
  }

  publish(model: string | undefined): StoreChange {
    return this.#transaction(() => {
      const inUse = this.#modelInUse();
      const number = model === undefined ? undefined : this.#modelNumber(model);
      const change = this.#show(this.#ready(number));
      const renewed = model === inUse ? this.#renewedChunks(number, new Set(change.addedKeys)) : [];
      this.#dropOtherModels(model);
      const changed = change.addedKeys.length + change.removedKeys.length + renewed.length > 0;
      if (!changed && model === inUse) return NOTHING;
      this.#database
        .prepare(
          `UPDATE state SET version = version + 1, model = ?,
             last_vector = (SELECT ifnull(max(row), 0) FROM vectors)`,
        )
        .run(model ?? null);
      return {
        addedKeys: ascending([...change.addedKeys, ...renewed]),
        removedKeys: ascending([...change.removedKeys, ...renewed]),
      };
    });
  }

  remove(ids: readonly string[]): StoreChange {
    return this.#transaction(() => {
      let shown = 0;
      const removedKeys: ChunkKey[] = [];
      for (const id of ids) {
        removedKeys.push(...this.#keys.all({ id, staged: 0 }));
        shown += this.#drop.run({ id, staged: 0 }).changes;
        this.#drop.run({ id, staged: 1 });
      }
      if (shown > 0) this.#database.prepare('UPDATE state SET version = version + 1').run();
      return { addedKeys: [], removedKeys: ascending(removedKeys) };
    });
  }

  saveModel(id: string, bytes: Uint8Array): void {
    this.#database
      .prepare(
        'INSERT INTO models (id, bytes) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET bytes = excluded.bytes',
      )
      .run(id, bytes);
  }

  setFact(name: string, value: string): void {
    this.#database
      .prepare(
        'INSERT INTO facts (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
      )
      .run(name, value);
  }

  #transaction<Result>(work: () => Result): Result {
    return this.#database.transaction(work).immediate();
  }

  #modelInUse(): string | undefined {
    return this.#database.prepare<[], string | null>('SELECT model FROM state').pluck().get() ?? undefined;
  }

  #modelNumber(id: string): number {
    this.#database.prepare('INSERT INTO models (id) VALUES (?) ON CONFLICT (id) DO NOTHING').run(id);
    return this.#database
      .prepare<[string], number>('SELECT number FROM models WHERE id = ?')
      .pluck()
      .get(id)!;
  }

  /** Ids of staged documents of which no chunk lacks a vector of the model. */
  #ready(model: number | undefined): readonly string[] {
    const complete = `NOT EXISTS (SELECT 1 FROM chunks c WHERE c.document = d.row AND NOT EXISTS
      (SELECT 1 FROM vectors v WHERE v.chunk = c.key AND v.model = :model))`;
    return this.#database
      .prepare<[object], string>(
        `SELECT d.id FROM documents d WHERE d.staged = 1 AND (:model IS NULL OR ${complete}) ORDER BY d.id`,
      )
      .pluck()
      .all({ model: model ?? null });
  }

  #show(ids: readonly string[]): StoreChange {
    const show = this.#database.prepare('UPDATE documents SET staged = 0 WHERE id = ? AND staged = 1');
    const addedKeys: ChunkKey[] = [];
    const removedKeys: ChunkKey[] = [];
    for (const id of ids) {
      removedKeys.push(...this.#keys.all({ id, staged: 0 }));
      this.#drop.run({ id, staged: 0 });
      addedKeys.push(...this.#keys.all({ id, staged: 1 }));
      show.run(id);
    }
    return { addedKeys, removedKeys };
  }

  /** Chunks shown before whose vectors were stored since the last publish: a document that had failed, mended. */
  #renewedChunks(model: number | undefined, added: ReadonlySet<ChunkKey>): ChunkKey[] {
    if (model === undefined) return [];
    return this.#database
      .prepare<[number], ChunkKey>(
        `SELECT v.chunk FROM vectors v JOIN chunks c ON c.key = v.chunk JOIN documents d ON d.row = c.document
         WHERE v.row > (SELECT last_vector FROM state) AND v.model = ? AND d.staged = 0`,
      )
      .pluck()
      .all(model)
      .filter((key) => !added.has(key));
  }

  #dropOtherModels(model: string | undefined): void {
    const others = this.#database
      .prepare<[string | null], number>('SELECT number FROM models WHERE id IS NOT ?')
      .pluck()
      .all(model ?? null);
    for (const number of others) {
      this.#database.prepare('DELETE FROM vectors WHERE model = ?').run(number);
      this.#database.prepare('DELETE FROM models WHERE number = ?').run(number);
    }
  }
}

function ascending(keys: readonly ChunkKey[]): ChunkKey[] {
  return [...keys].sort((a, b) => a - b);
}
