/** Markdown that has to fit: code hosts refuse or cut what is longer than they take. */

export const byteLength = (text: string): number => Buffer.byteLength(text, 'utf8');

/** As many of the first lines as fit into `bytes`, each with its line end; at least none. */
export function fittingLines(lines: readonly string[], bytes: number): string[] {
  let left = bytes;
  const end = lines.findIndex((line) => {
    left -= byteLength(line) + 1;
    return left < 0;
  });
  return end === -1 ? [...lines] : lines.slice(0, end);
}

/**
 * A table cut to `bytes`, and how many of its rows were left out; '' where not even a row fits. `table` is a whole table
 * in Markdown: two lines of heading, then a line a row.
 */
export function fittingTable(table: string, bytes: number): { text: string; left: number } {
  if (table === '') return { text: '', left: 0 };
  const [heading = '', rule = '', ...rows] = table.split('\n');
  const kept = fittingLines(rows, bytes - byteLength(heading) - byteLength(rule) - 2);
  return kept.length === 0
    ? { text: '', left: rows.length }
    : { text: [heading, rule, ...kept].join('\n'), left: rows.length - kept.length };
}
