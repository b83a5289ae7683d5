import type { ErrorClasses } from './error-classes.ts';
import { PhaseRecorder, type SharedTables } from './recorder.ts';

/**
 * The rows that were due at or after a moment, their times counted from there: what is left of a phase whose beginning
 * was warm-up, while the load went on without a break.
 */
export function laterRows(
  rows: PhaseRecorder,
  from: number,
  tables: Pick<SharedTables, 'responses' | 'stages'> & { readonly errors: ErrorClasses },
): PhaseRecorder {
  const first = firstDue(rows, from);
  const later = new PhaseRecorder(rows.rows - first, tables);
  const columns = rows.columns();
  const shift = (times: Float64Array): Float64Array => times.map((time) => time - from);
  const shifted = {
    ...columns,
    due: shift(columns.due),
    sent: shift(columns.sent),
    first: columns.first?.map((time) => time - from),
    end: shift(columns.end),
  };
  for (let row = first; row < rows.rows; row += 1) {
    later.adopt(shifted, row, { response: columns.response[row]!, errorClass: columns.errorClass[row]! });
  }
  later.peakInFlight = rows.maxInFlight;
  return later;
}

function firstDue({ due, rows }: PhaseRecorder, from: number): number {
  let row = 0;
  while (row < rows && due[row]! < from) row += 1;
  return row;
}
