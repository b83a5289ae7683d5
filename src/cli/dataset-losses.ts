import type { Loss, Tally } from '../datasets/loss.ts';
import { count, counted } from '../reporting/format.ts';
import { oneLine } from '../reporting/plain.ts';
import { alignedRows } from './table.ts';

/** What a set held before and holds after, a line for each kind of thing. */
export function tallyRows(before: Tally, after: Tally): string[] {
  return alignedRows(
    (['questions', 'documents', 'judgements'] as const).map((thing) => [
      `  ${thing}`,
      `${count(after[thing])} of ${count(before[thing])}`,
    ]),
  );
}

/** Losses as text: each with its count, what it is, and where the first few stood. */
export function lossLines(losses: readonly Loss[], heading: string): string[] {
  if (losses.length === 0) return ['Nothing was lost.'];
  const lines = [heading];
  for (const { of, what, count: number, examples } of losses) {
    const things = of === 'detail' ? `${count(number)} ×` : counted(number, of);
    lines.push(`  ${things}: ${oneLine(what)}`);
    for (const { where, found } of examples) {
      lines.push(`      ${oneLine(where)}${found === undefined ? '' : `  ${oneLine(found)}`}`);
    }
  }
  return lines;
}
