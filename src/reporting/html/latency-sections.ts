import type { RequestColumns } from '../../records/columns.ts';
import type { RunRecord } from '../../records/schema.ts';
import { percentileChart } from '../charts/percentiles.ts';
import { latencyTimeline, rateTimeline } from '../charts/timeline.ts';
import { drawnPhases, type PlacedPhase } from '../phases.ts';
import { phaseLatencies, phaseRows, timeBins } from '../series.ts';
import { type Draw, figure } from './figure.ts';
import { html, type Markup } from './markup.ts';
import { lead, type Section } from './section.ts';

const NO_COLUMNS = lead(
  'Not drawn: these charts need the request columns (requests.col), which this report was made without.',
);

/** Curves in one chart: there are four styles. */
const CURVES_A_CHART = 4;

function openPhases(record: RunRecord): PlacedPhase[] {
  return drawnPhases(record).filter(({ phase }) => phase.loop === 'open');
}

const CACHE_TITLES = {
  uncached: 'Latency by percentile, uncached',
  cached: 'Latency by percentile, cached: hits and misses together',
  'as-configured': "Latency by percentile, the target's cache included",
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
    const deadlineMs = members[0]!.phase.deadlineMs;
    for (let from = 0; from < members.length; from += CURVES_A_CHART) {
      const series = members.slice(from, from + CURVES_A_CHART).map(({ phase, index }) => ({
        name: phase.valid ? phase.name : `${phase.name} (invalid)`,
        sorted: phaseLatencies(columns, phaseRows(columns, index)),
      }));
      const id = `percentiles-${mode}${from === 0 ? '' : `-${from}`}`;
      const chart = percentileChart({ id, title: CACHE_TITLES[mode], series, deadlineMs });
      charts.push(await figure(chart, draw));
    }
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
