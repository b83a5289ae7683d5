import pc from 'picocolors';
import type { RunRecord } from '../records/schema.ts';
import { doubts } from './doubts.ts';
import { count, counted, interval, score, share } from './format.ts';
import { type FunnelRow, funnelRows } from './funnel.ts';
import { isAgainstAnother, isSpeedOpen } from './gate-words.ts';
import { headline, headlineIsDoubtful, labels } from './headline.ts';
import { planWords } from './paired.ts';
import { headlinePhase } from './phases.ts';
import { clip, oneLine } from './plain.ts';
import { attributionBlock } from './terminal/attribution-block.ts';
import { cacheBlock } from './terminal/cache-block.ts';
import { drillTimelineBlock, promisesBlock, windowsBlock, worthBlock } from './terminal/drill-block.ts';
import { gateBlock } from './terminal/gate-block.ts';
import { judgeBlock } from './terminal/judge-block.ts';
import {
  blockBar,
  type Colours,
  fittedTable,
  type Paint,
  type Screen,
  type TableColumn,
  wrap,
} from './terminal/layout.ts';
import {
  autocannonBlock,
  closingBlock,
  errorsBlock,
  phaseBlock,
  timesBlock,
} from './terminal/load-blocks.ts';
import { pairedBlock } from './terminal/paired-block.ts';
import { slicesBlock } from './terminal/slices-block.ts';
import { variantsBlock } from './terminal/variants-block.ts';
import { objectivesBlock, probesBlock, verdictPaint } from './terminal/verdict-blocks.ts';
import { type FunnelGroup, VERDICTS } from './words.ts';

export interface TerminalOptions {
  /** Columns of the terminal. */
  readonly width: number;
  readonly colour: boolean;
  /** Where the report was written; no line about it where nothing was. */
  readonly reportPath?: string;
}

const NARROWEST = 40;
const WIDEST = 110;
const INDENT = '  ';

/** The end of a run, on a terminal: headline, doubts, funnel, phases, quality, and where the report is. */
export function renderTerminal(record: RunRecord, { width, colour, reportPath }: TerminalOptions): string {
  const colours = pc.createColors(colour);
  const columns = Math.min(WIDEST, Math.max(NARROWEST, Math.floor(width))) - INDENT.length;
  const screen = { columns, colours };
  // What one run of the two or more came to, or a drill's load, is in its report; here it would bury the verdict.
  const ofOneRun = (block: (record: RunRecord, screen: Screen) => string[]): string[] =>
    isAgainstAnother(record) || record.drill ? [] : block(record, screen);
  const blocks = [
    headlineBlock(record, screen),
    doubtBlock(record, screen),
    gateBlock(record, screen),
    promisesBlock(record, screen),
    windowsBlock(record, screen),
    drillTimelineBlock(record, screen),
    worthBlock(record, screen),
    objectivesBlock(record, screen),
    probesBlock(record, screen),
    ofOneRun(funnelBlock),
    record.drill ? [] : phaseBlock(record, screen),
    ofOneRun(cacheBlock),
    ofOneRun(timesBlock),
    ofOneRun(attributionBlock),
    // Errors are counted over all arms: beside what one of them lost they would mislead.
    (record.drill?.arms.length ?? 0) > 1 ? [] : errorsBlock(record, screen),
    ofOneRun(closingBlock),
    autocannonBlock(record, screen),
    ofOneRun(qualityBlock),
    ofOneRun(slicesBlock),
    judgeBlock(record, screen),
    variantsBlock(record, screen),
    speedBlock(record, screen),
    // The path is never wrapped: it is there to be copied.
    reportPath === undefined ? [] : [`${colours.dim('Report')} ${colours.bold(oneLine(reportPath))}`],
  ].filter((lines) => lines.length > 0);
  return `\n${blocks.map((lines) => lines.map((line) => `${INDENT}${line}`.trimEnd()).join('\n')).join('\n\n')}\n`;
}

/** All differences in speed; of a gate that passed them its table says it, and only the plan is left to tell. */
function speedBlock(record: RunRecord, screen: Screen): string[] {
  const { gate, paired } = record;
  if (!gate || !paired || isSpeedOpen(gate)) return pairedBlock(record, screen);
  return wrap(`Speed: ${planWords(paired)}`, screen.columns).map(screen.colours.dim);
}

function headlineBlock(record: RunRecord, { columns, colours }: Screen): string[] {
  const { sentence } = headline(record);
  const conditions = labels(record);
  return [
    ...titleLines(record, { columns, colours }),
    ...wrap(oneLine(sentence), columns).map(colours.dim),
    ...(conditions.length === 0 ? [] : wrap(`(${conditions.join('; ')})`, columns).map(colours.dim)),
  ];
}

/** Verdict and claim on one line, where there is room for it. */
function titleLines(record: RunRecord, { columns, colours }: Screen): string[] {
  const { verdict, claim, figure } = headline(record);
  const bright: Paint = headlineIsDoubtful(record) ? colours.yellow : colours.green;
  const mark = verdict === undefined ? '' : `${VERDICTS[verdict].mark} ${verdict}`;
  const judged = verdict === undefined ? '' : verdictPaint(verdict, colours)(colours.bold(mark));
  const text = figure === undefined ? claim : `${claim}: ${figure}`;
  const title =
    figure === undefined
      ? colours.bold(claim)
      : `${colours.bold(`${claim}:`)} ${bright(colours.bold(figure))}`;
  const own = text.length <= columns ? [title] : wrap(text, columns).map(colours.bold);
  if (judged === '') return own;
  return mark.length + 2 + text.length <= columns ? [`${judged}  ${title}`] : [judged, ...own];
}

function doubtBlock(record: RunRecord, { columns, colours }: Screen): string[] {
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

function funnelBlock(record: RunRecord, { columns, colours }: Screen): string[] {
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

function qualityBlock({ quality }: RunRecord, screen: Screen): string[] {
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
  return [screen.colours.bold('Quality'), ...fittedTable(QUALITY_COLUMNS, rows, screen)];
}
