import { stringify } from 'csv-stringify/sync';

export type Cell = string | number | boolean | null;

/** What makes a spreadsheet take a cell for a formula, behind white space and characters that show nothing, too. */
const FORMULA = /^[\s\p{Cc}\p{Cf}]*[=+\-@＝＋－＠]|^[\t\r\n]/u;
/** Text that a spreadsheet shows and never runs. Numbers are not text: a negative one stays a number. */
export function neutralise(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text;
}

export const LINE_END = '\r\n';

/** Quoted by itself is only the line end that rows have: a cell may hold half of it. */
const OPTIONS = { record_delimiter: LINE_END, quoted_match: /[\r\n]/ } as const;

/** Rows of cells as text. What is null, or no number, is empty. */
export function write(rows: readonly (readonly Cell[])[]): string {
  return stringify(
    rows.map((cells) => cells.map(written)),
    OPTIONS,
  );
}

/** One cell of text, quoted where it has to be. */
export function writeCell(text: string): string {
  return stringify([[neutralise(text)]], { ...OPTIONS, eof: false });
}

function written(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return Number.isFinite(cell) ? String(cell) : '';
  return typeof cell === 'boolean' ? String(cell) : neutralise(cell);
}
