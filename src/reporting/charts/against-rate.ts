import { rates as bracketText } from '../capacity.ts';
import { interval, MISSING, rate } from '../format.ts';
import type { Curve, Ends, LoadPoint } from '../load-curve.ts';
import { oneLine } from '../plain.ts';
import {
  bracketLayers,
  type Chart,
  COLOUR,
  type DotShape,
  DURATION_LABEL,
  deadlineEntry,
  deadlineRule,
  type Frame,
  type LegendEntry,
  logScale,
  rateDomain,
  SHARE_LABEL,
  type Spec,
  seriesStyle,
} from './chart.ts';

/** Figures of several phases against the rate of each: how a service changes as it is asked for more. */
export interface AgainstRate {
  readonly id: string;
  readonly title: string;
  readonly points: readonly LoadPoint[];
  /** Four at most, or their styles repeat. */
  readonly curves: readonly Curve[];
  readonly unit: 'share' | 'score' | 'ms' | 'per-second';
  /** Which rate stands on the axis. */
  readonly x: 'achieved' | 'offered';
  readonly write: (value: number | null | undefined) => string;
  /** The answer of a search, shaded. */
  readonly bracket?: readonly [number, number] | undefined;
  readonly deadlineMs?: number;
  /** Draws the line on which everything offered would be answered well. */
  readonly diagonal?: boolean;
}

const SHAPES: readonly DotShape[] = ['circle', 'square', 'diamond', 'triangle-up'];
const DIAGONAL_DASH = [4, 3];

export function rateChart(input: AgainstRate): Chart | undefined {
  const { id, title, points, curves, x, write } = input;
  const dots = dotsOf(input);
  if (dots.length === 0) return undefined;
  const names = curves.map(({ name }) => oneLine(name));
  const drawn = curves.map((_, series) => dots.some((dot) => dot.series === series));
  const rates = dots.map((dot) => dot.rate);
  return {
    id,
    title,
    description: `${names.join(', ')} at ${points.length} ${x} rates from ${rate(Math.min(...rates))} to ${rate(Math.max(...rates))} requests a second, with 95 % intervals where there are any. ${input.bracket ? `The capacity is shaded: ${bracketText(input.bracket)}. ` : ''}${names.map((name, series) => extremes(name, series, { points, curves, write })).join(' ')}`,
    legend: [
      ...names.flatMap((label, series) => (drawn[series] ? [entry(label, series)] : [])),
      ...extras(input),
    ],
    spec: (frame) => ({ height: frame.narrow ? 230 : 270, layer: layers(input, dots, frame) }),
    table: {
      columns: ['Offered (/s)', 'Achieved (/s)', ...names.flatMap((name) => [name, '95 % interval'])],
      rows: points.map((point) => [
        rate(point.offered),
        rate(point.achieved),
        ...curves.flatMap((curve) => {
          const { value, ends } = curve.of(point);
          return [write(value), ends ? interval(ends, write) : MISSING];
        }),
      ]),
    },
  };
}

function entry(label: string, series: number): LegendEntry {
  return { label, mark: 'line', ...seriesStyle(series) };
}

function extras({ bracket, deadlineMs, diagonal, points }: AgainstRate): LegendEntry[] {
  return [
    ...(deadlineMs === undefined ? [] : [deadlineEntry(deadlineMs)]),
    ...(diagonal
      ? [{ label: 'offered', colour: COLOUR.soft, mark: 'line' as const, dash: DIAGONAL_DASH }]
      : []),
    ...(bracket ? [{ label: 'capacity', colour: COLOUR.green, mark: 'area' as const, opacity: 0.3 }] : []),
    ...(points.some(({ phase }) => !phase.valid)
      ? [{ label: 'hollow: invalid', colour: COLOUR.soft, mark: 'dot' as const, fill: 0 }]
      : []),
  ];
}

/** "p95 654 ms at the lowest rate, 2 031 ms at the highest." */
function extremes(
  name: string,
  series: number,
  { points, curves, write }: Pick<AgainstRate, 'points' | 'curves' | 'write'>,
): string {
  const value = (point: LoadPoint | undefined): string => write(point && curves[series]!.of(point).value);
  return `${name}: ${value(points[0])} at the lowest rate, ${value(points.at(-1))} at the highest.`;
}

interface Dot {
  readonly series: number;
  readonly rate: number;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly onLine: boolean;
  readonly fill: string;
  readonly colour: string;
  readonly shape: DotShape;
}

function dotsOf({ points, curves, unit, x }: AgainstRate): Dot[] {
  return curves.flatMap((curve, series) =>
    points.flatMap((point): Dot[] => {
      const { value, ends } = curve.of(point);
      const at = x === 'offered' ? (point.offered ?? point.achieved) : point.achieved;
      if (value === null || (unit === 'ms' && value <= 0)) return [];
      const [low, high]: NonNullable<Ends> = ends ?? [value, value];
      return [
        {
          series,
          rate: at,
          value,
          low,
          high,
          onLine: point.onLine,
          fill: point.phase.valid ? seriesStyle(series).colour : COLOUR.paper,
          colour: seriesStyle(series).colour,
          shape: SHAPES[series % SHAPES.length]!,
        },
      ];
    }),
  );
}

