import type { PhaseRecord } from '../../records/schema.ts';
import { bound, interval, ms } from '../format.ts';
import { phaseLabel } from '../phases.ts';
import { oneLine } from '../plain.ts';
import {
  type Chart,
  COLOUR,
  DURATION_LABEL,
  deadlineEntry,
  deadlineRule,
  type LogScale,
  logScale,
  ROW_HEIGHT,
  ROWS,
  rowLabels,
  type Spec,
} from './chart.ts';

const QUANTILES = [
  { name: 'p50', colour: COLOUR.blue, shape: 'circle' },
  { name: 'p95', colour: COLOUR.orange, shape: 'square' },
  { name: 'p99', colour: COLOUR.vermilion, shape: 'diamond' },
] as const;

/** p50, p95 and p99 of every phase with their intervals, on one logarithmic axis, the deadline marked. */
export function phaseLatencyChart(phases: readonly PhaseRecord[]): Chart | undefined {
  const rows = phases.map((phase, index) => ({
    row: String(index),
    label: oneLine(`${phaseLabel(phase)}${phase.valid ? '' : ', invalid'}`),
  }));
  const dots = dotsOf(phases);
  const deadlineMs = phases[0]?.deadlineMs;
  if (dots.length === 0 || deadlineMs === undefined) return undefined;
  const values = [...dots.flatMap(({ value, low, high }) => [value, low, high]), deadlineMs];
  return {
    id: 'latency-by-phase',
    title: 'Latency by phase',
    description: `p50, p95 and p99 latency of ${phases.length} phases with 95 % intervals, on a logarithmic axis; the deadline is ${bound(deadlineMs)}.`,
    legend: [
      ...QUANTILES.map(({ name, colour }) => ({ label: name, colour, mark: 'dot' as const })),
      deadlineEntry(deadlineMs),
    ],
    spec: ({ narrow }) => {
      const scale = logScale(values, narrow ? 5 : 14);
      return {
        height: phases.length * ROW_HEIGHT + 24,
        layer: [deadlineRule(deadlineMs, 'x'), ...dotLayers(dots, scale), rowLabels(rows)],
      };
    },
    table: {
      columns: ['Phase', ...QUANTILES.flatMap(({ name }) => [`${name} (ms)`, '95 % interval'])],
      rows: phases.map((phase) => [
        oneLine(phase.name),
        ...QUANTILES.flatMap(({ name }) => [
          ms(phase.latencyMs[name]),
          interval(phase.latencyCi95[name], ms),
        ]),
      ]),
    },
  };
}

interface Dot {
  readonly row: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly colour: string;
  readonly shape: string;
}

function dotsOf(phases: readonly PhaseRecord[]): Dot[] {
  return phases.flatMap((phase, index) =>
    QUANTILES.flatMap(({ name, colour, shape }) => {
      const value = phase.latencyMs[name];
      const [low, high] = phase.latencyCi95[name] ?? [value, value];
      if (value === null || low === null || high === null || value <= 0) return [];
      return [{ row: String(index), value, low, high, colour, shape }];
    }),
  );
}

/** The intervals, and the dots upon them. */
function dotLayers(dots: readonly Dot[], { domain, ticks }: LogScale): Spec[] {
  const x = {
    field: 'value',
    type: 'quantitative',
    scale: { type: 'log', domain, nice: false },
    axis: { values: ticks, labelExpr: DURATION_LABEL, title: null, grid: true },
  };
  // Batch means can put the lower end of an interval below zero, which no logarithm has: it is drawn to the axis.
  const intervals = dots.map((dot) => ({ ...dot, low: Math.max(dot.low, domain[0]) }));
  return [
    {
      data: { values: intervals },
      mark: { type: 'rule', strokeWidth: 5, strokeOpacity: 0.32, strokeCap: 'round', yOffset: 8 },
      encoding: {
        y: ROWS,
        x: { ...x, field: 'low' },
        x2: { field: 'high' },
        stroke: { field: 'colour', type: 'nominal', scale: null },
      },
    },
    {
      data: { values: dots },
      mark: { type: 'point', filled: true, size: 80, opacity: 1, yOffset: 8 },
      encoding: {
        y: ROWS,
        x,
        fill: { field: 'colour', type: 'nominal', scale: null },
        shape: { field: 'shape', type: 'nominal', scale: null },
      },
    },
  ];
}
