import type { Clock } from '../../kernel/clock.ts';
import { milliseconds } from '../../kernel/units.ts';

export interface WatchedProcess {
  /** Any answer will do, also that it failed. */
  readonly ping: () => Promise<unknown>;
  /** Milliseconds for which it may say nothing. */
  readonly patienceMs: number;
  readonly clock: Clock;
  /** Nobody watches any more. */
  readonly signal: AbortSignal;
}

/** So many times it is asked while patience lasts. */
const PINGS = 4;

/**
 * Resolves once a process has said nothing for as long as patience lasts: true; to false when nobody watches any more. A process that is
 * busy answers between two pieces of its work, and is not hung. Nor is one that could not be heard, because this process was itself held
 * up: it is given its time anew.
 */
export async function hangs({ ping, patienceMs, clock, signal }: WatchedProcess): Promise<boolean> {
  const every = patienceMs / PINGS;
  let heardAt = clock.now();
  let isAsked = false;
  const heard = (): void => {
    heardAt = clock.now();
    isAsked = false;
  };
  while (!signal.aborted) {
    const start = clock.now();
    if (!isAsked) {
      isAsked = true;
      ping().then(heard, heard);
    }
    await clock.sleep(milliseconds(every), signal).catch(() => undefined);
    if (signal.aborted) return false;
    if (clock.now() - start > 2 * every) heardAt = clock.now();
    if (clock.now() - heardAt >= patienceMs) return true;
  }
  return false;
}
