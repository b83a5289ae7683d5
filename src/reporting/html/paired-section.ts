import type { IndicatorDifference, PairedRecord, RunRecord } from '../../records/schema.ts';
import { launchChart, pairedChart } from '../charts/paired.ts';
import { pairWords } from '../comparison.ts';
import {
  type ComparedPair,
  comparedPairs,
  differenceCells,
  indicatorWords,
  PAIRED_TEST,
  pairFindings,
  planWords,
  stageRows,
  wholeRows,
} from '../paired.ts';
import { clip } from '../plain.ts';
import { type Draw, figure } from './figure.ts';
import { html, type Markup, NOTHING } from './markup.ts';
import { lead, type Section, unbroken } from './section.ts';
import { type Cell, type Column, table } from './table.ts';

/** Indicators whose pairs are shown by launch as well. */
const BY_LAUNCH = 2;
/** Pairs of variants that are drawn; the tables hold all. */
const PAIRS_DRAWN = 6;

/** Variants that ran in turns: how their speed differs, pair by pair of blocks, and which differences are told. */
export async function pairedSection({ paired }: RunRecord, draw: Draw): Promise<Section | undefined> {
  if (!paired || paired.differences.length === 0) return undefined;
  const pairs = comparedPairs(paired.differences);
  const parts: Markup[] = [];
  for (const [index, pair] of pairs.entries()) parts.push(await pairPart(paired, pair, { index, draw }));
  const [first, ...others] = parts;
  return {
    id: 'paired',
    title: 'Speed, in turns',
    short: 'Speed',
    body: html`${lead(planWords(paired))}${others.length > 0 && html`<h3>${pairTitle(pairs[0]!)}</h3>`}${first}
${others.map(
  (part, index) =>
    html`<details class="print"><summary>${pairTitle(pairs[index + 1]!)}: ${verdicts(paired, pairs[index + 1]!)}</summary>${part}</details>`,
)}
<p class="source">${PAIRED_TEST}</p>`,
  };
}

const pairTitle = (pair: ComparedPair): string => clip(pairWords(pair), 160);
const rowsOf = (rows: readonly IndicatorDifference[], pair: ComparedPair): IndicatorDifference[] =>
  rows.filter(({ a, b }) => a === pair.a && b === pair.b);

/** "3 worse, 4 same" */
function verdicts(paired: PairedRecord, pair: ComparedPair): string {
  const own = rowsOf(wholeRows(paired), pair);
  return (['worse', 'better', 'same', "can't tell"] as const)
    .map((word) => [own.filter((row) => row.word === word).length, word] as const)
    .filter(([n]) => n > 0)
    .map(([n, word]) => `${n} ${word}`)
    .join(', ');
}

interface PartOptions {
  readonly index: number;
  readonly draw: Draw;
}

async function pairPart(
  paired: PairedRecord,
  pair: ComparedPair,
  { index, draw }: PartOptions,
): Promise<Markup> {
  const own = rowsOf(wholeRows(paired), pair);
  const stages = rowsOf(stageRows(paired), pair);
  const title = pairTitle(pair);
  return html`<ul class="findings">${pairFindings(paired, pair).map((sentence) => html`<li>${unbroken(sentence)}</li>`)}</ul>
${differenceTable(`Differences in speed: ${title}`, own)}
${index < PAIRS_DRAWN && (await drawings(paired, own, { index, draw }))}
${stages.length > 0 && differenceTable(`Where the time goes, the stages: ${title}`, stages)}`;
}

async function drawings(
  paired: PairedRecord,
  own: readonly IndicatorDifference[],
  { index, draw }: PartOptions,
): Promise<Markup> {
  const ratios = own.filter(({ scale }) => scale === 'log-ratio');
  const shares = own.filter(({ scale }) => scale === 'difference');
  const charts = [
    pairedChart(paired, ratios, {
      id: `paired-${index}`,
      title: 'Each pair of blocks: by how much it differs',
    }),
    pairedChart(paired, shares, { id: `paired-shares-${index}`, title: 'The same of shares' }),
    ...byLaunch(ratios).map((row, place) =>
      launchChart(paired, row, {
        id: `launches-${index}-${place}`,
        title: `${indicatorWords(row)}, launch by launch`,
      }),
    ),
  ];
  const drawn: Markup[] = [];
  for (const chart of charts) drawn.push(await figure(chart, draw));
  return html`${drawn}`;
}

/** The primary indicator, and the one that differs most clearly of the others. */
function byLaunch(rows: readonly IndicatorDifference[]): IndicatorDifference[] {
  const weight = ({ indicator, word, adjustedP }: IndicatorDifference): number =>
    (indicator === 'p50' ? 0 : 1) + (word === 'worse' || word === 'better' ? 0 : 2) + (adjustedP ?? 1);
  const primary = rows.find(({ indicator }) => indicator === 'p50') ?? rows[0];
  const rest = rows.filter((row) => row !== primary).sort((one, other) => weight(one) - weight(other));
  return [...(primary ? [primary] : []), ...rest].slice(0, BY_LAUNCH);
}

const COLUMNS: readonly Column[] = [
  { label: 'Of' },
  { label: 'Before', numeric: true },
  { label: 'After', numeric: true },
  { label: 'Estimate', numeric: true },
  { label: 'Bounds', numeric: true },
  { label: 'Adjusted p', numeric: true },
  { label: 'Effect', numeric: true },
  { label: 'δ', numeric: true },
  { label: 'Could find', numeric: true },
  { label: 'Verdict' },
];

function differenceTable(caption: string, rows: readonly IndicatorDifference[]): Markup {
  if (rows.length === 0) return NOTHING;
  return table({ caption, columns: COLUMNS, rows: rows.map(cellsOf), sortable: true, slim: true });
}

function cellsOf(row: IndicatorDifference): Cell[] {
  const cells = differenceCells(row);
  return [
    html`${cells.of}<span class="ci">${cells.pairs} pairs</span>`,
    cells.before,
    cells.after,
    html`<b>${cells.estimate}</b>`,
    cells.interval,
    cells.adjustedP,
    cells.effect,
    cells.delta,
    cells.detectable,
    wordCell(cells.word),
  ];
}

/** Better and worse by word, weight and ground: two of them may not be seen. */
function wordCell(word: IndicatorDifference['word']): Cell {
  if (word === 'better') return html`<span class="badge good">better</span>`;
  return word === 'worse' ? html`<span class="badge bad">worse</span>` : word;
}
