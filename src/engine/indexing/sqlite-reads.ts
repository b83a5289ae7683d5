import type { Database, Statement } from 'better-sqlite3';
import type { Chunk, ChunkKey, Metadata, StoredDocument } from '../ports.ts';
import { decodeVector } from './vector-blob.ts';

/** Where a page of an ordered reading ends. Documents go by id; of a shown and a staged one with one id, the shown first. */
interface Place {
  readonly documentId: string;
  readonly staged: number;
  readonly ordinal: number;
}

interface ChunkRow extends Place {
  readonly key: ChunkKey;
  readonly title: string;
  readonly metadata: string;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

interface VectorRow extends Place {
  readonly key: ChunkKey;
  readonly vector: Buffer | null;
}

interface State {
  readonly version: number;
  readonly model: string | null;
  readonly modelNumber: number | null;
  readonly documents: number;
  readonly chunks: number;
}

const START: Place = { documentId: '', staged: 0, ordinal: -1 };

/** Rows in one page. SQLite forbids a connection to write while it steps through a statement, so readings go by pages. */
const PAGE = 512;

const PLACE = 'd.id AS documentId, d.staged, c.ordinal';
const CHUNK = `c.key, ${PLACE}, d.title, d.metadata, c."start", c."end", c.text`;
/** CROSS JOIN keeps SQLite to the order documents, chunks: both indexes then give the rows sorted. */
const CHUNKS = 'FROM documents d CROSS JOIN chunks c ON c.document = d.row';
const AFTER = `d.id >= :documentId AND
  (d.id > :documentId OR d.staged > :staged OR (d.staged = :staged AND c.ordinal > :ordinal))`;
const IN_ORDER = 'ORDER BY d.id, d.staged, c.ordinal LIMIT :limit';
const IS_CURRENT = `(d.staged = 1 OR NOT EXISTS
  (SELECT 1 FROM documents s WHERE s.id = d.id AND s.staged = 1))`;
const LACKS_VECTOR = `NOT EXISTS (SELECT 1 FROM vectors v JOIN models m ON m.number = v.model
  WHERE v.chunk = c.key AND m.id = :model)`;

/** Every question that the store answers, as prepared statements over one connection. */
export class SqliteReads {
  readonly #database: Database;
  readonly #chunk: Statement<[ChunkKey], ChunkRow>;
  readonly #vector: Statement<[ChunkKey, number], Buffer>;
  #lastMetadata: { readonly json: string; readonly value: Metadata } = { json: '{}', value: {} };

  constructor(database: Database) {
    this.#database = database;
    this.#chunk = database.prepare(
      `SELECT ${CHUNK} FROM chunks c JOIN documents d ON d.row = c.document WHERE c.key = ? AND d.staged = 0`,
    );
    this.#vector = database
      .prepare<[ChunkKey, number], Buffer>(
        `SELECT v.vector FROM vectors v JOIN chunks c ON c.key = v.chunk JOIN documents d ON d.row = c.document
         WHERE v.chunk = ? AND v.model = ? AND d.staged = 0`,
      )
      .pluck();
  }

  state(): State {
    return this.#database
      .prepare<[], State>(
        `SELECT version, model, (SELECT number FROM models WHERE id = model) AS modelNumber,
           (SELECT count(*) FROM documents WHERE staged = 0) AS documents,
           (SELECT count(*) FROM documents d JOIN chunks c ON c.document = d.row WHERE d.staged = 0) AS chunks
         FROM state`,
      )
      .get()!;
  }

  hashes(): ReadonlyMap<string, string> {
    const rows = this.#database
      .prepare<[], [string, string]>('SELECT id, hash FROM documents ORDER BY id, staged')
      .raw()
      .all();
    return new Map(rows);
  }

  ids(kind: 'published' | 'staged'): readonly string[] {
    return this.#database
      .prepare<[number], string>('SELECT id FROM documents WHERE staged = ? ORDER BY id')
      .pluck()
      .all(kind === 'staged' ? 1 : 0);
  }

