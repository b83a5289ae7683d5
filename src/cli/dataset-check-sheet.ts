import { stringify } from 'csv-stringify/sync';
import { SHEET_COLUMNS, type SheetRow, sheetFields } from '../datasets/labels/sheet.ts';
import { GroundspeedError } from '../kernel/errors.ts';
import { LINE_END, neutralise } from '../reporting/csv/cells.ts';

export type SheetFormat = 'csv' | 'jsonl';

export function sheetFormat(file: string): SheetFormat {
  const format = /\.(csv|jsonl)$/i.exec(file)?.[1]?.toLowerCase();
  if (format === 'csv' || format === 'jsonl') return format;
  throw new GroundspeedError('usage.argument', `${file} is neither a .csv nor a .jsonl file`, {
    where: '--sheet',
    hint: 'A spreadsheet opens .csv; scripts read .jsonl.',
  });
}

/** A labelling sheet as text. In a CSV nothing runs as a formula, lists are one cell each, and a mark lets Excel see UTF-8. */
export function renderSheet(rows: readonly SheetRow[], format: SheetFormat): string {
  if (format === 'jsonl') return rows.map((row) => `${JSON.stringify(sheetFields(row))}\n`).join('');
  const records = rows.map((row) => {
    const fields = {
      ...sheetFields(row),
      answers: row.answers.join(' | '),
      ranks: Object.entries(row.ranks)
        .map(([run, rank]) => `${run} ${rank}`)
        .join(', '),
    };
    return SHEET_COLUMNS.map((column) => cellOf(fields[column]));
  });
  // A line break within a text has to stand in quotes, whichever of the two it is.
  const options = { record_delimiter: LINE_END, quoted_match: /[\r\n]/ };
  return `\ufeff${stringify([[...SHEET_COLUMNS], ...records], options)}`;
}

/** A blank grade is an empty cell; numbers are none that a spreadsheet could run. */
function cellOf(field: unknown): string {
  if (field === null) return '';
  return typeof field === 'string' ? neutralise(field) : String(field);
}
