import type { PhaseRecord } from '../../records/schema.ts';
import { bound, ms, perSecond, rate } from '../format.ts';
import { oneLine } from '../plain.ts';
import type { TimeBin } from '../series.ts';
import {
  type Chart,
  COLOUR,
  DURATION_LABEL,
  deadlineEntry,
  deadlineRule,
  logScale,
  type Spec,
} from './chart.ts';

/** Both charts of a phase share this margin, so that their time axes stand one above the other. */
const Y_EXTENT = 52;

function timeAxis(phase: PhaseRecord): Spec {
  return {
    type: 'quantitative',
    scale: { domain: [0, phase.scheduledSeconds], nice: false },
    axis: { title: 'seconds since the phase began', grid: false, tickCount: 6 },
  };
}

/** p50 and p95 of the requests due in each bin of time. */
export function latencyTimeline(phase: PhaseRecord, bins: readonly TimeBin[], id: string): Chart | undefined {
  const points = bins.flatMap((bin) => [
    { middle: (bin.start + bin.end) / 2, quantile: 'p50', value: bin.p50 },
    { middle: (bin.start + bin.end) / 2, quantile: 'p95', value: bin.p95 },
  ]);
  const known = points.flatMap(({ value }) => (value !== null && value > 0 ? [value] : []));
  if (known.length === 0) return undefined;
  const colours = { domain: ['p50', 'p95'], range: [COLOUR.blue, COLOUR.orange] };
  return {
    id,
    title: `Latency over time, ${oneLine(phase.name)}`,
    description: `p50 and p95 latency in ${bins.length} bins of ${bound(((bins[0]?.end ?? 0) - (bins[0]?.start ?? 0)) * 1000)}; the deadline is ${bound(phase.deadlineMs)}.`,
    legend: [
      { label: 'p50', colour: COLOUR.blue, mark: 'line' },
      { label: 'p95', colour: COLOUR.orange, mark: 'line' },
      deadlineEntry(phase.deadlineMs),
    ],
    spec: ({ narrow }) => {
      const { domain, ticks } = logScale([...known, phase.deadlineMs], 8);
      return {
        height: narrow ? 170 : 190,
        layer: [
          {
            data: { values: points },
            mark: {
              type: 'line',
              strokeWidth: 2,
              point: { size: 14, filled: true },
              invalid: 'break-paths-show-domains',
            },
            encoding: {
              x: { field: 'middle', ...timeAxis(phase) },
              y: {
                field: 'value',
                type: 'quantitative',
                scale: { type: 'log', domain, nice: false },
                axis: { values: ticks, labelExpr: DURATION_LABEL, title: null, minExtent: Y_EXTENT },
              },
              color: { field: 'quantile', type: 'nominal', scale: colours, legend: null },
            },
          },
          deadlineRule(phase.deadlineMs, 'y'),
        ],
      };
    },
    table: {
      columns: ['From (s)', 'To (s)', 'p50 (ms)', 'p95 (ms)'],
      rows: bins.map((bin) => [bin.start.toFixed(1), bin.end.toFixed(1), ms(bin.p50), ms(bin.p95)]),
    },
  };
}

/** Requests sent and requests that failed, per second, against what was offered. */
export function rateTimeline(phase: PhaseRecord, bins: readonly TimeBin[], id: string): Chart | undefined {
  if (bins.length === 0) return undefined;
  const failing = bins.filter(({ failureRate }) => failureRate > 0);
  const offered = phase.offeredRate;
  const shaped = isShaped(phase);
  return {
    id,
    title: `Rate over time, ${oneLine(phase.name)}`,
    description: `Requests sent per second in ${bins.length} bins${offered === null ? '' : `, against ${perSecond(offered)} offered${shaped ? ' on average' : ''}`}; failures in ${failing.length} of them.`,
    legend: [
      { label: 'sent', colour: COLOUR.blue, mark: 'line' },
      ...(offered === null
        ? []
        : [{ label: 'offered', colour: COLOUR.soft, mark: 'line' as const, dash: [4, 3] }]),
      ...(failing.length ? [{ label: 'failed', colour: COLOUR.vermilion, mark: 'area' as const }] : []),
    ],
    spec: ({ narrow }) => ({
      height: narrow ? 120 : 130,
      layer: rateLayers(phase, bins),
    }),
    table: {
      columns: ['From (s)', 'To (s)', 'Offered (/s)', 'Sent (/s)', 'Failed (/s)'],
      rows: bins.map((bin) => [
        bin.start.toFixed(1),
        bin.end.toFixed(1),
        rate(bin.dueRate),
        rate(bin.sentRate),
        rate(bin.failureRate),
      ]),
    },
  };
}

/** Whether the rate was meant to change: then what was due in each bin is drawn, not one rate for all. */
function isShaped({ shape, arrivalProcess }: PhaseRecord): boolean {
  return arrivalProcess === 'replay' || (shape !== null && !shape.startsWith('constant'));
}

function rateLayers(phase: PhaseRecord, bins: readonly TimeBin[]): Spec[] {
  const x = { field: 'start', ...timeAxis(phase) };
  const y = (field: string): Spec => ({
    field,
    type: 'quantitative',
    scale: { zero: true },
    axis: { title: null, tickCount: 3, minExtent: Y_EXTENT, labelExpr: "datum.label + ' /s'" },
  });
  const ends = bins.at(-1)!;
  const even: Spec = {
    data: { values: [{ offered: phase.offeredRate }] },
    mark: { type: 'rule', stroke: COLOUR.soft, strokeDash: [4, 3] },
    encoding: { y: y('offered') },
  };
  return [
    ...(isShaped(phase) ? [offeredLayer(bins, x, y('dueRate'))] : []),
    {
      data: { values: bins.filter(({ failureRate }) => failureRate > 0) },
      mark: { type: 'rect', fill: COLOUR.vermilion },
      encoding: { x, x2: { field: 'end' }, y: y('failureRate'), y2: { datum: 0 } },
    },
    {
      data: { values: [...bins, { ...ends, start: ends.end }] },
      mark: { type: 'line', interpolate: 'step-after', stroke: COLOUR.blue, strokeWidth: 1.75 },
      encoding: { x, y: y('sentRate') },
    },
    ...(isShaped(phase) || phase.offeredRate === null ? [] : [even]),
  ];
}

/** What was offered, as a band from zero: the shape of the load. */
function offeredLayer(bins: readonly TimeBin[], x: Spec, y: Spec): Spec {
  const last = bins.at(-1)!;
  return {
    data: { values: [...bins, { ...last, start: last.end }] },
    mark: {
      type: 'area',
      interpolate: 'step-after',
      fill: COLOUR.grey,
      fillOpacity: 0.22,
      line: { stroke: COLOUR.soft, strokeDash: [4, 3], strokeWidth: 1.5 },
    },
    encoding: { x, y },
  };
}
