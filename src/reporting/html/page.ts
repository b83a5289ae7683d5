import type { RequestColumns } from '../../records/columns.ts';
import type { RunRecord } from '../../records/schema.ts';
import { createRenderer } from '../charts/render.ts';
import { type Doubt, doubts } from '../doubts.ts';
import { headline, headlineIsDoubtful, headlineText, labels } from '../headline.ts';
import { oneLine } from '../plain.ts';
import { autocannonSection } from './autocannon-section.ts';
import { cacheSection } from './cache-section.ts';
import { probesSection, ratesSection, scalabilitySection, searchSection } from './capacity-sections.ts';
import { costSection } from './cost-section.ts';
import { curveSection } from './curve-section.ts';
import {
  dependenciesSection,
  drillTimelineSection,
  faultsSection,
  promisesSection,
  windowsSection,
  worthSection,
} from './drill-sections.ts';
import { errorsSection } from './errors-section.ts';
import type { Draw } from './figure.ts';
import { foldedSection } from './folded-section.ts';
import { gateSection } from './gate-section.ts';
import { judgeSection } from './judge-section.ts';
import { distributionSection, timelineSection } from './latency-sections.ts';
import { figuresSection, funnelSection, phasesSection, stagesSection } from './load-sections.ts';
import { machineSection } from './machine-section.ts';
import { html, type Markup, trusted } from './markup.ts';
import { benchmarksSection, indexSection, methodSection } from './method-sections.ts';
import { pairedSection } from './paired-section.ts';
import { paretoSection } from './pareto-section.ts';
import { contentSecurityPolicy } from './policy.ts';
import { qualitySection } from './quality-section.ts';
import { questionsSection } from './questions-section.ts';
import { SCRIPT } from './script.ts';
import { renderSection, type Section, unbroken } from './section.ts';
import { settingsSection } from './settings-section.ts';
import { sloSection } from './slo-section.ts';
import { slowestSection } from './slowest-section.ts';
import { STYLE } from './style.ts';
import { timesSection } from './times-section.ts';
import { validitySection } from './validity-section.ts';
import { variantsSection } from './variants-section.ts';
import { verdictBadge } from './verdict.ts';

interface Input {
  readonly record: RunRecord;
  readonly columns: RequestColumns | undefined;
  readonly draw: Draw;
}

/** A section, or undefined where the record has nothing for it. */
type Part = (input: Input) => Section | undefined | Promise<Section | undefined>;

const funnel: Part = ({ record, draw }) => funnelSection(record, draw);
const figures: Part = ({ record }) => figuresSection(record);
const phases: Part = ({ record, draw }) => phasesSection(record, draw);
const errors: Part = ({ record }) => errorsSection(record);
const variants: Part = ({ record, draw }) => variantsSection(record, draw);

/** How long requests took, in detail. */
const LATENCY_PARTS: readonly Part[] = [
  ({ record, columns, draw }) => distributionSection(record, columns, draw),
  ({ record, columns, draw }) => cacheSection(record, columns, draw),
  ({ record, columns, draw }) => timelineSection(record, columns, draw),
  ({ record, draw }) => machineSection(record, draw),
  ({ record, draw }) => stagesSection(record, draw),
  ({ record, draw }) => slowestSection(record, draw),
];

/** What every report ends with, in this order. */
const COMMON_PARTS: readonly Part[] = [
  ...LATENCY_PARTS,
  ({ record, draw }) => qualitySection(record, draw),
  ({ record }) => judgeSection(record),
  variants,
  ({ record }) => questionsSection(record),
  ({ record }) => benchmarksSection(record),
  ({ record }) => indexSection(record),
  ({ record }) => methodSection(record),
];

/** Of a bench, an evaluation or an ingest: what became of everything stands first. */
const BENCH_PARTS: readonly Part[] = [funnel, figures, phases, errors, ...COMMON_PARTS];

/** Of a comparison or a gate: the verdict, and what it rests on, stands first. */
const COMPARED_PARTS: readonly Part[] = [
  ({ record }) => gateSection(record),
  variants,
  ({ record, draw }) => paretoSection(record, draw),
  ({ record, draw }) => pairedSection(record, draw),
  ({ record }) => settingsSection(record),
  ...COMMON_PARTS.filter((part) => part !== variants),
];

/** Of a load or a search: whether it held, and how that is known, stands first. */
const TARGET_PARTS: readonly Part[] = [
  ({ record }) => sloSection(record),
  ({ record, draw }) => searchSection(record, draw),
  figures,
  ({ record, draw }) => ratesSection(record, draw),
  ({ record, columns, draw }) => curveSection(record, columns, draw),
  ({ record, draw }) => scalabilitySection(record, draw),
  ({ record }) => probesSection(record),
  funnel,
  ({ record }) => timesSection(record),
  ({ record }) => validitySection(record),
  errors,
  ({ record }) => costSection(record),
  ({ record }) => autocannonSection(record),
  phases,
  ...COMMON_PARTS,
];

