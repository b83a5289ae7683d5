import pc from 'picocolors';
import type { MeasuredPower } from '../experiments/dataset-check/measured-power.ts';
import type { KindPower, SetPower } from '../experiments/dataset-check/set-power.ts';
import { chosenShare, count, counted, MISSING } from '../reporting/format.ts';
import { oneLine } from '../reporting/plain.ts';
import type { TextView } from './answer-text.ts';
import { cellWidth, clipCells } from './cell-width.ts';
import { wrap } from './dataset-check-wrap.ts';

/** How many questions of each kind there are, and how small a difference between two variants they show. */
export function powerLines(
  power: SetPower,
  measured: readonly MeasuredPower[],
  { colour, width }: TextView,
): string[] {
  const { bold, dim } = pc.createColors(colour);
  const [all] = power.kinds;
  if (all === undefined) return [];
  return [
    bold('What it can show'),
    ...tableOf(power).map((row, at) => (at === 0 ? dim(row) : row)),
    ...(power.kinds.length > MOST_ROWS ? [dim(`  … and ${count(power.kinds.length - MOST_ROWS)} more`)] : []),
    ...[...words(power, all), ...measured.map(measuredWords)].map((sentence) =>
      wrap(sentence, width).join('\n'),
    ),
  ];
}

/** A set may call every question a kind of its own; --json has them all. */
const MOST_ROWS = 25;

function tableOf({ kinds, split }: SetPower): string[] {
  const splits = Object.keys(kinds[0]?.bySplit ?? {});
  const head = ['', 'questions', ...splits.map(oneLine), 'share right', 'mean score'];
  const rows = kinds
    .slice(0, MOST_ROWS)
    .map(({ kind, questions, bySplit, leastShare, leastMean }) => [
      kind === null ? 'all' : clipCells(oneLine(kind), 24),
      count(questions),
      ...splits.map((name) => `${count(bySplit[name])}${name === split ? '*' : ' '}`),
      leastShare === null ? MISSING : `${points(leastShare)} points`,
      leastMean === null ? MISSING : leastMean.toFixed(3),
    ]);
  return columns([head, ...rows]);
}

/** The first column to the left, all others to the right. */
function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((cells) => cellWidth(cells[column]!))));
  const gap = (cell: string, column: number): string => ' '.repeat(widths[column]! - cellWidth(cell));
  return rows.map((cells) =>
    `  ${cells.map((cell, column) => (column === 0 ? cell + gap(cell, column) : gap(cell, column) + cell)).join('  ')}`.trimEnd(),
  );
}

function words({ assumed, split, kinds, wanted }: SetPower, all: KindPower): string[] {
  const of = split === null ? '' : ` of split ${oneLine(split)}*`;
  const seen = [
    all.leastShare === null ? undefined : `${points(all.leastShare)} points in the share of right answers`,
    all.leastMean === null ? undefined : `${all.leastMean.toFixed(3)} in a mean score such as nDCG@10`,
  ].filter((part) => part !== undefined);
  const asked = counted(all.compared, 'question');
  const least =
    seen.length === 0
      ? `${asked}${of} are too few to tell two variants apart.`
      : `Asked the ${asked}${of}, two variants are told apart in four of five comparisons when they differ by ${seen.join(', or by ')}; smaller differences are mostly missed.`;
  const takes = wanted.map(({ difference, of: what, questions }) =>
    what === 'share'
      ? `${points(difference)} points take ${count(questions)} questions`
      : `a mean difference of ${difference} takes ${count(questions)}`,
  );
  const small = kinds.filter(({ kind, leastShare }) => kind !== null && leastShare === null);
  const byKind =
    small.length === 0
      ? []
      : [
          `${counted(small.length, 'kind')} ${small.length === 1 ? 'has' : 'have'} too few questions for a difference in the share of right answers to show: read those results as description.`,
        ];
  return [
    least,
    ...byKind,
    `Assumed: the two differ on ${chosenShare(assumed.discordance)} of the questions, and their scores per question with a standard deviation of ${assumed.sd}; α ${assumed.alpha}, two-sided. To see less: ${takes.join(', ')}.`,
  ];
}

/** The same of two runs whose scores are known. */
function measuredWords({ runs, ndcg10, success5, questions }: MeasuredPower): string {
  const mean =
    ndcg10.least === null
      ? ''
      : `; differences from ${ndcg10.least.toFixed(3)} show (standard deviation ${ndcg10.sd.toFixed(2)})`;
  const share =
    success5.least === null
      ? ', too few for differences to show'
      : `; differences from ${points(success5.least)} points show`;
  return `Measured, ${runs.map(oneLine).join(' against ')}, ${counted(questions, 'question')}: nDCG@10 ${signed(ndcg10.difference, 3)}${mean}. They disagree on success@5 for ${chosenShare(Number(success5.discordance.toFixed(3)))}${share}.`;
}

const signed = (value: number, digits: number): string =>
  `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(digits)}`;

/** A share as points of a hundred: 9.9. */
function points(value: number): string {
  return String(Number((value * 100).toFixed(1)));
}
