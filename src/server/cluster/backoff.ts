/** Milliseconds before the first replacement of a process, and at most. */
const FIRST = 100;
const MOST = 30_000;
/** A process that lived so long, in milliseconds, was no failed start. */
export const HEALTHY_MS = 30_000;

/** How long to wait before a process is replaced that ended so many times in a row soon after its start. */
export function backoffMs(failures: number): number {
  return Math.min(MOST, FIRST * 2 ** Math.min(failures, 20));
}
