import type { PhaseRecorder } from './recorder.ts';

/** The bounds of "in time", in milliseconds from the due time. */
export interface Deadlines {
  /** Of the end. */
  readonly deadline: number;
  /** Of the first token; null where there is no bound of its own. A target that does not stream shows none, and misses it. */
  readonly firstTokenDeadline: number | null;
}

/** Whether the answer of a completed request came in time. */
export function isInTime(
  rows: PhaseRecorder,
  row: number,
  { deadline, firstTokenDeadline }: Deadlines,
): boolean {
  const due = rows.due[row]!;
  if (!(rows.end[row]! - due <= deadline)) return false;
  return firstTokenDeadline === null || rows.first.at(row) - due <= firstTokenDeadline;
}
