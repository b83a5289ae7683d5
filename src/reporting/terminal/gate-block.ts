import type { RunRecord } from '../../records/schema.ts';
import {
  flipTally,
  flipWords,
  type GateCells,
  gateCells,
  isExplained,
  orderedFlips,
  orderedRows,
  questionWords,
  tally,
  weakerWords,
} from '../gate-words.ts';
import { clip, oneLine } from '../plain.ts';
import { VERDICTS } from '../words.ts';
import { fittedTable, type Screen, type TableColumn, wrap } from './layout.ts';
import { verdictPaint } from './verdict-blocks.ts';

const FLIPS_SHOWN = 5;

const COLUMNS: readonly TableColumn<GateCells>[] = [
  {
    heading: 'judged',
    cell: ({ name, verdict }) => `${VERDICTS[verdict].mark} ${clip(name, 34)}`,
    sparable: 0,
    paint: ({ verdict }, colours) => verdictPaint(verdict, colours),
  },
  { heading: 'baseline', cell: ({ baseline }) => baseline, sparable: 2 },
  { heading: 'now', cell: ({ candidate }) => candidate, sparable: 0 },
  { heading: 'loss', cell: ({ loss }) => loss, sparable: 0 },
  { heading: 'interval', cell: ({ interval }) => interval, sparable: 1 },
  { heading: 'δ', cell: ({ delta }) => delta, sparable: 1 },
  { heading: 'adj. p', cell: ({ p }) => p, sparable: 5 },
  { heading: 'of', cell: ({ n }) => n, sparable: 6 },
  {
    heading: 'verdict',
    cell: ({ verdict }) => verdict,
    sparable: 4,
    left: true,
    paint: ({ verdict }, colours) => verdictPaint(verdict, colours),
  },
];

/** What was judged, what failed first; why what did not pass did not; and the questions that flipped. */
export function gateBlock({ gate }: RunRecord, screen: Screen): string[] {
  if (!gate) return [];
  const { colours, columns } = screen;
  const dim = (text: string): string[] => (text === '' ? [] : wrap(text, columns).map(colours.dim));
  const rows = orderedRows(gate).map(gateCells);
  const reasons = rows
    .filter(({ verdict }) => verdict !== 'PASS')
    .flatMap(({ name, why, moved, verdict }) =>
      wrap(`${name}: ${why}${moved === '' ? '' : ` Moved: ${moved}.`}`, columns).map((line, index) =>
        index === 0 ? verdictPaint(verdict, colours)(line) : colours.dim(line),
      ),
    );
  return [
    colours.bold(clip(`Gate: ${tally(gate) || 'nothing was judged'}`, columns)),
    ...fittedTable(COLUMNS, rows, screen),
    ...reasons,
    ...(isExplained(gate)
      ? []
      : wrap('No row decides this: the run itself cannot be trusted, or was not whole.', columns)),
    ...dim(weakerWords(gate)),
    ...dim(questionWords(gate)),
    ...flipLines({ gate }, screen),
  ];
}

function flipLines(
  { gate }: { gate: NonNullable<RunRecord['gate']> },
  { columns, colours }: Screen,
): string[] {
  if (gate.flips.length === 0) return [];
  const shown = orderedFlips(gate).slice(0, FLIPS_SHOWN);
  const line = (flip: (typeof shown)[number]): string =>
    clip(`${flip.must ? 'pinned, ' : ''}${flipWords(flip)}: ${oneLine(flip.question)}`, columns);
  const left = gate.flips.length - shown.length;
  return [
    '',
    colours.bold(clip(`Flipped: ${flipTally(gate)}`, columns)),
    ...shown.map(line),
    ...(left > 0 ? [colours.dim(clip(`and ${left} more in the report`, columns))] : []),
  ];
}
