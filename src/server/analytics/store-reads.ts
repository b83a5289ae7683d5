import type { Database } from 'better-sqlite3';
import { DurationHistogram } from '../../statistics/histogram.ts';
import type { GoldenRun } from './golden-run.ts';

/** Days since 1970, both among them. */
export interface DayRange {
  readonly from: number;
  readonly to: number;
}

export interface ClientDay {
  readonly day: number;
  readonly client: string;
  readonly queries: number;
  readonly errors: number;
}

/** The head of a list, and how many more it has. */
export interface Head<Row> {
  readonly rows: readonly Row[];
  readonly leftOff: number;
}

export interface PopularQuestion {
  readonly hash: string;
  readonly chars: number;
  readonly text: string | null;
  readonly count: number;
}

const MINUTES_A_DAY = 1440;

/** What the file holds of some days. */
export class AnalyticsReads {
  readonly #database: Database;
  readonly #content: boolean;

  /** `content`: whether the texts of questions may be told, where they are kept. */
  constructor(database: Database, { content }: { readonly content: boolean }) {
    this.#database = database;
    this.#content = content;
  }

  counters(range: DayRange): ReadonlyMap<string, number> {
    const rows = this.#all(
      'SELECT name, sum(value) AS value FROM counters WHERE day BETWEEN @from AND @to GROUP BY name',
      range,
    );
    return new Map((rows as { name: string; value: number }[]).map(({ name, value }) => [name, value]));
  }

  /** Of all processes: their histograms add up, so that quantiles are those of all questions together. */
  latency(range: DayRange): DurationHistogram {
    const [totals] = this.#all(
      `SELECT coalesce(sum(count), 0) AS count, sum(clamped) AS clamped, sum(micros) AS micros, sum(nanos) AS nanos,
        min(least) AS least, max(most) AS most FROM latency_totals WHERE day BETWEEN @from AND @to`,
      range,
    ) as [{ count: number; clamped: number; micros: number; nanos: number; least: number; most: number }];
    if (totals.count === 0) return new DurationHistogram();
    const cells = this.#all(
      'SELECT cell, sum(count) AS count FROM latency WHERE day BETWEEN @from AND @to GROUP BY cell ORDER BY cell',
      range,
    ) as { cell: number; count: number }[];
    const { count, clamped, micros, nanos, least, most } = totals;
    return DurationHistogram.decode({
      cells: Uint16Array.from(cells, ({ cell }) => cell),
      counts: Float64Array.from(cells, (one) => one.count),
      totals: Float64Array.of(count, clamped, micros, nanos, least, most),
    });
  }

  scores(range: DayRange): readonly { evaluator: string; count: number; mean: number }[] {
    return this.#all(
      `SELECT evaluator, sum(count) AS count, sum(total) / sum(count) AS mean FROM scores
        WHERE day BETWEEN @from AND @to GROUP BY evaluator ORDER BY evaluator`,
      range,
    ) as { evaluator: string; count: number; mean: number }[];
  }

  /**
   * Minutes of the days in which the service was up, and the one from which on it could have been: the first of them all where it was
   * known of before, else its own first; null where it was not known of yet. All since 1970.
   */
  alive({ from, to }: DayRange): { readonly minutes: number; readonly first: number | null } {
    const range = { from: from * MINUTES_A_DAY, to: (to + 1) * MINUTES_A_DAY - 1 };
    const [found] = this.#all(
      `SELECT count(*) AS minutes, CASE WHEN EXISTS (SELECT 1 FROM alive WHERE minute < @from) THEN @from ELSE min(minute) END
        AS first FROM alive WHERE minute BETWEEN @from AND @to`,
      range,
    ) as [{ minutes: number; first: number | null }];
    return found;
  }

  /** The last run of each golden set, the canary's and those of each nightly command apart; the latest first. */
  goldenRuns(): GoldenRun[] {
    const rows = this.#all('SELECT run, max(at) AS at FROM golden GROUP BY dataset ORDER BY at DESC') as {
      run: string;
    }[];
    return rows.map(({ run }) => JSON.parse(run) as GoldenRun);
  }

  /** So many of each day, those that asked most; the latest day first. */
  clients(range: DayRange, limit: number): Head<ClientDay> {
    const rows = this.#all(
      `SELECT day, client, queries, errors FROM
        (SELECT *, row_number() OVER (PARTITION BY day ORDER BY queries DESC, client) AS place FROM clients
          WHERE day BETWEEN @from AND @to)
        WHERE place <= @limit ORDER BY day DESC, place`,
      { ...range, limit },
    ) as ClientDay[];
    const all = this.#count('SELECT count(*) FROM clients WHERE day BETWEEN @from AND @to', range);
    return { rows, leftOff: all - rows.length };
  }

  popularQuestions(range: DayRange, limit: number): Head<PopularQuestion> {
    const rows = this.#all(
      `SELECT hash, max(chars) AS chars, ${this.#content ? 'max(text)' : 'NULL'} AS text, sum(count) AS count FROM questions
        WHERE day BETWEEN @from AND @to GROUP BY hash ORDER BY sum(count) DESC, hash LIMIT @limit`,
      { ...range, limit },
    ) as PopularQuestion[];
    const all = this.#count(
      'SELECT count(DISTINCT hash) FROM questions WHERE day BETWEEN @from AND @to',
      range,
    );
    return { rows, leftOff: all - rows.length };
  }

  /** Ids and how many questions each was retrieved for, the most often retrieved first. */
  retrieved(range: DayRange): { readonly id: string; readonly count: number }[] {
    return this.#all(
      `SELECT id, sum(count) AS count FROM documents WHERE day BETWEEN @from AND @to
        GROUP BY id ORDER BY sum(count) DESC, id`,
      range,
    ) as { id: string; count: number }[];
  }

  #count(sql: string, values: object): number {
    return this.#database.prepare(sql).pluck().get(values) as number;
  }

  #all(sql: string, values: object = {}): unknown[] {
    return this.#database.prepare(sql).all(values);
  }
}
