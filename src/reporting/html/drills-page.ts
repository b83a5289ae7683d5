import type { RunRecord } from '../../records/schema.ts';
import { type DrillLeftOut, type DrillRow, drillRows, drillsHeadline } from '../drills.ts';
import { html, type Markup, quoted, trusted } from './markup.ts';
import { contentSecurityPolicy } from './policy.ts';
import { SCRIPT } from './script.ts';
import { renderSection, type Section, unbroken } from './section.ts';
import { STYLE } from './style.ts';
import { type Cell, table } from './table.ts';
import { verdictBadge } from './verdict.ts';

/** Several drills as one page that leads to the report of each, in the folder of its run's id beside this page. */
export function renderDrillsHtml(
  records: readonly RunRecord[],
  leftOut: readonly DrillLeftOut[] = [],
): string {
  const { verdict, claim, sentence } = drillsHeadline(records, leftOut);
  const rows = drillRows(records);
  const [first] = records;
  const sections = rows.length === 0 ? [] : [overview(rows), fears(records)];
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentSecurityPolicy()}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${verdict}: ${claim} · groundspeed</title>
<style>${trusted(STYLE)}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the report</a>
<div class="page">
<header class="top">
<p class="run"><b>groundspeed</b> drills${first && ` · ${first.startedAt}`}</p>
<h1>${verdictBadge(verdict)} ${claim}</h1>
<p class="sentence">${unbroken(sentence)}</p>
</header>
<div class="body">
<nav aria-label="Contents"><ol>${sections.map(({ id, short }) => html`<li><a href="#${id}">${short}</a></li>`)}</ol></nav>
<main id="content">
${sections.map(renderSection)}</main>
</div>
${first && html`<footer>Made by groundspeed ${first.environment.groundspeed} on ${first.environment.cpu}. Each drill’s own report says how its figures came about.</footer>`}
</div>
<script>${trusted(SCRIPT)}</script>
</body>
</html>
`.text;
}

const reportOf = ({ id }: Pick<DrillRow, 'id'>): string => `${encodeURIComponent(id)}/report.html`;

function overview(rows: readonly DrillRow[]): Section {
  const against = (value: string, before: string): Cell =>
    html`<b>${value}</b><span class="ci">was ${before}</span>`;
  return {
    id: 'drills',
    title: 'What each failure cost',
    short: 'Cost',
    body: table({
      caption: 'While the faults last; beneath, what it was before. A name leads to the report of its drill.',
      columns: [
        { label: 'Drill' },
        { label: 'Verdict' },
        { label: 'Available', numeric: true },
        { label: 'After', numeric: true },
        { label: 'Right', numeric: true },
        { label: 'p95', numeric: true },
        { label: 'Detected', numeric: true },
        { label: 'Recovered', numeric: true },
        { label: 'Lost', numeric: true },
        { label: 'Amplification', numeric: true },
      ],
      rows: rows.map((row) => [
        html`<a href="${reportOf(row)}">${quoted(row.name)}</a>`,
        html`${verdictBadge(row.verdict)}<span class="ci">${row.held}${row.held.includes(' of ') && ' promises'}</span>${row.doubtful && html`<span class="badge bad">in doubt</span>`}`,
        against(row.availability.during, row.availability.before),
        row.availability.after,
        against(row.right.during, row.right.before),
        against(row.p95.during, row.p95.before),
        row.detected,
        row.recovered,
        row.lost,
        row.amplification,
      ]),
      sortable: true,
    }),
  };
}

/** What was feared, and whether it came so. */
function fears(records: readonly RunRecord[]): Section {
  const rows = drillRows(records);
  const feared = records.flatMap(({ drill }) => drill ?? []);
  const entry = (row: DrillRow, fear: string): Markup =>
    html`<div><dt><a href="${reportOf(row)}">${quoted(row.title)}</a></dt><dd>${unbroken(capital(row.noticed))}.<span class="ci">Feared: ${fear}</span></dd></div>`;
  return {
    id: 'fears',
    title: 'What was feared, and what users noticed',
    short: 'Fears',
    body: html`<dl class="facts">${rows.map((row, index) => entry(row, feared[index]!.fear))}</dl>`,
  };
}

const capital = (text: string): string => text.replace(/^\p{Ll}/u, (first) => first.toUpperCase());
