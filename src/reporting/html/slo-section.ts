import type { ClauseRecord, RunRecord, SloRecord } from '../../records/schema.ts';
import { clauseRow, judgedSlo } from '../clauses.ts';
import { headlinePhase, measuredPhases, phaseLabel } from '../phases.ts';
import { html, type Markup, NOTHING } from './markup.ts';
import { lead, type Section } from './section.ts';
import { type Cell, table } from './table.ts';
import { verdictBadge, verdictMark } from './verdict.ts';

/** The SLO, clause by clause: what was observed, what was judged, and why it holds or not. */
export function sloSection(record: RunRecord): Section | undefined {
  const slo = judgedSlo(record);
  if (!slo) return undefined;
  const decided = headlinePhase(record)?.name;
  const main = slo.phases.find(({ phase }) => phase === decided) ?? slo.phases[0]!;
  const others = slo.phases.filter((one) => one !== main);
  return {
    id: 'slo',
    title: 'Did it hold?',
    short: 'Objectives',
    body: html`${lead(`Asked for: ${slo.text}.`)}${others.length > 0 && overview(record, slo)}
<h3>${verdictBadge(main.verdict)} ${phaseWords(record, main)}</h3>${clauseTable(main.clauses, `The objectives in phase ${main.phase}`)}
${others.map(
  (one) =>
    html`<details class="print"><summary>${one.verdict}: ${phaseWords(record, one)}</summary>${clauseTable(one.clauses, `The objectives in phase ${one.phase}`)}</details>`,
)}`,
  };
}

type JudgedPhase = SloRecord['phases'][number];

function phaseWords(record: RunRecord, { phase }: JudgedPhase): string {
  const found = measuredPhases(record).find(({ name }) => name === phase);
  return found ? `${phaseLabel(found)}${found.valid ? '' : ', invalid'}` : phase;
}

/** Clauses down, phases across: at which load each broke. */
function overview(record: RunRecord, { phases }: SloRecord): Markup {
  const texts = [...new Set(phases.flatMap(({ clauses }) => clauses.map(({ text }) => text)))];
  const cell = (clause: ClauseRecord | undefined): Cell =>
    clause ? html`${verdictMark(clause.verdict)} ${clauseRow(clause).observed}` : '';
  return table({
    caption: 'What was observed in every phase, and whether it held',
    columns: [
      { label: 'Objective' },
      ...phases.map((one) => ({ label: phaseWords(record, one), numeric: true })),
    ],
    rows: [
      ...texts.map((text) => [
        html`<code class="whole">${text}</code>`,
        ...phases.map(({ clauses }) => cell(clauses.find((clause) => clause.text === text))),
      ]),
      [html`<b>All</b>`, ...phases.map(({ verdict }) => verdictBadge(verdict))],
    ],
  });
}

/** Clauses with their evidence. */
export function clauseTable(clauses: readonly ClauseRecord[], caption: string): Markup {
  if (clauses.length === 0) return NOTHING;
  const rows = clauses.map((clause) => ({ ...clauseRow(clause) }));
  const hasReasons = rows.some(({ reason }) => reason !== '');
  return table({
    caption,
    quietCaption: true,
    columns: [
      { label: 'Objective' },
      { label: 'Verdict' },
      { label: 'Observed', numeric: true },
      { label: 'Judged by', numeric: true },
      { label: '95 % interval', numeric: true },
      { label: 'Allowed', numeric: true },
      ...(hasReasons ? [{ label: 'Why' }] : []),
    ],
    rows: rows.map((row): Cell[] => [
      html`<code class="whole">${row.objective}</code>`,
      verdictBadge(row.verdict),
      row.observed,
      html`${row.tested}<span class="ci">${row.judged}</span>`,
      row.interval,
      row.allowed,
      ...(hasReasons ? [row.reason] : []),
    ]),
  });
}
