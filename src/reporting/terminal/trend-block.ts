import pc from 'picocolors';
import { count } from '../format.ts';
import { clip } from '../plain.ts';
import {
  orderedPoints,
  sparkline,
  TREND_NOTE,
  type TrendRow,
  type TrendSeries,
  trendAdvice,
  trendRow,
} from '../trend.ts';
import { fittedTable, type Screen, type TableColumn, wrap } from './layout.ts';

/** Runs that a sparkline shows, the last ones. */
const RUNS_SHOWN = 30;
const NARROWEST = 40;
const WIDEST = 110;
const INDENT = '  ';

const COLUMNS: readonly TableColumn<TrendRow>[] = [
  { heading: 'of', cell: ({ name }) => clip(name, 28), sparable: 0 },
  { heading: 'last', cell: ({ last }) => last, sparable: 0 },
  { heading: '95 %', cell: ({ interval }) => interval, sparable: 3 },
  { heading: 'change', cell: ({ change }) => change, sparable: 0 },
  { heading: 'of runs', cell: ({ before }) => count(before), sparable: 2 },
  {
    heading: 'trend',
    cell: (row) => row.sparkline,
    sparable: 1,
    left: true,
    paint: (_, colours) => colours.cyan,
  },
];

/** A line a series: what it is, how it changed, and its course; words beneath only for what lies outside its range. */
export function trendBlock(series: readonly TrendSeries[], screen: Screen): string[] {
  const { colours, columns } = screen;
  if (series.length === 0) return [colours.dim('No runs yet.')];
  const rows = series.map((one) => ({
    ...trendRow(one),
    sparkline: sparkline(orderedPoints(one).slice(-RUNS_SHOWN)),
  }));
  const advice = series.filter((_, index) => rows[index]!.outside !== null).map(trendAdvice);
  return [
    ...fittedTable(COLUMNS, rows, screen),
    ...(rows.some((row) => row.sparkline.includes('│')) ? [colours.dim('│ other hardware from here')] : []),
    ...advice.flatMap((sentence) => wrap(sentence, columns)),
    ...wrap(TREND_NOTE, columns).map(colours.dim),
  ];
}

export interface TrendTerminalOptions {
  /** Columns of the terminal. */
  readonly width: number;
  readonly colour: boolean;
}

/** The history of a project's runs, on a terminal. */
export function renderTrendTerminal(
  series: readonly TrendSeries[],
  { width, colour }: TrendTerminalOptions,
): string {
  const columns = Math.min(WIDEST, Math.max(NARROWEST, Math.floor(width))) - INDENT.length;
  const lines = trendBlock(series, { columns, colours: pc.createColors(colour) });
  return `\n${lines.map((line) => `${INDENT}${line}`.trimEnd()).join('\n')}\n`;
}
