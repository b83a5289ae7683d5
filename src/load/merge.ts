import { NO_RESPONSE } from '../records/columns.ts';
import type { ErrorClass, ErrorClasses } from './error-classes.ts';
import type { PhaseRecorder, RowColumns } from './recorder.ts';
import type { ResponseTable } from './responses.ts';
import type { TargetResponse } from './target.ts';

/** What one generator thread brings home: its rows, all ended, with the responses and error classes that they number. */
export interface ThreadRows {
  readonly columns: RowColumns;
  readonly responses: readonly { readonly question: number; readonly response: TargetResponse }[];
  readonly errors: readonly ErrorClass[];
}

/** Joins the rows of several threads, in the order of their due times, exactly: no sample is summarised on the way. */
export function mergeRows(
  parts: readonly ThreadRows[],
  into: PhaseRecorder,
  tables: { readonly responses: ResponseTable; readonly errors: ErrorClasses },
): void {
  const numbers = parts.map(({ responses, errors }) => ({
    responses: Uint32Array.from(responses, ({ question, response }) =>
      tables.responses.intern(question, response),
    ),
    errors: tables.errors.adopt(errors),
  }));
  const next = new Uint32Array(parts.length);
  for (;;) {
    const part = earliest(parts, next);
    if (part === undefined) break;
    const { columns } = parts[part]!;
    const row = next[part]!;
    const response = columns.response[row]!;
    into.adopt(columns, row, {
      response: response === NO_RESPONSE ? NO_RESPONSE : numbers[part]!.responses[response]!,
      errorClass: numbers[part]!.errors[columns.errorClass[row]!]!,
    });
    next[part] = row + 1;
  }
  into.peakInFlight = peakInFlight(parts.map(({ columns }) => columns));
}

function earliest(parts: readonly ThreadRows[], next: Uint32Array): number | undefined {
  let found: number | undefined;
  let due = Number.POSITIVE_INFINITY;
  for (const [part, { columns }] of parts.entries()) {
    if (next[part]! < columns.rows && columns.due[next[part]!]! < due) {
      due = columns.due[next[part]!]!;
      found = part;
    }
  }
  return found;
}

/** The most requests that were between their sending and their end at once. */
function peakInFlight(parts: readonly RowColumns[]): number {
  const times = (column: 'sent' | 'end'): Float64Array => {
    const all = new Float64Array(parts.reduce((sum, { rows }) => sum + rows, 0));
    let at = 0;
    for (const part of parts) {
      for (let row = 0; row < part.rows; row += 1) if (part.sent[row]! >= 0) all[at++] = part[column][row]!;
    }
    return all.subarray(0, at).sort();
  };
  const sent = times('sent');
  const end = times('end');
  let most = 0;
  for (let begun = 0, ended = 0; begun < sent.length; begun += 1) {
    while (end[ended]! <= sent[begun]!) ended += 1;
    most = Math.max(most, begun + 1 - ended);
  }
  return most;
}
