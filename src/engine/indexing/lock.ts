import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GroundspeedError } from '../../kernel/errors.ts';
import { loadSqlite } from '../native.ts';
import { storeError } from './store-errors.ts';

/** Held by the one process that may use an index. */
export interface IndexLock {
  /** Lets others have the index. Calling it again does nothing. */
  release(): void;
}

/**
 * Takes the index in `folder` for this process, or fails at once with `store.locked`, naming who has it.
 *
 * The lock is SQLite's exclusive lock on a file of its own (`lock`): a lock of the operating system's, which goes when
 * the process goes, however it ends. `lock.json` beside it only tells others who holds it; it proves nothing.
 */
export async function lockIndex(folder: string): Promise<IndexLock> {
  const Sqlite = await loadSqlite();
  const path = join(folder, 'lock');
  const holderPath = join(folder, 'lock.json');
  let database: import('better-sqlite3').Database | undefined;
  try {
    mkdirSync(folder, { recursive: true });
    database = new Sqlite(path, { timeout: 0 });
    database.pragma('locking_mode = EXCLUSIVE');
    database.pragma('journal_mode = MEMORY'); // nothing is written: a full disk is no obstacle
    database.exec('BEGIN EXCLUSIVE');
    tellHolder(holderPath);
  } catch (thrown) {
    database?.close();
    const error = storeError(thrown, path);
    throw isLocked(error) ? locked(folder, holderPath) : error;
  }
  const held = database;
  return {
    release: () => {
      if (!held.open) return;
      rmSync(holderPath, { force: true });
      held.close();
    },
  };
}

/** On a full disk the index is held all the same, and can be read: others only cannot be told by whom. */
function tellHolder(holderPath: string): void {
  try {
    writeFileSync(holderPath, JSON.stringify({ pid: process.pid, since: new Date().toISOString() }));
  } catch (thrown) {
    const { code } = thrown as { code?: unknown };
    if (code !== 'ENOSPC' && code !== 'EDQUOT') throw thrown;
  }
}

function isLocked(error: unknown): boolean {
  return error instanceof GroundspeedError && error.code === 'store.locked';
}

function locked(folder: string, holderPath: string): GroundspeedError {
  return new GroundspeedError('store.locked', `The index is in use by ${holderOf(holderPath)}`, {
    where: folder,
    hint: 'Wait until it is done, or give --index another folder.',
  });
}

/** Who holds the lock. The file may be missing or half written: it is read without the lock. */
function holderOf(holderPath: string): string {
  try {
    const { pid, since } = JSON.parse(readFileSync(holderPath, 'utf8')) as { pid: number; since: string };
    return `${pid === process.pid ? 'this very process' : 'process'} ${pid}, since ${since}`;
  } catch {
    return 'another process';
  }
}
