import type { RunRecord } from '../../records/schema.ts';
import { judgeFacts } from '../judge-facts.ts';
import { oneLine } from '../plain.ts';
import { fittedTable, type Screen, wrap } from './layout.ts';

/** What a model said of the answers, and how far it can be believed. */
export function judgeBlock({ judge }: RunRecord, screen: Screen): string[] {
  if (!judge) return [];
  const { colours, columns: width } = screen;
  const { summary, columns, rows, agreementColumns, agreementRows, notes } = judgeFacts(judge);
  const dim = (text: string): string[] => wrap(oneLine(text), width).map(colours.dim);
  return [
    colours.bold('Judged by a model'),
    ...tableOf(columns, rows, screen),
    ...(agreementRows.length > 0 ? ['', ...tableOf(agreementColumns, agreementRows, screen)] : []),
    ...[summary, ...notes].flatMap(dim),
  ];
}

function tableOf(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  screen: Screen,
): string[] {
  const columns = headings.map((heading, index) => ({
    heading,
    cell: (row: readonly string[]) => oneLine(row[index] ?? ''),
    sparable: index < 2 ? 0 : index,
  }));
  return fittedTable(columns, rows, screen);
}
