import { canCarry, carriedQuantile, type SortedSamples } from '../../statistics/quantiles.ts';
import { bound, MISSING, ms } from '../format.ts';
import { oneLine } from '../plain.ts';
import { type PercentilePoint, percentileCurve } from '../series.ts';
import {
  type Chart,
  DURATION_LABEL,
  deadlineEntry,
  deadlineRule,
  logScale,
  type Spec,
  seriesStyle,
} from './chart.ts';

export interface PercentileSeries {
  readonly name: string;
  readonly sorted: SortedSamples;
}

export interface PercentileInput {
  readonly id: string;
  readonly title: string;
  readonly series: readonly PercentileSeries[];
  readonly deadlineMs: number;
}

const TABLE_QUANTILES = [0.5, 0.75, 0.9, 0.95, 0.99, 0.999];
/** −log10(1 − p) of the ticks. */
const TICKS = { wide: [0, 0.30103, 1, 1.30103, 2, 3, 4, 5], narrow: [0.30103, 1, 2, 3, 4, 5] };

/** Latency by percentile, the tail stretched so that each nine takes as much room as the last. */
export function percentileChart({ id, title, series, deadlineMs }: PercentileInput): Chart | undefined {
  const points = series.flatMap(({ sorted }, index) =>
    percentileCurve(sorted).map((point) => ({ ...point, series: index })),
  );
  if (points.length === 0) return undefined;
  const names = series.map(({ name }) => oneLine(name));
  return {
    id,
    title,
    description: `Latency by percentile of ${names.join(' and ')}, on a logarithmic axis; the deadline is ${bound(deadlineMs)}. Drawn as far as ten requests lie beyond.`,
    legend: [
      ...names.map((label, index) => ({ label, mark: 'line' as const, ...seriesStyle(index) })),
      deadlineEntry(deadlineMs),
    ],
    spec: ({ narrow }) => ({
      height: narrow ? 240 : 300,
      layer: [
        curveLayer(points, { deadlineMs, count: series.length, narrow }),
        deadlineRule(deadlineMs, 'y'),
      ],
    }),
    table: {
      columns: ['Percentile', ...names.map((name) => `${name} (ms)`)],
      rows: TABLE_QUANTILES.filter((p) => series.some(({ sorted }) => canCarry(sorted.length, p))).map(
        (p) => [
          `p${Number((p * 100).toPrecision(4))}`,
          ...series.map(({ sorted }) => {
            const value = carriedQuantile(sorted, p);
            return value === null ? MISSING : ms(value);
          }),
        ],
      ),
    },
  };
}

type Point = PercentilePoint & { readonly series: number };

interface CurveOptions {
  readonly deadlineMs: number;
  /** How many series there are. */
  readonly count: number;
  readonly narrow: boolean;
}

function curveLayer(points: readonly Point[], { deadlineMs, count, narrow }: CurveOptions): Spec {
  const values = [...points.map(({ latencyMs }) => latencyMs), deadlineMs];
  const { domain, ticks } = logScale(values, narrow ? 8 : 12);
  const furthest = Math.max(...points.map(({ nines }) => nines));
  const indexes = Array.from({ length: count }, (_, index) => index);
  const byStyle = (key: 'colour' | 'dash') => ({
    field: 'series',
    type: 'nominal',
    scale: { domain: indexes, range: indexes.map((index) => seriesStyle(index)[key]) },
    legend: null,
  });
  return {
    data: { values: points },
    mark: { type: 'line', strokeWidth: 2.25, strokeJoin: 'round' },
    encoding: {
      x: {
        field: 'nines',
        type: 'quantitative',
        scale: { domain: [0, furthest], nice: false },
        axis: {
          values: TICKS[narrow ? 'narrow' : 'wide'].filter((tick) => tick <= furthest),
          labelExpr: "datum.value == 0 ? 'min' : format((1 - pow(10, -datum.value)) * 100, '.6~g') + ' %'",
          title: 'requests at most this slow',
        },
      },
      y: {
        field: 'latencyMs',
        type: 'quantitative',
        scale: { type: 'log', domain, nice: false },
        axis: { values: ticks, labelExpr: DURATION_LABEL, title: null },
      },
      stroke: byStyle('colour'),
      strokeDash: byStyle('dash'),
    },
  };
}
