import { parse } from 'csv-parse/sync';
import { messageOf } from '../kernel/errors.ts';

/** A row of a spreadsheet that is not blank. */
export interface CsvRow {
  readonly cells: readonly string[];
  /** Of the file, from 1, at which it begins: a cell may span several. */
  readonly line: number;
}

/** What makes a text no CSV; each file's own error tells it. */
export interface CsvFault {
  /** `file`, or `file:line` where that is known. */
  readonly where: string;
  /** Continues "the file …". */
  readonly problem: string;
  readonly cause: unknown;
}

/** What to do about it. */
export const CSV_HINT =
  'Every row needs as many cells as the header; cells with commas, quotes or line breaks stand in double quotes.';

export interface CsvReading {
  /** Makes the error of a file that is no CSV. */
  readonly fault: (fault: CsvFault) => Error;
  /** Whether columns may be divided by semicolons or tabs, as spreadsheets of other languages save them. */
  readonly anyDelimiter?: boolean;
}

/** The rows of a spreadsheet, the header first, with any line ends, without a byte order mark. */
export function csvRows(text: string, file: string, { fault, anyDelimiter = false }: CsvReading): CsvRow[] {
  try {
    const rows = parse(text, {
      bom: true,
      info: true,
      delimiter: anyDelimiter ? delimiterOf(text) : ',',
      record_delimiter: ['\r\n', '\n', '\r'],
      skip_empty_lines: true,
      skip_records_with_empty_values: true,
    }) as unknown as ParsedRow[];
    return rows.map(({ record, info }) => ({ cells: record, line: info.lines - linesWithin(record) }));
  } catch (cause) {
    const line = (cause as { lines?: number }).lines;
    throw fault({
      where: line === undefined ? file : `${file}:${line}`,
      problem: `is not CSV: ${messageOf(cause).replace(/\.$/, '')}`,
      cause,
    });
  }
}

interface ParsedRow {
  readonly record: readonly string[];
  /** `lines`: those that were read when the row ended. */
  readonly info: { readonly lines: number };
}

const linesWithin = (cells: readonly string[]): number =>
  cells.reduce((sum, cell) => sum + (cell.match(/\r\n|\n|\r/g)?.length ?? 0), 0);

/** What the header's columns are divided by. */
function delimiterOf(text: string): string {
  const [header = ''] = text.split(/[\r\n]/, 1);
  const counts = [',', ';', '\t'].map((sign) => [sign, header.split(sign).length] as const);
  return counts.reduce((best, one) => (one[1] > best[1] ? one : best))[0];
}
