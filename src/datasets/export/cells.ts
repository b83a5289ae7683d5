/** What makes a spreadsheet take a cell for a formula, behind white space and characters that show nothing, too. */
const FORMULA = /^'*(?:[\s\p{Cc}\p{Cf}]*[=+\-@＝＋－＠]|[\t\r\n])/u;

/**
 * A cell that a spreadsheet shows and never runs: an apostrophe stands before what would be a formula. It also stands
 * before a text that has apostrophes there itself, so that `unguarded` gives back exactly what was written.
 */
export function guarded(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text;
}

/** A guarded cell as it was. */
export function unguarded(cell: string): string {
  return cell.startsWith("'") && FORMULA.test(cell.slice(1)) ? cell.slice(1) : cell;
}

/** Rows as RFC 4180 has them: CRLF, and quotes around whatever could be taken for more than one cell. */
export function csvText(rows: readonly (readonly string[])[]): string {
  return rows.map((cells) => `${cells.map(quoted).join(',')}\r\n`).join('');
}

function quoted(cell: string): string {
  const text = guarded(cell);
  return /[",\r\n]|^\s|\s$|^\ufeff/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const LONE_SURROGATE = /\p{Surrogate}/gu;

/** Whether UTF-8 text can hold it, and a reader will take it: no NUL, no half characters. */
export const isWritable = (text: string): boolean => !text.includes('\0') && text.search(LONE_SURROGATE) < 0;

/** The text with � for what no text file can hold. */
export function writable(text: string): string {
  return text.replaceAll('\0', '\ufffd').replace(LONE_SURROGATE, '\ufffd');
}