function layers(input: AgainstRate, dots: readonly Dot[], { narrow }: Frame): Spec[] {
  const { bracket, deadlineMs, diagonal, x: axis } = input;
  const xScale = { domain: rateDomain([...dots.map((dot) => dot.rate), ...(bracket ?? [])]), nice: false };
  const y = valueAxis(input, dots, narrow);
  const x = {
    type: 'quantitative',
    scale: xScale,
    axis: { title: `${axis} requests per second`, grid: false, tickCount: narrow ? 5 : 10 },
  };
  const style = (field: string): Spec => ({ field, type: 'nominal', scale: null });
  const floor = (y.scale as { domain: readonly [number, number] }).domain[0];
  return [
    ...(bracket ? bracketLayers(bracket, 'x', xScale) : []),
    ...(deadlineMs === undefined ? [] : [deadlineRule(deadlineMs, 'y')]),
    ...(diagonal ? [diagonalLayer(dots, x, y)] : []),
    {
      // An interval may reach below what the axis has: it is drawn to the axis.
      data: {
        values: dots
          .filter(({ low, high }) => high > low)
          .map((dot) => ({ ...dot, low: Math.max(dot.low, floor) })),
      },
      mark: { type: 'rule', strokeWidth: 5, strokeOpacity: 0.3, strokeCap: 'round' },
      encoding: {
        x: { field: 'rate', ...x },
        y: { ...y, field: 'low' },
        y2: { field: 'high' },
        stroke: style('colour'),
      },
    },
    lineLayer(dots, x, y),
    {
      data: { values: dots },
      mark: { type: 'point', filled: false, size: 52, strokeWidth: 2, opacity: 1 },
      encoding: {
        x: { field: 'rate', ...x },
        y: { ...y, field: 'value' },
        stroke: style('colour'),
        fill: style('fill'),
        shape: style('shape'),
      },
    },
  ];
}

function lineLayer(dots: readonly Dot[], x: Spec, y: Spec): Spec {
  const indexes = [...new Set(dots.map(({ series }) => series))];
  const byStyle = (key: 'colour' | 'dash'): Spec => ({
    field: 'series',
    type: 'nominal',
    scale: { domain: indexes, range: indexes.map((index) => seriesStyle(index)[key]) },
    legend: null,
  });
  return {
    data: { values: dots.filter(({ onLine }) => onLine) },
    mark: { type: 'line', strokeWidth: 2 },
    encoding: {
      x: { field: 'rate', ...x },
      y: { ...y, field: 'value' },
      stroke: byStyle('colour'),
      strokeDash: byStyle('dash'),
    },
  };
}

/** From nothing to the highest rate, where as much comes out as goes in. */
function diagonalLayer(dots: readonly Dot[], x: Spec, y: Spec): Spec {
  const [low, high] = (x.scale as { domain: readonly [number, number] }).domain;
  const end = Math.min(high, Math.max(...dots.map(({ rate: at }) => at)));
  return {
    data: { values: [low, end].map((rate) => ({ rate })) },
    mark: { type: 'line', stroke: COLOUR.soft, strokeDash: DIAGONAL_DASH, strokeWidth: 1.5 },
    encoding: { x: { field: 'rate', ...x }, y: { ...y, field: 'rate' } },
  };
}

function valueAxis({ unit, deadlineMs, diagonal }: AgainstRate, dots: readonly Dot[], narrow: boolean): Spec {
  const values = dots.flatMap(({ value, low, high }) => [value, low, high]);
  const common = { type: 'quantitative' };
  switch (unit) {
    case 'ms': {
      const { domain, ticks } = logScale(
        [...values, ...(deadlineMs === undefined ? [] : [deadlineMs])],
        narrow ? 7 : 10,
      );
      return {
        ...common,
        scale: { type: 'log', domain, nice: false },
        axis: { values: ticks, labelExpr: DURATION_LABEL, title: null },
      };
    }
    case 'share':
      return {
        ...common,
        scale: { domain: [0, 1], nice: false },
        axis: { labelExpr: SHARE_LABEL, title: null, tickCount: 5 },
      };
    case 'score':
      return {
        ...common,
        scale: { domain: [0, 1], nice: false },
        axis: { format: '.1f', title: null, tickCount: 5 },
      };
    case 'per-second': {
      const most = Math.max(...values, ...(diagonal ? dots.map(({ rate: at }) => at) : []));
      return {
        ...common,
        scale: { domain: [0, most * 1.05], nice: false },
        axis: { labelExpr: "datum.label + ' /s'", title: null, tickCount: 5 },
      };
    }
  }
}
