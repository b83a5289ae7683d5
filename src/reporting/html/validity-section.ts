import type { PhaseRecord, RunRecord } from '../../records/schema.ts';
import { chosenRate, count, MISSING, ms, rate, share, significant } from '../format.ts';
import { drawnPhases, measuredPhases } from '../phases.ts';
import { RETURNS } from '../words.ts';
import { html, type Markup } from './markup.ts';
import { lead, type Section } from './section.ts';
import { type Cell, facts, table } from './table.ts';

/** Whether the load generator kept up: why a phase is invalid, and what the generator had to spare. */
export function validitySection(record: RunRecord): Section | undefined {
  const phases = measuredPhases(record);
  if (phases.length === 0) return undefined;
  return {
    id: 'validity',
    title: 'Can it be trusted?',
    short: 'Validity',
    body: html`${box(phases)}${table({
      caption: 'What the load generator added, and what it had to spare',
      columns: COLUMNS,
      rows: (record.capacity ? drawnPhases(record).map(({ phase }) => phase) : phases).map(cells),
    })}${lead('Lag is what the generator added to each request: sent − due. CPU is of the whole process, in cores; the event loop is that of its busiest thread, its delay at p99.')}${returned(record)}`,
  };
}

const COLUMNS = [
  { label: 'Phase' },
  { label: 'Valid' },
  ...[
    'Achieved /s',
    'Lag p99 ms',
    'Lag max ms',
    'CPU cores',
    'Loop busy',
    'Loop delay ms',
    'Threads',
    'Most in flight',
  ].map((label) => ({ label, numeric: true })),
];

function cells({ name, offeredRate, achievedRate, lagMs, generator, valid }: PhaseRecord): Cell[] {
  return [
    name,
    valid ? html`<span class="badge good">valid</span>` : html`<span class="badge bad">invalid</span>`,
    html`${rate(achievedRate)}${offeredRate !== null && html`<span class="ci">of ${chosenRate(offeredRate)}</span>`}`,
    ms(lagMs.p99),
    ms(lagMs.max),
    significant(generator.cpuShare),
    share(generator.eventLoopUtilisation),
    ms(generator.eventLoopDelayP99Ms),
    count(generator.threads),
    count(generator.maxInFlight),
  ];
}

function box(phases: readonly PhaseRecord[]): Markup {
  const invalid = phases.filter(({ valid }) => !valid);
  if (invalid.length === 0)
    return html`<p class="note good">${phases.length === 1 ? 'The phase is valid' : `All ${count(phases.length)} phases are valid`}: the generator kept to its schedule and had room to spare.</p>`;
  return html`<div class="note bad"><p>${invalid.length === phases.length ? 'No phase' : `${count(phases.length - invalid.length)} of ${count(phases.length)} phases`} can be trusted. Invalid:</p><ul>${invalid.map(
    ({ name, invalidReasons }) =>
      html`<li><b>${name}</b>: ${invalidReasons.join('; ') || 'no reason was recorded'}</li>`,
  )}</ul></div>`;
}

/** What the target returns: all else prints as a dash. */
function returned({ load }: RunRecord): Markup | false {
  const returns = load?.returns;
  if (!returns) return false;
  const names = (wanted: boolean): string =>
    RETURNS.filter(([key]) => returns[key] === wanted)
      .map(([, thing]) => thing)
      .join('; ');
  return html`<h3>What the target returns</h3>${facts([
    ['Returned', names(true) || 'nothing'],
    [`Not returned (prints as ${MISSING})`, names(false) || 'nothing'],
  ])}`;
}
