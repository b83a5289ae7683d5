import type { Database } from 'better-sqlite3';
import type { ErrorCode } from '../../kernel/errors.ts';
import type { Quarantine, QuarantinedDocument, QuarantineEntry } from './quarantine.ts';

/** A service may answer with a page of text: so much of it is kept. */
const LONGEST_MESSAGE = 1000;

interface Row {
  readonly id: string;
  readonly hash: string;
  readonly code: string;
  readonly message: string;
  readonly model: string | null;
  readonly attempts: number;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly held: number;
}

/** The documents in quarantine; none in a store that an earlier version made and that may only be read. */
export function quarantinedIn(database: Database): readonly QuarantinedDocument[] {
  const isThere = database.prepare(
    "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'quarantine'",
  );
  if (isThere.get() === undefined) return [];
  return database
    .prepare<[], Row>(
      `SELECT id, hash, code, message, model, attempts, first_at AS firstAt, last_at AS lastAt, held
       FROM quarantine ORDER BY id`,
    )
    .all()
    .map(({ code, model, held, ...row }) => ({
      ...row,
      code: code as ErrorCode,
      model: model ?? undefined,
      held: held === 1,
    }));
}

/** The table `quarantine` over a connection that may write. */
export class SqliteQuarantine implements Quarantine {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  list(): readonly QuarantinedDocument[] {
    return quarantinedIn(this.#database);
  }

  put({ id, hash, code, message, model }: QuarantineEntry, at: number): void {
    this.#database
      .prepare(
        `INSERT INTO quarantine (id, hash, code, message, model, attempts, first_at, last_at, held)
         VALUES (:id, :hash, :code, :message, :model, 1, :at, :at, 1)
         ON CONFLICT (id) DO UPDATE SET
           attempts = CASE WHEN hash = excluded.hash THEN attempts + 1 ELSE 1 END,
           first_at = CASE WHEN hash = excluded.hash THEN first_at ELSE excluded.first_at END,
           hash = excluded.hash, code = excluded.code, message = excluded.message, model = excluded.model,
           last_at = excluded.last_at, held = 1`,
      )
      .run({ id, hash, code, message: clipped(message), model: model ?? null, at });
  }

  release(): number {
    return this.#database.prepare('UPDATE quarantine SET held = 0').run().changes;
  }

  forget(ids: readonly string[]): void {
    if (ids.length === 0) return;
    const forget = this.#database.prepare('DELETE FROM quarantine WHERE id = ?');
    const forgetAll = this.#database.transaction(() => {
      for (const id of ids) forget.run(id);
    });
    forgetAll.immediate();
  }
}

function clipped(message: string): string {
  return message.length <= LONGEST_MESSAGE ? message : `${message.slice(0, LONGEST_MESSAGE - 1)}…`;
}
