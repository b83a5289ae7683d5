import type { Database, Statement } from 'better-sqlite3';
import { OTHER_KEY } from './fact.ts';
import type { GoldenRun } from './golden-run.ts';
import type { DayWrite } from './tally.ts';

const DAILY = [
  'counters',
  'latency',
  'latency_totals',
  'clients',
  'questions',
  'documents',
  'scores',
] as const;
const MINUTES_A_DAY = 1440;

/** Writes after which keys are counted again: other processes add some too. */
const COUNTED_AGAIN = 100;

/** A table whose keys come from outside, and are bounded. */
interface KeyedTable {
  /** Keys of a day, as they were when they were last counted, and those that this process has added since. */
  known: { day: number; keys: number; writes: number };
  readonly count: Statement;
  readonly update: Statement;
  readonly insert: Statement;
}

/** A nightly run is not to take the place of a round of the canary's, nor `gate` that of the run it gates: no name has a blank. */
const goldenKey = ({ dataset, nightly }: GoldenRun): string =>
  nightly === undefined ? dataset : `${dataset} ${nightly.command}`;

export class AnalyticsWrites {
  readonly #database: Database;
  readonly #maxKeys: number;
  readonly #counter: Statement;
  readonly #cell: Statement;
  readonly #totals: Statement;
  readonly #score: Statement;
  readonly #clients: KeyedTable;
  readonly #questions: KeyedTable;
  readonly #documents: KeyedTable;

  constructor(database: Database, maxKeys: number) {
    this.#database = database;
    this.#maxKeys = maxKeys;
    this.#counter = database.prepare(
      `INSERT INTO counters VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = value + excluded.value`,
    );
    this.#cell = database.prepare(
      `INSERT INTO latency VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count`,
    );
    this.#totals = database.prepare(
      `INSERT INTO latency_totals VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
        count = count + excluded.count, clamped = clamped + excluded.clamped,
        micros = micros + excluded.micros, nanos = nanos + excluded.nanos,
        least = min(least, excluded.least), most = max(most, excluded.most)`,
    );
    this.#score = database.prepare(
      `INSERT INTO scores VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET
        count = count + excluded.count, total = total + excluded.total`,
    );
    this.#clients = {
      known: uncounted(),
      count: database.prepare('SELECT count(*) FROM clients WHERE day = ?').pluck(),
      update: database.prepare(
        'UPDATE clients SET queries = queries + ?, errors = errors + ? WHERE day = ? AND client = ?',
      ),
      insert: database.prepare('INSERT INTO clients (queries, errors, day, client) VALUES (?, ?, ?, ?)'),
    };
    this.#questions = {
      known: uncounted(),
      count: database.prepare('SELECT count(*) FROM questions WHERE day = ?').pluck(),
      update: database.prepare(
        'UPDATE questions SET count = count + ?, chars = ?, text = ? WHERE day = ? AND hash = ?',
      ),
      insert: database.prepare(
        'INSERT INTO questions (count, chars, text, day, hash) VALUES (?, ?, ?, ?, ?)',
      ),
    };
    this.#documents = {
      known: uncounted(),
      count: database.prepare('SELECT count(*) FROM documents WHERE day = ?').pluck(),
      update: database.prepare('UPDATE documents SET count = count + ? WHERE day = ? AND id = ?'),
      insert: database.prepare('INSERT INTO documents (count, day, id) VALUES (?, ?, ?)'),
    };
  }

  add(days: readonly DayWrite[]): void {
    this.#database
      .transaction(() => {
        for (const day of days) this.#addDay(day);
      })
      .immediate();
  }

  alive(epochMs: number): void {
    this.#database.prepare('INSERT OR IGNORE INTO alive VALUES (?)').run(Math.floor(epochMs / 60_000));
  }

  golden(run: GoldenRun): void {
    // The rounds of a canary come in their order: one of later is from before the calendar was set back, and is not the last.
    if (run.nightly === undefined) {
      this.#database.prepare('DELETE FROM golden WHERE dataset = ? AND at > ?').run(goldenKey(run), run.at);
    }
    this.#database
      .prepare('INSERT OR REPLACE INTO golden VALUES (?, ?, ?)')
      .run(goldenKey(run), run.at, JSON.stringify(run));
  }

  forgetBefore(day: number): void {
    this.#database
      .transaction(() => {
        for (const table of DAILY) this.#database.prepare(`DELETE FROM ${table} WHERE day < ?`).run(day);
        // The last minute before stays: without it nobody could tell that the service is older than what is kept.
        this.#database
          .prepare(`DELETE FROM alive WHERE minute < (SELECT max(minute) FROM alive WHERE minute < ?)`)
          .run(day * MINUTES_A_DAY);
        this.#database
          .prepare(
            `DELETE FROM golden WHERE at < ? AND at < (SELECT max(at) FROM golden AS own WHERE own.dataset = golden.dataset)`,
          )
          .run(day * MINUTES_A_DAY * 60_000);
      })
      .immediate();
  }

  #addDay({ day, counters, latency, clients, questions, documents, scores }: DayWrite): void {
    for (const [name, value] of counters) this.#counter.run(day, name, value);
    if (latency !== undefined) {
      const { cells, counts, totals } = latency;
      for (const [index, cell] of cells.entries()) this.#cell.run(day, cell, counts[index]);
      this.#totals.run(day, ...totals);
    }
    for (const [evaluator, { count, sum }] of scores) this.#score.run(day, evaluator, count, sum);
    this.#addKeyed(this.#clients, day, clients, ({ queries, errors }) => [queries, errors]);
    this.#addKeyed(this.#questions, day, questions, ({ count, chars, text }, isOther) =>
      isOther ? [count, 0, null] : [count, chars, text],
    );
    this.#addKeyed(this.#documents, day, documents, (count) => [count]);
  }

  /** A key that is new once there are too many counts as other. */
  #addKeyed<Value>(
    table: KeyedTable,
    day: number,
    values: ReadonlyMap<string, Value>,
    numbers: (value: Value, isOther: boolean) => unknown[],
  ): void {
    if (values.size === 0) return;
    const { update, insert } = table;
    const known = countKeys(table, day);
    for (const [key, value] of values) {
      const own = numbers(value, false);
      if (update.run(...own, day, key).changes > 0) continue;
      if (known.keys < this.#maxKeys) {
        insert.run(...own, day, key);
        known.keys += 1;
        continue;
      }
      const other = numbers(value, true);
      if (update.run(...other, day, OTHER_KEY).changes === 0) insert.run(...other, day, OTHER_KEY);
    }
  }
}

const uncounted = (): KeyedTable['known'] => ({ day: Number.NaN, keys: 0, writes: 0 });

function countKeys(table: KeyedTable, day: number): KeyedTable['known'] {
  const { known, count } = table;
  if (known.day !== day || known.writes >= COUNTED_AGAIN) {
    table.known = { day, keys: count.get(day) as number, writes: 0 };
  }
  table.known.writes += 1;
  return table.known;
}
