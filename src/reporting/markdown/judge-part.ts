import type { RunRecord } from '../../records/schema.ts';
import { judgeFacts } from '../judge-facts.ts';
import { escapeMarkdown, table, titled } from './text.ts';

/** What a model said of the answers, how far it agrees with people, and what failed. */
export function judgePart({ judge }: RunRecord): string {
  if (!judge) return '';
  const { summary, columns, rows, agreementColumns, agreementRows, notes } = judgeFacts(judge);
  const blocks = [
    escapeMarkdown(summary),
    table(columns, rows),
    table(agreementColumns, agreementRows),
    notes.map((note) => `- ${escapeMarkdown(note)}`).join('\n'),
  ];
  return titled('Answers, judged by a model', blocks.filter((block) => block !== '').join('\n\n'));
}