  document(id: string): StoredDocument | undefined {
    type Row = Omit<StoredDocument, 'metadata'> & { readonly metadata: string };
    const row = this.#database
      .prepare<[string], Row>(
        `SELECT d.id, d.title, t.text, d.metadata, d.hash, d.version
         FROM documents d JOIN texts t ON t.document = d.row WHERE d.id = ? AND d.staged = 0`,
      )
      .get(id);
    return row && { ...row, metadata: JSON.parse(row.metadata) as Metadata };
  }

  chunk(key: ChunkKey): Chunk | undefined {
    const row = this.#chunk.get(key);
    return row && this.#toChunk(row);
  }

  vector(key: ChunkKey, model: number): Float32Array | undefined {
    const blob = this.#vector.get(key, model);
    return blob && decodeVector(blob);
  }

  chunksWithoutVector(model: string, limit: number, after: ChunkKey | undefined): readonly Chunk[] {
    const place = after === undefined ? START : this.#placeOf(after);
    return this.#database
      .prepare<[object], ChunkRow>(`SELECT ${CHUNK} ${CHUNKS} WHERE ${AFTER} AND ${LACKS_VECTOR} ${IN_ORDER}`)
      .all({ ...place, model, limit })
      .map((row) => this.#toChunk(row));
  }

  countWithoutVector(model: string): number {
    return this.#database
      .prepare<[object], number>(`SELECT count(*) FROM chunks c WHERE ${LACKS_VECTOR}`)
      .pluck()
      .get({ model })!;
  }

  *chunks(which: 'published' | 'current'): Generator<Chunk> {
    const condition = which === 'published' ? 'd.staged = 0' : IS_CURRENT;
    const sql = `SELECT ${CHUNK} ${CHUNKS} WHERE ${AFTER} AND ${condition} ${IN_ORDER}`;
    for (const row of this.#pages<ChunkRow>(sql, {})) yield this.#toChunk(row);
  }

  *vectors(model: number): Generator<{ key: ChunkKey; vector: Float32Array }> {
    // A subquery, not a join: SQLite would sort the rows of a join once more.
    const vector = '(SELECT v.vector FROM vectors v WHERE v.chunk = c.key AND v.model = :model) AS vector';
    const sql = `SELECT c.key, ${PLACE}, ${vector} ${CHUNKS} WHERE ${AFTER} AND d.staged = 0 ${IN_ORDER}`;
    for (const row of this.#pages<VectorRow>(sql, { model })) {
      if (row.vector !== null) yield { key: row.key, vector: decodeVector(row.vector) };
    }
  }

  modelBytes(id: string): Uint8Array | undefined {
    return (
      this.#database
        .prepare<[string], Buffer | null>('SELECT bytes FROM models WHERE id = ?')
        .pluck()
        .get(id) ?? undefined
    );
  }

  fact(name: string): string | undefined {
    return this.#database
      .prepare<[string], string>('SELECT value FROM facts WHERE name = ?')
      .pluck()
      .get(name);
  }

  /** What SQLite finds wrong with its own file, or undefined. */
  damage(): string | undefined {
    const found = String(this.#database.pragma('quick_check(1)', { simple: true }));
    return found === 'ok' ? undefined : found;
  }

  *#pages<Row extends Place>(sql: string, parameters: object): Generator<Row> {
    const statement = this.#database.prepare<[object], Row>(sql);
    let after: Place = START;
    for (;;) {
      const { documentId, staged, ordinal } = after;
      const rows = statement.all({ ...parameters, documentId, staged, ordinal, limit: PAGE });
      yield* rows;
      if (rows.length < PAGE) return;
      after = rows[rows.length - 1]!;
    }
  }

  #placeOf(key: ChunkKey): Place {
    return (
      this.#database
        .prepare<[ChunkKey], Place>(
          `SELECT ${PLACE} FROM chunks c JOIN documents d ON d.row = c.document WHERE c.key = ?`,
        )
        .get(key) ?? START
    );
  }

  #toChunk(row: ChunkRow): Chunk {
    const { key, documentId, title, ordinal, start, end, text } = row;
    return { key, documentId, title, ordinal, start, end, text, metadata: this.#metadata(row.metadata) };
  }

  /** Chunks of one document follow one another: they share one object, parsed once. */
  #metadata(json: string): Metadata {
    if (json !== this.#lastMetadata.json) this.#lastMetadata = { json, value: JSON.parse(json) as Metadata };
    return this.#lastMetadata.value;
  }
}
