import type { GateRecord, GateRow, RunRecord } from '../../records/schema.ts';
import { count, counted, MISSING } from '../format.ts';
import {
  againstWords,
  flipTally,
  gateCells,
  gateHeadline,
  isExplained,
  orderedFlips,
  orderedRows,
  questionWords,
  tally,
  unseenWords,
  weakerWords,
} from '../gate-words.ts';
import { flipView } from './flip-view.ts';
import { html, type Markup, NOTHING, quoted } from './markup.ts';
import { lead, type Section, unbroken } from './section.ts';
import { type Cell, facts, table } from './table.ts';
import { verdictBadge } from './verdict.ts';

const FLIPS_SHOWN = 60;

/** The gate: its verdict, what each row rests on, the questions that flipped, and what it cannot see. */
export function gateSection({ gate, complete }: RunRecord): Section | undefined {
  if (!gate) return undefined;
  const { verdict, claim } = gateHeadline({ gate, complete });
  const weaker = weakerWords(gate);
  return {
    id: 'gate',
    title: 'Did it get worse?',
    short: 'Gate',
    body: html`<h3>${verdictBadge(verdict)} ${unbroken(claim)}</h3>
${lead([againstWords(gate), `${tally(gate).replace(/(\d) /g, '$1\u00a0') || 'Nothing was judged'}.`].join(' '))}
${!isExplained(gate) && html`<div class="note bad"><p>No row decides this: the run itself cannot be trusted, or was not whole.</p></div>`}
${weaker !== '' && html`<ul class="doubts mind" aria-label="What weakens this gate"><li>${weaker}</li></ul>`}
${rowTable(orderedRows(gate))}
${flipPart(gate)}
${unseenPart(gate)}`,
  };
}

function rowTable(rows: readonly GateRow[]): Markup {
  if (rows.length === 0) return NOTHING;
  return table({
    caption: 'What was judged, what failed first; a loss above zero is worse',
    columns: [
      { label: 'Judged' },
      { label: 'Verdict' },
      { label: 'Now', numeric: true },
      { label: 'Loss, and δ', numeric: true },
      { label: 'Adjusted p', numeric: true },
      { label: 'Why, and what moved', prose: true },
    ],
    rows: rows.map(rowCells),
  });
}

function rowCells(row: GateRow): Cell[] {
  const cells = gateCells(row);
  const about = [cells.subject, ...cells.remarks].join(', ');
  const outcomes = cells.winsTiesLosses;
  return [
    html`${quoted(cells.name)}<span class="ci">${about}</span>`,
    verdictBadge(row.verdict),
    html`${cells.candidate}${cells.baseline !== MISSING && html`<span class="ci">was ${cells.baseline}</span>`}`,
    html`<b>${cells.loss}</b>${cells.interval !== MISSING && html`<span class="ci">${cells.interval}</span>`}${
      cells.delta !== MISSING && html`<span class="ci">δ ${cells.delta}</span>`
    }`,
    html`${cells.p}${cells.n !== MISSING && html`<span class="ci">${cells.n}</span>`}`,
    html`${unbroken(capital(cells.why))}${cells.moved !== '' && html`<span class="ci">Moved: ${unbroken(cells.moved)}</span>`}${
      outcomes !== MISSING && html`<span class="ci">Better / same / worse: ${outcomes}</span>`
    }`,
  ];
}

const capital = (text: string): string => text.replace(/^\p{Ll}/u, (first) => first.toUpperCase());

function flipPart(gate: GateRecord): Markup {
  const words = questionWords(gate);
  const flips = orderedFlips(gate);
  if (words === '' && flips.length === 0) return NOTHING;
  const left = flips.length - FLIPS_SHOWN;
  return html`<h3>The questions that flipped</h3>
${lead([words, ...(flips.length > 0 ? [`Of those listed, ${flipTally(gate)}`] : [])].join(' '))}
${
  flips.length > 0 &&
  html`<details class="print"><summary>${counted(flips.length, 'question')}, both answers side by side</summary>${flips
    .slice(0, FLIPS_SHOWN)
    .map((flip, index) =>
      flipView(flip, { id: `flip-${index}`, number: index + 1, names: ['Baseline', 'Candidate'] }),
    )}${left > 0 && html`<p class="source">${count(left)} more are not shown here; record.json holds them.</p>`}</details>`
}`;
}

/** What a PASS does not say: the least loss that each row would have found. */
function unseenPart(gate: GateRecord): Markup {
  const rows = gate.rows.flatMap((row): [string, string][] => {
    const { name, detectable, n } = gateCells(row);
    return detectable === MISSING ? [] : [[name, `losses under ${detectable} (${n})`]];
  });
  const words = unseenWords(gate);
  if (words === '' && rows.length === 0) return NOTHING;
  return html`<h3>What this gate cannot see</h3>
${words !== '' && html`<p>${unbroken(words)}</p>`}
${
  rows.length > 0 &&
  html`<details class="data"><summary>By what was judged</summary>${facts(rows)}<p class="source">The loss that such a test finds four times in five.</p></details>`
}`;
}
