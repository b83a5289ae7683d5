import type { Database, Statement } from 'better-sqlite3';
import { GroundspeedError } from '../../kernel/errors.ts';
import { tokenise } from '../../text/tokens.ts';
import { loadSqlite } from '../native.ts';
import type { ChunkKey, Hits, KeywordEntry, KeywordIndex, SearchOptions } from '../ports.ts';
import type { Bm25Options } from './bm25-index.ts';
import { readSnapshot, writeSnapshot } from './snapshot-file.ts';

const MAGIC = 'GSFTS5/1';
/** What SQLite takes for LIMIT where there is none. */
const NO_LIMIT = -1;

// The text is kept in the table: without it (contentless_delete) FTS5 forgets to subtract removed rows from its row
// count and average length, and scores drift away from those of a clean build.
const SCHEMA = `CREATE VIRTUAL TABLE IF NOT EXISTS chunks USING fts5(title, text, tokenize = 'porter unicode61')`;

/**
 * SQLite's full-text index, in a database of its own in memory. FTS5's bm25() has k1 and b built in and knows no
 * stop words; it scores every match, so that long questions on large collections take tens of milliseconds.
 */
export async function createFts5Index({ k1, b }: Bm25Options): Promise<KeywordIndex> {
  if (k1 !== 1.2 || b !== 0.75) {
    throw new GroundspeedError('config.unsupported', 'FTS5 computes BM25 with k1 = 1.2 and b = 0.75 only', {
      where: k1 === 1.2 ? 'index.b' : 'index.k1',
      hint: 'Leave index.k1 and index.b alone, or set index.keyword to bm25.',
    });
  }
  return new Fts5Index(await loadSqlite());
}

class Fts5Index implements KeywordIndex {
  readonly kind = 'fts5';
  readonly #Sqlite: typeof import('better-sqlite3');
  #table: ChunkTable;
  #size = 0;

  constructor(Sqlite: typeof import('better-sqlite3')) {
    this.#Sqlite = Sqlite;
    this.#table = openTable(new Sqlite(':memory:'));
  }

  get size(): number {
    return this.#size;
  }

  async add(entries: readonly KeywordEntry[]): Promise<void> {
    const { database, insert, erase } = this.#table;
    this.#size += database.transaction(() => {
      let replaced = 0;
      for (const { key, title, text } of entries) {
        replaced += erase.run(key).changes;
        insert.run(key, title, text);
      }
      return entries.length - replaced;
    })();
  }

  async remove(keys: readonly ChunkKey[]): Promise<void> {
    const { database, erase } = this.#table;
    this.#size -= database.transaction(() => keys.reduce((sum, key) => sum + erase.run(key).changes, 0))();
  }

  async search(query: string, k: number, { accept, signal }: SearchOptions = {}): Promise<Hits> {
    signal?.throwIfAborted();
    const expression = matchAny(query);
    const keys: number[] = [];
    const scores: number[] = [];
    if (expression === '' || k <= 0) return { keys: new Uint32Array(0), scores: new Float64Array(0) };
    for (const [key, rank] of this.#table.match.iterate(expression, accept === undefined ? k : NO_LIMIT)) {
      if (accept !== undefined && !accept(key)) continue;
      keys.push(key);
      scores.push(-rank);
      if (keys.length >= k) break;
    }
    return { keys: Uint32Array.from(keys), scores: Float64Array.from(scores) };
  }

  async save(path: string): Promise<void> {
    await writeSnapshot(path, MAGIC, [this.#table.database.serialize()]);
  }

  async load(path: string): Promise<void> {
    const body = await readSnapshot(path, MAGIC);
    const loaded = new this.#Sqlite(Buffer.from(body.buffer, body.byteOffset, body.byteLength));
    this.#table.database.close();
    this.#table = openTable(loaded);
    this.#size = loaded.prepare<[], number>('SELECT count(*) FROM chunks').pluck().get() ?? 0;
  }

  async close(): Promise<void> {
    this.#table.database.close();
  }
}

/** The table's database, and what is asked of it. */
interface ChunkTable {
  readonly database: Database;
  readonly insert: Statement<[key: number, title: string, text: string]>;
  readonly erase: Statement<[key: number]>;
  readonly match: Statement<[expression: string, limit: number], [key: number, rank: number]>;
}

function openTable(database: Database): ChunkTable {
  database.exec(SCHEMA);
  return {
    database,
    insert: database.prepare('INSERT INTO chunks (rowid, title, text) VALUES (?, ?, ?)'),
    erase: database.prepare('DELETE FROM chunks WHERE rowid = ?'),
    match: database
      .prepare<[string, number], [number, number]>(
        'SELECT rowid, bm25(chunks) FROM chunks WHERE chunks MATCH ? ORDER BY bm25(chunks), rowid LIMIT ?',
      )
      .raw(),
  };
}

/** An FTS5 expression that matches any word of the query: only quoted words of letters and digits, so nothing in it is syntax. */
function matchAny(query: string): string {
  return [...new Set(tokenise(query))].map((word) => `"${word}"`).join(' OR ');
}
