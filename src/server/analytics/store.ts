import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Database } from 'better-sqlite3';
import { loadSqlite } from '../../engine/native.ts';
import { GroundspeedError, messageOf } from '../../kernel/errors.ts';
import type { GoldenRun } from './golden-run.ts';
import { AnalyticsReads } from './store-reads.ts';
import { AnalyticsWrites } from './store-writes.ts';
import type { DayWrite } from './tally.ts';

const VERSION = 1;

/** Everything adds up: any number of processes may write to the file. */
const SCHEMA = `
  CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE counters (day INTEGER, name TEXT, value REAL NOT NULL, PRIMARY KEY (day, name)) WITHOUT ROWID;
  CREATE TABLE latency (day INTEGER, cell INTEGER, count INTEGER NOT NULL, PRIMARY KEY (day, cell)) WITHOUT ROWID;
  CREATE TABLE latency_totals (
    day INTEGER PRIMARY KEY, count INTEGER NOT NULL, clamped INTEGER NOT NULL,
    micros INTEGER NOT NULL, nanos INTEGER NOT NULL, least REAL NOT NULL, most REAL NOT NULL
  );
  CREATE TABLE clients (
    day INTEGER, client TEXT, queries INTEGER NOT NULL, errors INTEGER NOT NULL, PRIMARY KEY (day, client)
  ) WITHOUT ROWID;
  CREATE TABLE questions (
    day INTEGER, hash TEXT, chars INTEGER NOT NULL, text TEXT, count INTEGER NOT NULL, PRIMARY KEY (day, hash)
  ) WITHOUT ROWID;
  CREATE TABLE documents (day INTEGER, id TEXT, count INTEGER NOT NULL, PRIMARY KEY (day, id)) WITHOUT ROWID;
  CREATE TABLE scores (
    day INTEGER, evaluator TEXT, count INTEGER NOT NULL, total REAL NOT NULL, PRIMARY KEY (day, evaluator)
  ) WITHOUT ROWID;
  CREATE TABLE alive (minute INTEGER PRIMARY KEY);
  CREATE TABLE golden (
    dataset TEXT, at INTEGER, run TEXT NOT NULL, PRIMARY KEY (dataset, at)
  ) WITHOUT ROWID;
`;

/** Milliseconds for which a write waits for that of another process. */
const BUSY_MS = 250;
/** The same when the file is opened: nobody waits then. */
const OPENING_MS = 5000;

export interface StoreSetting {
  readonly path: string;
  /** Different keys of one day and table, at most. */
  readonly maxKeysPerDay: number;
  /** Whether the first characters of questions may be kept, and told. */
  readonly content: boolean;
}

/** The file of analytics. Each method is one transaction, and keeps the thread that calls it for as long as the disk takes. */
export class AnalyticsStore {
  readonly reads: AnalyticsReads;
  /** Mixed into the hashes of clients: without the file, nobody can try names. */
  readonly salt: string;
  readonly #database: Database;
  readonly #writes: AnalyticsWrites;

  constructor(database: Database, { maxKeysPerDay, content }: StoreSetting) {
    this.#database = database;
    this.reads = new AnalyticsReads(database, { content });
    this.#writes = new AnalyticsWrites(database, maxKeysPerDay);
    this.salt = saltOf(database);
  }

  /** False where another process writes just now, or the disk takes nothing: then nothing of it was written. */
  add(days: readonly DayWrite[]): boolean {
    return tried(() => this.#writes.add(days));
  }

  /** Says that the service was up in this minute. */
  alive(epochMs: number): boolean {
    return tried(() => this.#writes.alive(epochMs));
  }

  addGolden(run: GoldenRun): boolean {
    return tried(() => this.#writes.golden(run));
  }

  /** Deletes what is older than the day; of each golden set and source the last run stays. */
  forgetBefore(day: number): boolean {
    return tried(() => this.#writes.forgetBefore(day));
  }

  close(): void {
    this.#database.close();
  }
}

/** Opens the file, making it where it is missing. Throws `store.unwritable` or `store.incompatible`. */
export async function openAnalyticsStore(setting: StoreSetting): Promise<AnalyticsStore> {
  const { path } = setting;
  const Sqlite = await loadSqlite();
  let database: Database | undefined;
  try {
    mkdirSync(dirname(path), { recursive: true });
    database = new Sqlite(path, { timeout: OPENING_MS });
    await switchToWal(database);
    database.pragma('synchronous = NORMAL');
    // What is deleted is gone from the file, too: questions may be among it.
    database.pragma('secure_delete = ON');
    prepare(database, path);
    if (!setting.content) forgetTexts(database);
    const store = new AnalyticsStore(database, setting);
    database.pragma(`busy_timeout = ${BUSY_MS}`);
    return store;
  } catch (cause) {
    database?.close();
    if (cause instanceof GroundspeedError) throw cause;
    throw new GroundspeedError(
      'store.unwritable',
      `Analytics cannot be kept in ${path}: ${messageOf(cause)}`,
      {
        where: path,
        hint: 'Make the folder writable, or switch them off with analytics.enabled=false.',
        cause,
      },
    );
  }
}

const SWITCH_TRIES = 100;
const SWITCH_PAUSE_MS = 20;

/** To switch takes the file for oneself, for which SQLite does not wait: workers that start together open a new file at once. */
async function switchToWal(database: Database): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      database.pragma('journal_mode = WAL');
      return;
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'SQLITE_BUSY' || tries === SWITCH_TRIES) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, SWITCH_PAUSE_MS));
  }
}

function prepare(database: Database, path: string): void {
  database
    .transaction(() => {
      const version = database.pragma('user_version', { simple: true });
      if (version === VERSION) return;
      const tables = database
        .prepare("SELECT count(*) FROM sqlite_master WHERE type = 'table'")
        .pluck()
        .get();
      if (version !== 0 || tables !== 0) {
        throw new GroundspeedError(
          'store.incompatible',
          `${path} is not a file of analytics of this version`,
          {
            where: path,
            hint: 'Move it away: a new one is made.',
          },
        );
      }
      database.exec(SCHEMA);
      database.pragma(`user_version = ${VERSION}`);
    })
    .immediate();
}

/** Questions that were kept as text while that was allowed: as soon as it is not, none stays. */
function forgetTexts(database: Database): void {
  const held = database.prepare('SELECT EXISTS (SELECT 1 FROM questions WHERE text IS NOT NULL)').pluck();
  if (held.get() === 0) return;
  database.exec('UPDATE questions SET text = NULL WHERE text IS NOT NULL');
  database.pragma('wal_checkpoint(TRUNCATE)');
}

function saltOf(database: Database): string {
  const fresh = randomBytes(16).toString('hex');
  database.prepare("INSERT OR IGNORE INTO meta (name, value) VALUES ('salt', ?)").run(fresh);
  return database.prepare("SELECT value FROM meta WHERE name = 'salt'").pluck().get() as string;
}

/** Analytics must never be why a service fails. */
function tried(work: () => void): boolean {
  try {
    work();
    return true;
  } catch {
    return false;
  }
}
