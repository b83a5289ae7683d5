import { dateOf, OTHER_KEY } from './fact.ts';
import type { AnalyticsReads, DayRange } from './store-reads.ts';

/** `GET /api/analytics`: who asks, what, and what is found. */
export interface UsageSummary {
  readonly success: true;
  readonly from: string;
  readonly to: string;
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
}

export interface UsageSetting {
  readonly reads: AnalyticsReads;
  readonly range: DayRange;
  /** Entries of each list, at most. */
  readonly limit: number;
  /** Of the index as it is now. */
  readonly documentIds: () => readonly string[];
}

export function usage({ reads, range, limit, documentIds }: UsageSetting): UsageSummary {
  const rows = reads.retrieved(range);
  const retrieved = rows.filter(({ id }) => id !== OTHER_KEY);
  const known = new Set(retrieved.map(({ id }) => id));
  const never = documentIds().filter((id) => !known.has(id));
  return {
    success: true,
    from: dateOf(range.from),
    to: dateOf(range.to),
    clients: reads.clients(range, limit).map(({ day, ...client }) => ({ day: dateOf(day), ...client })),
    popular_queries: reads.popularQuestions(range, limit).map(({ hash, chars, text, count }) => ({
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
  };
}
