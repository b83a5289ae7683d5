import type { Clock } from '../kernel/clock.ts';
import type { Log } from '../telemetry/logging/logger.ts';
import type { TakeDocuments } from './parts.ts';

/** Takes documents in, and says in the log what became of them: how many, and the codes of those that failed. */
export function logIngests(take: TakeDocuments, { log, clock }: { log: Log; clock: Clock }): TakeDocuments {
  return async (items) => {
    const start = clock.now();
    try {
      const taken = await take(items);
      const { indexed, unchanged, failed, skipped, quarantined, version } = taken;
      const fields = {
        event: 'ingest.finished',
        ms: clock.now() - start,
        indexed,
        unchanged,
        failed: failed.length,
        skipped: skipped.length,
        quarantined: quarantined.length,
        index_version: version,
      };
      const troubled = failed.length + skipped.length + quarantined.length > 0;
      if (troubled) log.warn({ ...fields, code: failed[0]?.code }, 'some documents were not taken in');
      else log.info(fields, 'documents were taken in');
      return taken;
    } catch (error) {
      log.warn(
        { event: 'ingest.failed', ms: clock.now() - start, err: error },
        'documents could not be taken in',
      );
      throw error;
    }
  };
}
