import type { IngestResult } from '../engine/engine.ts';
import type { DocumentsTaken } from './parts.ts';

/** Nobody waits at the other end of a request for minutes: what the embedder cannot take now is told as skipped. */
export const NO_WAITING = { waitForBreaker: 0 } as const;

/** What an ingest came to, as whoever sent the documents is told it. Plain data: it crosses from one process to another. */
export function documentsTaken(
  {
    indexed,
    unchanged,
    failed,
    skipped,
    quarantined,
  }: Pick<IngestResult, 'indexed' | 'unchanged' | 'failed' | 'skipped' | 'quarantined'>,
  version: number,
): DocumentsTaken {
  return {
    indexed,
    unchanged,
    failed,
    skipped: skipped.map(({ id }) => id),
    quarantined: quarantined.map(({ id, code, message }) => ({ id, code, message })),
    version,
  };
}
