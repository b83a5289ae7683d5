import pc from 'picocolors';
import type { PhaseRecord, RunRecord } from '../records/schema.ts';
import { doubts, headline, headlineIsDoubtful, headlinePhase, measuredPhases, phaseLoad } from './facts.ts';
import { count, counted, interval, ms, perSecond, rate, score, share } from './format.ts';
import { type FunnelRow, funnelRows } from './funnel.ts';
import { clip, oneLine } from './plain.ts';
import type { FunnelGroup } from './words.ts';

export interface TerminalOptions {
  /** Columns of the terminal. */
  readonly width: number;
  readonly colour: boolean;
  /** Where the report was written; no line about it where nothing was. */
  readonly reportPath?: string;
}

type Colours = ReturnType<typeof pc.createColors>;
type Paint = (text: string) => string;

const NARROWEST = 40;
const WIDEST = 110;
const INDENT = '  ';

/** The end of a run, on a terminal: headline, doubts, funnel, phases, quality, and where the report is. */
export function renderTerminal(record: RunRecord, { width, colour, reportPath }: TerminalOptions): string {
  const colours = pc.createColors(colour);
  const columns = Math.min(WIDEST, Math.max(NARROWEST, Math.floor(width))) - INDENT.length;
  const blocks = [
    headlineBlock(record, columns, colours),
    doubtBlock(record, columns, colours),
    funnelBlock(record, columns, colours),
    phaseBlock(record, columns, colours),
    qualityBlock(record, columns, colours),
    // The path is never wrapped: it is there to be copied.
    reportPath === undefined ? [] : [`${colours.dim('Report')} ${colours.bold(oneLine(reportPath))}`],
  ].filter((lines) => lines.length > 0);
  return `\n${blocks.map((lines) => lines.map((line) => `${INDENT}${line}`.trimEnd()).join('\n')).join('\n\n')}\n`;
}

function headlineBlock(record: RunRecord, columns: number, colours: Colours): string[] {
  const { claim, figure, sentence } = headline(record);
  const paint: Paint = (text) =>
    headlineIsDoubtful(record) ? colours.yellow(colours.bold(text)) : colours.green(colours.bold(text));
  const title = figure === undefined ? colours.bold(claim) : `${colours.bold(`${claim}:`)} ${paint(figure)}`;
  return [title, ...wrap(oneLine(sentence), columns).map(colours.dim)];
}

function doubtBlock(record: RunRecord, columns: number, colours: Colours): string[] {
  return doubts(record).flatMap(({ weight, text }) => {
    const paint: Paint = weight === 'stop' ? colours.red : colours.yellow;
    return wrap(oneLine(text), columns - 2).map((line, index) => `${index === 0 ? paint('!') : ' '} ${line}`);
  });
}

const GROUP_PAINT: Readonly<Record<FunnelGroup, (colours: Colours) => Paint>> = {
  good: (colours) => colours.green,
  late: (colours) => colours.cyan,
  retrieval: (colours) => colours.yellow,
  generation: (colours) => colours.magenta,
  unseen: (colours) => colours.gray,
  failed: (colours) => colours.red,
};

function funnelBlock(record: RunRecord, columns: number, colours: Colours): string[] {
  const phase = headlinePhase(record);
  const rows = funnelRows(phase?.funnel ?? record.quality?.funnel ?? {}).filter((row) => row.count > 0);
  if (rows.length === 0) return [];
  const total = rows.reduce((sum, row) => sum + row.count, 0);
  const labelWidth = Math.min(
    30,
    Math.floor(columns * 0.38),
    Math.max(...rows.map(({ label }) => label.length)),
  );
  const countWidth = Math.max(...rows.map((row) => count(row.count).length));
  const barWidth = Math.max(6, columns - labelWidth - countWidth - 12);
  const line = (row: FunnelRow): string => {
    const bar = blockBar(row.share, barWidth);
    return `${clip(oneLine(row.label), labelWidth).padEnd(labelWidth)} ${GROUP_PAINT[row.group](colours)(bar)} ${count(row.count).padStart(countWidth)} ${share(row.share).padStart(8)}`;
  };
  const of = phase ? `${counted(total, 'request')} of ${oneLine(phase.name)}` : counted(total, 'question');
  return [colours.bold(clip(`What became of ${of}`, columns)), ...rows.map(line)];
}

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** A bar to an eighth of a character; what is not nothing shows at least that. */
function blockBar(value: number, width: number): string {
  const eighths = Math.max(value > 0 ? 1 : 0, Math.round(value * width * 8));
  return `${'█'.repeat(Math.floor(eighths / 8))}${EIGHTHS[eighths % 8]}`.padEnd(width);
}

interface TableColumn<Row> {
  readonly heading: string;
  readonly cell: (row: Row) => string;
  /** Left out of narrow terminals, the highest number first; 0 always stays. */
  readonly sparable: number;
}

