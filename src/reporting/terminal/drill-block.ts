import type { DrillArmRecord, DrillRecord, DrillWindowRecord, RunRecord } from '../../records/schema.ts';
import {
  type DifferenceRow,
  differenceRow,
  mainArm,
  orderedDifferences,
  type PromiseRow,
  promiseRow,
  spanWords,
} from '../drill.ts';
import { sparkline, stateBands, stateWithin } from '../drill-timeline.ts';
import { count, fineShare, ms, rate, share } from '../format.ts';
import { clip, oneLine } from '../plain.ts';
import { VERDICTS } from '../words.ts';
import { type Colours, fittedTable, type Paint, type Screen, type TableColumn, wrap } from './layout.ts';
import { verdictPaint } from './verdict-blocks.ts';

/** A drill on a terminal: its timeline, promises, windows, and what patterns are worth. */

export function drillTimelineBlock({ drill }: RunRecord, screen: Screen): string[] {
  const main = drill && mainArm(drill);
  return drill && main && main.seconds.length > 1 ? timelineLines(drill, main, screen) : [];
}

/** Columns for the names of the lines. */
const NAMES = 18;
const NARROWEST = 12;

interface Bin {
  readonly fromMs: number;
  readonly toMs: number;
  readonly p95: number | null;
  readonly full: number | null;
  readonly available: number | null;
  readonly right: number | null;
}

/** So many seconds together; of their p95 the largest. */
function binsOf(seconds: DrillArmRecord['seconds'], step: number): Bin[] {
  return Array.from({ length: Math.ceil(seconds.length / step) }, (_, bin) => {
    const own = seconds.slice(bin * step, (bin + 1) * step);
    const arrivals = own.reduce((sum, second) => sum + second.arrivals, 0);
    const part = (of: (second: (typeof own)[number]) => number): number | null =>
      arrivals === 0 ? null : own.reduce((sum, second) => sum + of(second), 0) / arrivals;
    const latencies = own.flatMap(({ p95 }) => p95 ?? []);
    return {
      fromMs: bin * step * 1000,
      toMs: (bin + 1) * step * 1000,
      p95: latencies.length === 0 ? null : Math.max(...latencies),
      full: part(({ available, degraded }) => available - degraded),
      available: part(({ available }) => available),
      right: part(({ right }) => right),
    };
  });
}

const STATES: Readonly<Record<string, string>> = { open: '█', 'half-open': '▒' };
const QUIET = '·';

/** A character a second, or a few seconds where the terminal is narrow. */
function timelineLines(drill: DrillRecord, arm: DrillArmRecord, { columns, colours }: Screen): string[] {
  const room = columns - NAMES;
  if (room < NARROWEST) return [];
  const step = Math.ceil(arm.seconds.length / room);
  const bins = binsOf(arm.seconds, step);
  const line = (name: string, paint: Paint, text: string): string =>
    `${clip(oneLine(name), NAMES - 1).padEnd(NAMES)}${paint(text)}`;
  const drawn = (sign: (bin: Bin) => string): string => bins.map(sign).join('');
  const faulty = ({ fromMs, toMs }: Bin): boolean =>
    drill.faults.some((fault) => fault.fromMs < toMs && fault.toMs > fromMs);
  const shares = (['full', 'available', 'right'] as const).map((name) => {
    const values = bins.map((bin) => bin[name]);
    return line(name === 'full' ? 'full answers' : name, colours.green, sparkline(values, 1));
  });
  return [
    colours.bold(clip(`Second by second${step > 1 ? `, ${count(step)} a character` : ''}`, columns)),
    ...(drill.faults.length === 0
      ? []
      : [
          line(
            'faults',
            colours.red,
            drawn((bin) => (faulty(bin) ? '█' : QUIET)),
          ),
        ]),
    line(
      `p95, to ${ms(Math.max(0, ...bins.map(({ p95 }) => p95 ?? 0)))} ms`,
      colours.cyan,
      sparkline(bins.map(({ p95 }) => p95)),
    ),
    ...stateBands(arm, drill.durationMs).map((band) =>
      line(
        `${band.dependency} open`,
        colours.yellow,
        drawn(({ fromMs, toMs }) => STATES[stateWithin(band, fromMs, toMs)] ?? QUIET),
      ),
    ),
    ...shares,
  ];
}

