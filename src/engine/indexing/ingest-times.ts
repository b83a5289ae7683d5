import type { DocumentStore } from '../ports.ts';

/** When documents came into an index, in milliseconds since 1970. The store keeps it: a copy of the index tells the same. */
export interface IngestTimes {
  /** The end of the last ingest that went well, if only to find nothing new. */
  readonly succeeded: number;
  /** Of the last ingest that brought a new document, or a new version of one; null where nobody knows. */
  readonly newest: number | null;
}

/**
 * Whether an ingest counts as one that went well: it was spared no document by a breaker, and took at least one of those it was given,
 * or was given none. Where every document fails, something is wrong that is none of the documents'.
 */
export function wentWell({ indexed, unchanged, failed, skipped }: IngestOutcome): boolean {
  return skipped.length === 0 && (failed.length === 0 || indexed + unchanged > 0);
}

export interface IngestOutcome {
  readonly indexed: number;
  readonly unchanged: number;
  readonly failed: readonly unknown[];
  readonly skipped: readonly unknown[];
}

const FACT = 'ingest.times';

/**
 * An ingest that brings nothing is noted again only after so many milliseconds: each note grows the store's log, which begins
 * anew only with what changes the index.
 */
const NOTED_AGAIN_MS = 60_000;

/**
 * Notes an ingest that went well. The documents are in by then: where the note cannot be written, for want of disk say, the
 * index merely looks older than it is.
 */
export function noteIngest(
  store: DocumentStore,
  { at, indexed }: { readonly at: number; readonly indexed: number },
): void {
  try {
    const before = ingestTimes(store);
    const isNew = indexed > 0;
    if (!isNew && before !== undefined && Math.abs(at - before.succeeded) < NOTED_AGAIN_MS) return;
    const times: IngestTimes = { succeeded: at, newest: isNew ? at : (before?.newest ?? null) };
    store.setFact(FACT, JSON.stringify(times));
  } catch {
    // Told by whatever needs the store next.
  }
}

/** Undefined for an index that an earlier version made, and for an empty one. */
export function ingestTimes(store: Pick<DocumentStore, 'fact'>): IngestTimes | undefined {
  const fact = store.fact(FACT);
  if (fact === undefined) return undefined;
  const { succeeded, newest } = JSON.parse(fact) as Partial<IngestTimes>;
  return Number.isFinite(succeeded) ? { succeeded: succeeded!, newest: newest ?? null } : undefined;
}