const PHASE_COLUMNS: readonly TableColumn<PhaseRecord>[] = [
  { heading: 'phase', cell: (phase) => clip(oneLine(phase.name), 24), sparable: 0 },
  { heading: 'load', cell: phaseLoad, sparable: 3 },
  { heading: 'p50 ms', cell: ({ latencyMs }) => ms(latencyMs.p50), sparable: 2 },
  { heading: 'p95 ms', cell: ({ latencyMs }) => ms(latencyMs.p95), sparable: 0 },
  { heading: 'p99 ms', cell: ({ latencyMs }) => ms(latencyMs.p99), sparable: 1 },
  { heading: 'done /s', cell: ({ throughputPerSecond }) => rate(throughputPerSecond), sparable: 4 },
  { heading: 'goodput /s', cell: ({ goodputPerSecond }) => rate(goodputPerSecond), sparable: 5 },
  { heading: 'attained', cell: ({ attainment }) => share(attainment), sparable: 0 },
  { heading: 'errors', cell: ({ errorRate }) => share(errorRate), sparable: 6 },
  { heading: 'cached', cell: ({ cacheHitRate }) => share(cacheHitRate), sparable: 7 },
  { heading: '', cell: ({ valid }) => (valid ? '' : 'invalid'), sparable: 0 },
];

function phaseBlock(record: RunRecord, columns: number, colours: Colours): string[] {
  const phases = measuredPhases(record);
  if (phases.length === 0) return [];
  const maximum = record.load?.closedLoopMaximum;
  const title = colours.bold('Load');
  const best = maximum ? colours.dim(`  closed-loop maximum ${perSecond(maximum.ratePerSecond)}`) : '';
  return [`${title}${best}`, ...fittedTable(PHASE_COLUMNS, phases, columns, colours)];
}

interface QualityRow {
  readonly name: string;
  readonly mean: string;
  readonly ends: string;
  readonly n: string;
}

const QUALITY_COLUMNS: readonly TableColumn<QualityRow>[] = [
  { heading: 'measure', cell: ({ name }) => clip(oneLine(name), 30), sparable: 0 },
  { heading: 'mean', cell: ({ mean }) => mean, sparable: 0 },
  { heading: '95 % interval', cell: ({ ends }) => ends, sparable: 1 },
  { heading: 'n', cell: ({ n }) => n, sparable: 2 },
];

function qualityBlock({ quality }: RunRecord, columns: number, colours: Colours): string[] {
  if (!quality) return [];
  const shares = [
    { name: 'right answers', ...quality.right },
    { name: 'retrieval accuracy', ...quality.retrievalAccuracy },
  ];
  const rows: QualityRow[] = [
    ...shares.map(({ name, mean, ci95, n }) => ({
      name,
      mean: share(mean),
      ends: interval(ci95, share),
      n: count(n),
    })),
    ...quality.measures.map(({ name, mean, ci95, n }) => ({
      name,
      mean: score(mean),
      ends: interval(ci95, score),
      n: count(n),
    })),
  ];
  return [colours.bold('Quality'), ...fittedTable(QUALITY_COLUMNS, rows, columns, colours)];
}

/** A table without the columns that the terminal has no room for. */
function fittedTable<Row>(
  all: readonly TableColumn<Row>[],
  rows: readonly Row[],
  width: number,
  colours: Colours,
): string[] {
  let kept = all.map(({ heading, cell, sparable }) => {
    const cells = rows.map(cell);
    return { heading, cells, sparable, width: Math.max(heading.length, ...cells.map((text) => text.length)) };
  });
  const tooWide = (): boolean => kept.reduce((sum, column) => sum + column.width + 2, -2) > width;
  while (tooWide() && kept.some(({ sparable }) => sparable > 0)) {
    const spared = Math.max(...kept.map(({ sparable }) => sparable));
    kept = kept.filter(({ sparable }) => sparable < spared);
  }
  const [first] = kept;
  const room = width - kept.slice(1).reduce((sum, column) => sum + column.width + 2, 0);
  if (first && tooWide()) {
    first.width = Math.max(1, room);
    first.cells = first.cells.map((text) => clip(text, first.width));
  }
  const line = (cellOf: (column: (typeof kept)[number]) => string): string =>
    kept
      .map((column, index) =>
        index === 0 ? cellOf(column).padEnd(column.width) : cellOf(column).padStart(column.width),
      )
      .join('  ');
  return [
    colours.dim(line(({ heading }) => heading)),
    ...rows.map((_, row) => line(({ cells }) => cells[row]!)),
  ];
}

/** Lines of at most `width` characters, broken between words; a longer word is cut. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    for (const part of word.match(new RegExp(`.{1,${width}}`, 'gsu')) ?? ['']) {
      if (line !== '' && line.length + 1 + part.length > width) {
        lines.push(line);
        line = part;
      } else line = line === '' ? part : `${line} ${part}`;
    }
  }
  return [...lines, line];
}
