import { dateOf, OTHER_KEY } from './fact.ts';
import type { AnalyticsReads, DayRange } from './store-reads.ts';

/** `GET /api/analytics`: who asks, what, and what is found. */
export interface UsageSummary {
  readonly success: true;
  readonly from: string;
  readonly to: string;
  /** So many of each day (`limit`), those that asked most; the latest day first. */
  readonly clients: readonly {
    readonly day: string;
    readonly client: string;
    readonly queries: number;
    readonly errors: number;
  }[];
  readonly popular_queries: readonly {
    readonly query_sha256: string;
    readonly query_chars: number;
    /** Its first characters; null unless `telemetry.content` allows them. */
    readonly query: string | null;
    readonly count: number;
  }[];
  readonly documents: {
    /** By how many questions each was retrieved for. */
    readonly most_retrieved: readonly { readonly id: string; readonly count: number }[];
    readonly retrieved_count: number;
    readonly never_retrieved_count: number;
    /** The first of them, by id. */
    readonly never_retrieved: readonly string[];
    /** False where more documents were retrieved in a day than are kept apart: then nobody knows which were never. */
    readonly complete: boolean;
  };
  /** Entries that the lists would have beyond `limit`; a client counts once for each day. */
  readonly left_off: {
    readonly clients: number;
    readonly popular_queries: number;
    readonly most_retrieved: number;
    readonly never_retrieved: number;
  };
}

export interface UsageSetting {
  readonly reads: AnalyticsReads;
  readonly range: DayRange;
  /** Entries of each list, at most; of clients, for each day. */
  readonly limit: number;
  /** Of the index as it is now. */
  readonly documentIds: () => readonly string[];
}

export function usage({ reads, range, limit, documentIds }: UsageSetting): UsageSummary {
  const rows = reads.retrieved(range);
  const retrieved = rows.filter(({ id }) => id !== OTHER_KEY);
  const known = new Set(retrieved.map(({ id }) => id));
  const never = documentIds().filter((id) => !known.has(id));
  const clients = reads.clients(range, limit);
  const questions = reads.popularQuestions(range, limit);
  return {
    success: true,
    from: dateOf(range.from),
    to: dateOf(range.to),
    clients: clients.rows.map(({ day, ...client }) => ({ day: dateOf(day), ...client })),
    popular_queries: questions.rows.map(({ hash, chars, text, count }) => ({
      query_sha256: hash,
      query_chars: chars,
      query: text,
      count,
    })),
    documents: {
      most_retrieved: retrieved.slice(0, limit),
      retrieved_count: retrieved.length,
      never_retrieved_count: never.length,
      never_retrieved: never.slice(0, limit),
      complete: rows.length === retrieved.length,
    },
    left_off: {
      clients: clients.leftOff,
      popular_queries: questions.leftOff,
      most_retrieved: Math.max(0, retrieved.length - limit),
      never_retrieved: Math.max(0, never.length - limit),
    },
  };
}
