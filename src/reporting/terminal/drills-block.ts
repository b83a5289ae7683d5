import pc from 'picocolors';
import type { RunRecord } from '../../records/schema.ts';
import { type DrillLeftOut, type DrillRow, drillRows, drillsHeadline } from '../drills.ts';
import { clip, oneLine } from '../plain.ts';
import { VERDICTS } from '../words.ts';
import { fittedTable, type TableColumn, wrap } from './layout.ts';
import { verdictPaint } from './verdict-blocks.ts';

export interface DrillsTerminalOptions {
  /** Columns of the terminal. */
  readonly width: number;
  readonly colour: boolean;
  /** Where the summary was written; no line about it where nothing was. */
  readonly reportPath?: string;
  readonly leftOut?: readonly DrillLeftOut[];
}

const NARROWEST = 40;
const WIDEST = 120;
const INDENT = '  ';

const COLUMNS: readonly TableColumn<DrillRow>[] = [
  {
    heading: 'drill',
    cell: ({ name, verdict }) => `${VERDICTS[verdict].mark} ${clip(name, 26)}`,
    sparable: 0,
    paint: ({ verdict }, colours) => verdictPaint(verdict, colours),
  },
  {
    heading: 'verdict',
    cell: ({ verdict }) => verdict,
    sparable: 7,
    left: true,
    paint: ({ verdict }, colours) => verdictPaint(verdict, colours),
  },
  { heading: 'before', cell: ({ availability }) => availability.before, sparable: 3 },
  { heading: 'available', cell: ({ availability }) => availability.during, sparable: 0 },
  { heading: 'after', cell: ({ availability }) => availability.after, sparable: 4 },
  { heading: 'right', cell: ({ right }) => right.during, sparable: 1 },
  { heading: 'p95', cell: ({ p95 }) => p95.during, sparable: 1 },
  { heading: 'detected', cell: ({ detected }) => detected, sparable: 5 },
  { heading: 'recovered', cell: ({ recovered }) => recovered, sparable: 2 },
  { heading: 'lost', cell: ({ lost }) => lost, sparable: 2 },
  { heading: 'amplified', cell: ({ amplification }) => amplification, sparable: 6 },
];

/** Several drills on a terminal: how many held, and a line each. */
export function renderDrillsTerminal(
  records: readonly RunRecord[],
  { width, colour, reportPath, leftOut = [] }: DrillsTerminalOptions,
): string {
  const colours = pc.createColors(colour);
  const columns = Math.min(WIDEST, Math.max(NARROWEST, Math.floor(width))) - INDENT.length;
  const { verdict, claim, sentence } = drillsHeadline(records, leftOut);
  const mark = `${VERDICTS[verdict].mark} ${verdict}`;
  const rows = drillRows(records);
  const blocks = [
    [
      `${verdictPaint(verdict, colours)(colours.bold(mark))}  ${colours.bold(claim)}`,
      ...wrap(oneLine(sentence), columns).map(colours.dim),
    ],
    rows.length === 0 ? [] : fittedTable(COLUMNS, rows, { columns, colours }),
    // The path is never wrapped: it is there to be copied.
    reportPath === undefined ? [] : [`${colours.dim('Report')} ${colours.bold(oneLine(reportPath))}`],
  ].filter((lines) => lines.length > 0);
  return `\n${blocks.map((lines) => lines.map((line) => `${INDENT}${line}`.trimEnd()).join('\n')).join('\n\n')}\n`;
}