const PROMISE_COLUMNS: readonly TableColumn<PromiseRow>[] = [
  {
    heading: 'promise',
    cell: ({ text, verdict }) => `${VERDICTS[verdict].mark} ${clip(text, 44)}`,
    sparable: 0,
    paint: ({ verdict }, colours) => verdictPaint(verdict, colours),
  },
  { heading: 'observed', cell: ({ observed }) => observed, sparable: 0 },
  { heading: 'bound', cell: ({ bound }) => bound, sparable: 2 },
  {
    heading: 'verdict',
    cell: ({ verdict }) => verdict,
    sparable: 1,
    left: true,
    paint: ({ verdict }, colours) => verdictPaint(verdict, colours),
  },
];

export function promisesBlock({ drill }: RunRecord, screen: Screen): string[] {
  if (!drill || drill.promises.length === 0) return [];
  const rows = drill.promises.map(promiseRow);
  return [
    screen.colours.bold(clip('What was promised', screen.columns)),
    ...fittedTable(PROMISE_COLUMNS, rows, screen),
    ...rows.flatMap(({ text, reason }) =>
      reason === '' ? [] : wrap(`${text}: ${reason}`, screen.columns).map(screen.colours.dim),
    ),
  ];
}

const WINDOW_COLUMNS: readonly TableColumn<DrillWindowRecord>[] = [
  { heading: 'window', cell: ({ name }) => name, sparable: 0 },
  { heading: 'at', cell: spanWords, sparable: 6, left: true },
  { heading: 'available', cell: ({ availability }) => fineShare(availability), sparable: 0 },
  { heading: 'right', cell: ({ right }) => share(right), sparable: 0 },
  { heading: 'in time', cell: ({ attainment }) => share(attainment), sparable: 3 },
  { heading: 'p50 ms', cell: ({ latencyMs }) => ms(latencyMs.p50), sparable: 4 },
  { heading: 'p95 ms', cell: ({ latencyMs }) => ms(latencyMs.p95), sparable: 0 },
  { heading: 'p99 ms', cell: ({ latencyMs }) => ms(latencyMs.p99), sparable: 5 },
  { heading: 'goodput /s', cell: ({ goodputPerSecond }) => rate(goodputPerSecond), sparable: 7 },
  { heading: 'full', cell: fullShare, sparable: 2 },
  { heading: 'arrivals', cell: ({ arrivals }) => count(arrivals), sparable: 8 },
];

/** Arrivals that got the full pipeline's answer; of a target that never tells of levels, the dash. */
function fullShare({ arrivals, availability, degraded }: DrillWindowRecord): string {
  if (availability === 0) return share(0);
  const told = Object.keys(degraded).length > 0;
  return share(told && arrivals > 0 ? (degraded.none ?? 0) / arrivals : null);
}

export function windowsBlock({ drill }: RunRecord, screen: Screen): string[] {
  const main = drill && mainArm(drill);
  if (!main || main.windows.length === 0) return [];
  return [
    screen.colours.bold(clip('Before, during and after', screen.columns)),
    ...fittedTable(WINDOW_COLUMNS, main.windows, screen),
  ];
}

const wordPaint = (word: string, colours: Colours): Paint =>
  ({ helps: colours.green, harms: colours.red })[word] ?? colours.dim;

const WORTH_COLUMNS: readonly TableColumn<DifferenceRow>[] = [
  { heading: 'pattern', cell: ({ pattern }) => clip(pattern, 20), sparable: 0 },
  { heading: 'of', cell: ({ of }) => of.replace('right and in time', 'in time'), sparable: 0, left: true },
  { heading: 'with it', cell: ({ withIt }) => withIt, sparable: 3 },
  { heading: 'without', cell: ({ without }) => without, sparable: 3 },
  { heading: 'worth', cell: ({ worth }) => worth, sparable: 0 },
  { heading: '95 % interval', cell: ({ interval }) => interval, sparable: 2 },
  {
    heading: 'verdict',
    cell: ({ word }) => word,
    sparable: 1,
    left: true,
    paint: ({ word }, colours) => wordPaint(word, colours),
  },
];

/** What each pattern is worth while faults last; the other windows stand in the report. */
export function worthBlock({ drill }: RunRecord, screen: Screen): string[] {
  const rows = drill
    ? orderedDifferences(drill)
        .filter(({ window }) => window === 'during')
        .map(differenceRow)
    : [];
  if (rows.length === 0) return [];
  return [
    screen.colours.bold(clip('What each pattern is worth meanwhile', screen.columns)),
    ...fittedTable(WORTH_COLUMNS, rows, screen),
  ];
}
