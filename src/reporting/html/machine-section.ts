import type { RunRecord } from '../../records/schema.ts';
import { machineChart } from '../charts/machine.ts';
import { scarcities } from '../machine.ts';
import { drawnPhases, headlinePhase, type PlacedPhase, phaseLabel } from '../phases.ts';
import { type Draw, figure } from './figure.ts';
import { html, type Markup } from './markup.ts';
import { lead, type Section, unbroken } from './section.ts';

/** What was used of the generator's machine, by second: the headline phase, the others folded beneath it. */
export async function machineSection(record: RunRecord, draw: Draw): Promise<Section | undefined> {
  const watched = drawnPhases(record).filter(({ phase }) => phase.machine !== undefined);
  const headline = headlinePhase(record);
  const main = watched.find(({ phase }) => phase === headline) ?? watched[0];
  if (main === undefined) return undefined;
  const others: Markup[] = [];
  for (const placed of watched) {
    if (placed === main) continue;
    others.push(
      html`<details class="print"><summary>${phaseLabel(placed.phase)}</summary>${await view(record, placed, draw)}</details>`,
    );
  }
  return {
    id: 'machine',
    title: 'The machine meanwhile',
    short: 'Machine',
    body: html`${lead(whose(record))}${await view(record, main, draw)}${
      others.length > 0 && html`<h3>Other phases</h3>${others}`
    }`,
  };
}

function whose({ load }: RunRecord): string {
  const cpu = 'CPU and network of the machine are those of all its programs.';
  return load?.targetKind === 'in-process'
    ? `Of the machine of generator and engine, which were one process: what it took is the work of both. ${cpu}`
    : `Of the generator\u2019s machine, by second; of the target\u2019s, which may be another one, nothing is read. ${cpu}`;
}

async function view(record: RunRecord, { phase, index }: PlacedPhase, draw: Draw): Promise<Markup> {
  const scarce = scarcities(phase, record.environment);
  const chart = machineChart(phase, { id: `machine-${index}`, environment: record.environment });
  return html`${
    scarce.length > 0 &&
    html`<ul class="doubts" aria-label="What was scarce">${scarce.map((text) => html`<li>${unbroken(text)}</li>`)}</ul>`
  }${await figure(chart, draw)}`;
}
