import type { RequestColumns } from '../../records/columns.ts';
import type { PhaseRecord, RunRecord } from '../../records/schema.ts';
import { percentileChart } from '../charts/percentiles.ts';
import { latencyTimeline, rateTimeline } from '../charts/timeline.ts';
import { phaseLatencies, phaseRows, timeBins } from '../series.ts';
import { type Draw, figure } from './figure.ts';
import { html, type Markup } from './markup.ts';
import { lead, type Section } from './section.ts';

const NO_COLUMNS = lead(
  'Not drawn: these charts need the request columns (requests.col), which this report was made without.',
);

interface OpenPhase {
  readonly phase: PhaseRecord;
  /** Its place in record.load.phases, by which the columns know it. */
  readonly index: number;
}

function openPhases(record: RunRecord): OpenPhase[] {
  return (record.load?.phases ?? [])
    .map((phase, index) => ({ phase, index }))
    .filter(({ phase }) => phase.loop === 'open' && !phase.warmup);
}

const CACHE_TITLES = {
  uncached: 'Latency by percentile, uncached',
  cached: 'Latency by percentile, cached',
  'as-configured': 'Latency by percentile, caches as configured',
} as const;

/** Latency by percentile: uncached and cached phases apart, since together they would be neither. */
export async function distributionSection(
  record: RunRecord,
  columns: RequestColumns | undefined,
  draw: Draw,
): Promise<Section | undefined> {
  const phases = openPhases(record);
  if (phases.length === 0) return undefined;
  const charts: Markup[] = [];
  for (const mode of ['uncached', 'cached', 'as-configured'] as const) {
    const members = phases.filter(({ phase }) => phase.cacheMode === mode);
    if (!columns || members.length === 0) continue;
    const series = members.map(({ phase, index }) => ({
      name: phase.valid ? phase.name : `${phase.name} (invalid)`,
      sorted: phaseLatencies(columns, phaseRows(columns, index)),
    }));
    const deadlineMs = members[0]!.phase.deadlineMs;
    charts.push(
      await figure(
        percentileChart({ id: `percentiles-${mode}`, title: CACHE_TITLES[mode], series, deadlineMs }),
        draw,
      ),
    );
  }
  return {
    id: 'distribution',
    title: 'Latency distribution',
    short: 'Distribution',
    body: columns
      ? html`${lead('How slow the slowest are: each step to the right leaves a tenth as many requests. Both axes are logarithmic; curves end where fewer than ten requests lie beyond.')}${charts}`
      : NO_COLUMNS,
  };
}

/** Latency and rate over the time of each open-loop phase. */
export async function timelineSection(
  record: RunRecord,
  columns: RequestColumns | undefined,
  draw: Draw,
): Promise<Section | undefined> {
  const phases = openPhases(record);
  if (phases.length === 0) return undefined;
  const charts: Markup[] = [];
  for (const { phase, index } of columns ? phases : []) {
    const bins = timeBins(columns!, phaseRows(columns!, index), phase);
    if (bins.length === 0)
      charts.push(html`<p class="none">Phase ${phase.name}: too few requests to draw over time.</p>`);
    charts.push(await figure(latencyTimeline(phase, bins, `latency-time-${index}`), draw));
    charts.push(await figure(rateTimeline(phase, bins, `rate-time-${index}`), draw));
  }
  return {
    id: 'timeline',
    title: 'Latency and throughput over time',
    short: 'Over time',
    body: columns ? html`${charts}` : NO_COLUMNS,
  };
}
