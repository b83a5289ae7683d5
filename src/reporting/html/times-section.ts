import type { PhaseRecord, QuantilesRecord, RunRecord } from '../../records/schema.ts';
import { interval, ms } from '../format.ts';
import { headlinePhase, measuredPhases, phaseLabel } from '../phases.ts';
import { html, type Markup } from './markup.ts';
import { lead, type Section } from './section.ts';
import { type Cell, table } from './table.ts';

const STATISTICS = ['p50', 'p90', 'p95', 'p99', 'mean', 'max'] as const;

/** Latency beside its parts: what the target took, what the generator added, when the first token came. */
export function timesSection(record: RunRecord): Section | undefined {
  const phase = headlinePhase(record);
  if (!phase) return undefined;
  const others = measuredPhases(record).filter((other) => other !== phase);
  return {
    id: 'times',
    title: 'Latency and its parts',
    short: 'Latency',
    body: html`${lead(
      'Latency counts from when a request was due, so that waiting is in it. Timeouts enter at the value of the timeout.',
    )}${timesTable(record, phase)}${others.map(
      (other) =>
        html`<details class="print"><summary>${phaseLabel(other)}</summary>${timesTable(record, other)}</details>`,
    )}`,
  };
}

function timesTable({ load }: RunRecord, phase: PhaseRecord): Markup {
  const { latencyMs, serviceMs, lagMs, firstTokenMs, perTokenMs, latencyCi95 } = phase;
  const untold = (key: 'firstToken' | 'outputTokens'): string =>
    load?.returns && !load.returns[key] ? '; the target does not return it' : '';
  const row = (name: string, meaning: string, values: QuantilesRecord | null): Cell[] => [
    html`${name}<span class="ci">${meaning}</span>`,
    ...STATISTICS.map((statistic) => ms(values?.[statistic])),
  ];
  const ends = (statistic: (typeof STATISTICS)[number]): Cell => {
    const found = statistic in latencyCi95 ? latencyCi95[statistic as keyof typeof latencyCi95] : null;
    return html`${ms(latencyMs[statistic])}${found && html`<span class="ci">${interval(found, ms)}</span>`}`;
  };
  return table({
    caption: `${phaseLabel(phase)}: milliseconds, 95 % intervals beneath`,
    columns: [{ label: 'Milliseconds' }, ...STATISTICS.map((label) => ({ label, numeric: true }))],
    rows: [
      [html`Latency<span class="ci">end − due</span>`, ...STATISTICS.map(ends)],
      row('Service time', 'end − sent', serviceMs),
      row('Lag', 'sent − due', lagMs),
      row('First token', `first token − due${untold('firstToken')}`, firstTokenMs),
      row('Time per token', `after the first${untold('outputTokens')}`, perTokenMs),
    ],
  });
}
