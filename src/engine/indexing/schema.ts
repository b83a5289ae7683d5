import { randomUUID } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import { GroundspeedError } from '../../kernel/errors.ts';

export const SCHEMA_VERSION = 2;

/** Tells a groundspeed index from any other SQLite file: "GSPD" in ASCII. */
export const APPLICATION_ID = 0x47535044;

/** Since version 2: documents that cannot be taken in, so that they are not tried again and again. Times are epoch milliseconds. */
const QUARANTINE = `
  CREATE TABLE quarantine (
    id TEXT PRIMARY KEY,
    hash TEXT NOT NULL,
    code TEXT NOT NULL,
    message TEXT NOT NULL,
    model TEXT,
    attempts INTEGER NOT NULL,
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    held INTEGER NOT NULL CHECK (held IN (0, 1))
  ) STRICT, WITHOUT ROWID;
`;

/**
 * A document is at most twice in the store: as it is shown, and as it is staged to replace that. Texts stand apart
 * from documents, so that publishing and listing never touch them. AUTOINCREMENT never gives a chunk's key twice, and
 * numbers vectors in the order in which they were stored: those above `state.last_vector` came after the last publish.
 */
const SCHEMA = `
  CREATE TABLE documents (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    staged INTEGER NOT NULL CHECK (staged IN (0, 1)),
    version INTEGER NOT NULL,
    hash TEXT NOT NULL,
    title TEXT NOT NULL,
    metadata TEXT NOT NULL,
    UNIQUE (id, staged)
  ) STRICT;
  CREATE INDEX staged_documents ON documents (id) WHERE staged = 1;

  CREATE TABLE texts (
    document INTEGER PRIMARY KEY REFERENCES documents (row) ON DELETE CASCADE,
    text TEXT NOT NULL
  ) STRICT;

  CREATE TABLE chunks (
    key INTEGER PRIMARY KEY AUTOINCREMENT CHECK (key < 4294967296),
    document INTEGER NOT NULL REFERENCES documents (row) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    "start" INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    text TEXT NOT NULL,
    UNIQUE (document, ordinal)
  ) STRICT;

  CREATE TABLE models (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    bytes BLOB
  ) STRICT;

  CREATE TABLE vectors (
    row INTEGER PRIMARY KEY AUTOINCREMENT,
    chunk INTEGER NOT NULL REFERENCES chunks (key) ON DELETE CASCADE,
    model INTEGER NOT NULL REFERENCES models (number),
    vector BLOB NOT NULL,
    UNIQUE (chunk, model)
  ) STRICT;

  CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

  CREATE TABLE state (version INTEGER NOT NULL, model TEXT, last_vector INTEGER NOT NULL) STRICT;
  INSERT INTO state (version, model, last_vector) VALUES (0, NULL, 0);
  ${QUARANTINE}
`;

/** What leads from each earlier version to the next. Every one of them can be read as it stands. */
const MIGRATIONS: Readonly<Record<number, string>> = { 1: QUARANTINE };
const OLDEST_VERSION = Math.min(...Object.keys(MIGRATIONS).map(Number));

/** The fact that names a store: snapshots of indexes carry it, so that they never pass for another store's. */
export const STORE_ID = 'store.id';

/**
 * Makes the schema in an empty file, and brings that of an earlier version up to this one; refuses a file of another
 * program, or of a newer version.
 */
export function prepareSchema(database: Database, path: string): void {
  const { applicationId, version, tables } = marksOf(database);
  if (applicationId === 0 && version === 0 && tables === 0) {
    createSchema(database);
  } else {
    refuseForeign({ applicationId, version }, path);
    if (version < SCHEMA_VERSION) migrate(database);
  }
}

/** Refuses whatever is not an index of this version or of an earlier one, an empty file too. Writes nothing. */
export function verifySchema(database: Database, path: string): void {
  refuseForeign(marksOf(database), path);
}

interface SchemaMarks {
  readonly applicationId: number;
  readonly version: number;
  readonly tables: number;
}

function marksOf(database: Database): SchemaMarks {
  return {
    applicationId: Number(database.pragma('application_id', { simple: true })),
    version: Number(database.pragma('user_version', { simple: true })),
    tables: database.prepare<[], number>('SELECT count(*) FROM sqlite_schema').pluck().get() ?? 0,
  };
}

function refuseForeign(
  { applicationId, version }: Pick<SchemaMarks, 'applicationId' | 'version'>,
  path: string,
): void {
  if (applicationId !== APPLICATION_ID) {
    throw new GroundspeedError('store.incompatible', 'The file is a database, but not a groundspeed index', {
      where: path,
      hint: 'It was left alone. Give another place for the index: --index FOLDER, or store.url.',
    });
  }
  if (version < OLDEST_VERSION || version > SCHEMA_VERSION) {
    const made = version > SCHEMA_VERSION ? 'a newer' : 'an older';
    throw new GroundspeedError(
      'store.incompatible',
      `The index was made by ${made} version of groundspeed (its schema is ${version}; this version reads ${SCHEMA_VERSION})`,
      {
        where: path,
        hint: 'It was left alone. Use the version that made it, or give --index another folder and ingest anew.',
      },
    );
  }
}

/** One transaction: a file is of the version before, or of this one, and nothing of it is lost on the way. */
function migrate(database: Database): void {
  database
    .transaction(() => {
      // Read again: another process may have been here since.
      for (let { version } = marksOf(database); version < SCHEMA_VERSION; version += 1) {
        database.exec(MIGRATIONS[version]!);
        database.pragma(`user_version = ${version + 1}`);
      }
    })
    .immediate();
}

function createSchema(database: Database): void {
  database
    .transaction(() => {
      database.exec(SCHEMA);
      database.prepare('INSERT INTO facts (name, value) VALUES (?, ?)').run(STORE_ID, randomUUID());
      database.pragma(`application_id = ${APPLICATION_ID}`);
      database.pragma(`user_version = ${SCHEMA_VERSION}`);
    })
    .immediate();
}
