import type { RunRecord } from '../../records/schema.ts';
import { type DrillLeftOut, drillRows, drillsHeadline } from '../drills.ts';
import { clip } from '../plain.ts';
import { VERDICTS } from '../words.ts';
import { escapeMarkdown, table } from './text.ts';

const LONGEST = 120;

/** Several drills as Markdown: a row each, then what users noticed. */
export function renderDrillsMarkdown(
  records: readonly RunRecord[],
  leftOut: readonly DrillLeftOut[] = [],
): string {
  const { verdict, claim, sentence } = drillsHeadline(records, leftOut);
  const rows = drillRows(records);
  const headings = ['Drill', 'Verdict', 'Promises held', 'Available before', 'during', 'after'];
  const figures = table(
    [...headings, 'Right during', 'p95 during', 'Detected', 'Recovered', 'Lost', 'Amplification'],
    rows.map((row) => [
      clip(row.name, LONGEST),
      `${VERDICTS[row.verdict].mark} ${row.verdict}`,
      row.held,
      row.availability.before,
      row.availability.during,
      row.availability.after,
      row.right.during,
      row.p95.during,
      row.detected,
      row.recovered,
      row.lost,
      row.amplification,
    ]),
  );
  const noticed = rows
    .map(({ title, noticed: words }) => `- ${escapeMarkdown(clip(`${title}: ${words}`, 2 * LONGEST))}`)
    .join('\n');
  const blocks = [
    `## ${VERDICTS[verdict].mark} ${verdict}: ${escapeMarkdown(claim)}`,
    escapeMarkdown(sentence),
    figures,
    noticed,
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}
