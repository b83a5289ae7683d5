import type { DifferenceRecord, RunRecord } from '../../records/schema.ts';
import { variantsChart } from '../charts/variants.ts';
import {
  comparedWords,
  evidenceMeasure,
  findings,
  kindFindings,
  pairWords,
  pValue,
  signed,
  signedInterval,
  testWords,
  variantRows,
  winsTiesLosses,
} from '../comparison.ts';
import { count } from '../format.ts';
import { oneLine } from '../plain.ts';
import { repeatWords } from '../variant-flips.ts';
import { type Draw, figure } from './figure.ts';
import { html, type Markup, NOTHING } from './markup.ts';
import type { Section } from './section.ts';
import { type Cell, type Column, table } from './table.ts';
import { flippedPart } from './variant-flips.ts';

/** Variants asked the same questions: what each does, by kind, and which differences are real. */
export async function variantsSection(
  { comparison, seed }: RunRecord,
  draw: Draw,
): Promise<Section | undefined> {
  if (!comparison) return undefined;
  const evidence = evidenceMeasure(comparison);
  const repeated = repeatWords(comparison);
  return {
    id: 'variants',
    title: 'Variants compared',
    short: 'Variants',
    body: html`<ul class="findings">${findings(comparison).map((sentence) => html`<li>${sentence}</li>`)}</ul>
${(comparison.notes ?? []).map((note) => html`<p>${note}</p>`)}${repeated !== '' && html`<p>${repeated}</p>`}
${table({
  caption: 'Variants, asked the same questions',
  columns: [
    { label: 'Variant' },
    { label: 'Right', numeric: true },
    { label: '95 % interval', numeric: true },
    { label: 'ndcg@10', numeric: true },
    { label: 'success@5', numeric: true },
    ...(evidence === undefined ? [] : [{ label: evidence, numeric: true }]),
    { label: 'Sets', prose: true },
  ],
  rows: variantRows(comparison).map((row) => [
    row.name,
    row.right,
    row.rightCi95,
    row.ndcg,
    row.accuracy,
    ...(evidence === undefined ? [] : [row.evidence]),
    html`<code>${row.settings}</code>`,
  ]),
})}
${await figure(variantsChart(comparison), draw)}
<h3>Differences over all questions</h3>
${differenceTable('Differences over all questions', comparison.overall)}
${kindPart(comparison)}
${flippedPart(comparison)}
<p class="source">${testWords(comparison, seed)}</p>`,
  };
}

function kindPart(comparison: NonNullable<RunRecord['comparison']>): Markup {
  if (comparison.byKind.length === 0) return NOTHING;
  const { real, open } = kindFindings(comparison);
  const rest = `${count(open)} of ${count(comparison.byKind.length)} comparisons within a kind can't be told from chance.`;
  return html`<h3>Differences by kind of question</h3>
<p>${real.length === 0 ? `None is real: all ${count(open)} can't be told from chance.` : rest}</p>
${real.length > 0 && differenceTable('Differences by kind that are real', real)}
<details class="data"><summary>All differences by kind</summary>${differenceTable('Differences by kind', comparison.byKind)}</details>`;
}

const COLUMNS: readonly Column[] = [
  { label: 'Difference' },
  { label: 'Kind' },
  { label: 'Of' },
  { label: 'Mean', numeric: true },
  { label: '95 % interval', numeric: true },
  { label: 'Adjusted p', numeric: true },
  { label: 'Better / same / worse', numeric: true },
  { label: 'Verdict' },
];

function differenceTable(caption: string, rows: readonly DifferenceRecord[]): Markup {
  const withKinds = rows.some(({ kind }) => kind !== null);
  const shown = <T>(cells: readonly T[]): T[] => cells.filter((_, index) => index !== 1 || withKinds);
  return table({
    caption,
    quietCaption: true,
    columns: shown(COLUMNS),
    rows: rows.map((row) => shown(cellsOf(row))),
    sortable: true,
  });
}

function cellsOf(row: DifferenceRecord): Cell[] {
  const real = row.word !== "can't tell";
  const ends = `${row.approximate && row.ci95 ? '≈ ' : ''}${signedInterval(row.ci95, row.compared)}`;
  return [
    pairWords(row),
    oneLine(row.kind ?? 'all'),
    comparedWords(row.compared),
    signed(row.mean, row.compared),
    ends,
    pValue(row.adjustedP),
    winsTiesLosses(row),
    real ? html`<strong>${row.word}</strong>` : row.word,
  ];
}