/** Of a drill what a load would have first is there to be opened. */
const loadDetails: Part = async (input) => {
  const sections = [];
  for (const part of [
    funnel,
    phases,
    ({ record }: Input) => timesSection(record),
    ({ record }: Input) => validitySection(record),
    errors,
    ({ record }: Input) => costSection(record),
    ...LATENCY_PARTS,
  ])
    sections.push(await part(input));
  return foldedSection(
    {
      id: 'load',
      title: 'The load, in detail',
      short: 'The load',
      text: 'What a load of its own would show. Its figures mix the time of the faults with the time around them, and its errors are those of all arms.',
    },
    sections,
  );
};

/** Of a drill: what the failure cost stands first. */
const DRILL_PARTS: readonly Part[] = [
  ({ record }) => promisesSection(record),
  ({ record, columns, draw }) => drillTimelineSection(record, columns, draw),
  ({ record }) => windowsSection(record),
  ({ record, draw }) => worthSection(record, draw),
  ({ record, draw }) => dependenciesSection(record, draw),
  ({ record }) => faultsSection(record),
  loadDetails,
  ...COMMON_PARTS.filter((part) => !LATENCY_PARTS.includes(part)),
];

/**
 * The report as one HTML file: no request leaves it, it reads whole without script, and its content security policy
 * lets nothing run but its own script. Without `columns` the charts over single requests are missing, and it says so.
 */
export async function renderHtml(record: RunRecord, columns?: RequestColumns): Promise<string> {
  const draw = await createRenderer();
  const sections = [];
  for (const part of partsOf(record)) sections.push(await part({ record, columns, draw }));
  const present = sections.filter((section) => section !== undefined);
  return page(record, present).text;
}

function partsOf({ kind }: RunRecord): readonly Part[] {
  if (kind === 'compare' || kind === 'gate') return COMPARED_PARTS;
  if (kind === 'drill') return DRILL_PARTS;
  return kind === 'load' || kind === 'capacity' ? TARGET_PARTS : BENCH_PARTS;
}

function page(record: RunRecord, sections: readonly Section[]): Markup {
  const title = headlineText(headline(record));
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentSecurityPolicy()}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · ${subject(record)} · groundspeed</title>
<style>${trusted(STYLE)}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the report</a>
<div class="page">
${header(record)}
<div class="body">
<nav aria-label="Contents"><ol>${sections.map(({ id, short }) => html`<li><a href="#${id}">${short}</a></li>`)}</ol></nav>
<main id="content">
${sections.map(renderSection)}</main>
</div>
<footer>Made by groundspeed ${record.environment.groundspeed} from record <code>${record.id}</code>. The same record always makes the same report.</footer>
</div>
<script>${trusted(SCRIPT)}</script>
</body>
</html>
`;
}

function header(record: RunRecord): Markup {
  const { verdict, claim, figure, sentence } = headline(record);
  const found = doubts(record);
  const list = (weight: Doubt['weight'], label: string): Markup | false => {
    const texts = found.filter((doubt) => doubt.weight === weight).map(({ text }) => html`<li>${text}</li>`);
    return texts.length > 0 && html`<ul class="doubts ${weight}" aria-label="${label}">${texts}</ul>`;
  };
  return html`<header class="top">
<p class="run"><b>groundspeed</b> ${record.kind} · ${subject(record)} · ${record.startedAt}</p>
<h1${headlineIsDoubtful(record) && html` class="doubtful"`}>${verdict && html`${verdictBadge(verdict)} `}${unbroken(claim)}${figure !== undefined && html`: <span class="value">${figure}</span>`}</h1>
<p class="sentence">${unbroken(sentence)}</p>
${labelList(record)}${list('stop', 'What cannot be trusted')}${list('mind', 'What to bear in mind')}</header>`;
}

function labelList(record: RunRecord): Markup | false {
  const found = labels(record);
  return (
    found.length > 0 &&
    html`<ul class="labels" aria-label="Conditions">${found.map((label) => html`<li class="badge">${label}</li>`)}</ul>
`
  );
}

function subject({ dataset, load }: RunRecord): string {
  const parts = [
    dataset && `${dataset.name}${dataset.split === null ? '' : ` (${dataset.split})`}`,
    load?.target,
  ];
  return oneLine(parts.filter(Boolean).join(' on ')) || 'no golden set';
}
