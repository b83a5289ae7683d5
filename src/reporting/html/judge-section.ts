import type { RunRecord } from '../../records/schema.ts';
import { judgeFacts } from '../judge-facts.ts';
import { html, NOTHING } from './markup.ts';
import { lead, type Section } from './section.ts';
import { table } from './table.ts';

/** What a model said of the answers, how far it agrees with people, and what failed. */
export function judgeSection({ judge }: RunRecord): Section | undefined {
  if (!judge) return undefined;
  const { summary, columns, rows, agreementColumns, agreementRows, notes } = judgeFacts(judge);
  const headed = (labels: readonly string[]) => labels.map((label, index) => ({ label, numeric: index > 0 }));
  return {
    id: 'judge',
    title: 'Answers, judged by a model',
    short: 'Judge',
    body: html`${lead(summary)}${table({ caption: 'Judgements: means with 95 % intervals', columns: headed(columns), rows })}
${agreementRows.length > 0 ? table({ caption: 'Agreement with labels by people', columns: headed(agreementColumns), rows: agreementRows }) : NOTHING}
${notes.length > 0 && html`<ul>${notes.map((note) => html`<li>${note}</li>`)}</ul>`}`,
  };
}
