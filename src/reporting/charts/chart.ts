import { bound } from '../format.ts';

/** A chart before it is drawn: a Vega-Lite specification for any width, and the same data as a table. */

/** Vega-Lite, as plain JSON: its own types are too wide to be of help here. */
export type Spec = Readonly<Record<string, unknown>>;

export interface Frame {
  readonly width: number;
  /** True on small screens: fewer ticks. */
  readonly narrow: boolean;
}

export interface LegendEntry {
  readonly label: string;
  readonly colour: string;
  readonly mark: 'line' | 'area' | 'dot';
  /** Of dots; a circle where it is left out. */
  readonly shape?: DotShape;
  /** Of dots: how much they are filled; 1 where it is left out. */
  readonly fill?: number;
  /** SVG dash array, for lines. */
  readonly dash?: readonly number[];
  readonly opacity?: number;
}

export type DotShape = 'circle' | 'square' | 'diamond' | 'triangle-up' | 'triangle-down';

export interface Chart {
  /** Unique in the page; only letters, digits and dashes. */
  readonly id: string;
  readonly title: string;
  /** What the chart shows, in a sentence, for those who do not see it. */
  readonly description: string;
  readonly legend: readonly LegendEntry[];
  readonly spec: (frame: Frame) => Spec;
  readonly table: { readonly columns: readonly string[]; readonly rows: readonly (readonly string[])[] };
}

/** Colours are CSS variables of the page, so that one drawing serves light, dark and print. */
export const COLOUR = {
  ink: 'var(--ink)',
  soft: 'var(--soft)',
  line: 'var(--line)',
  paper: 'var(--paper)',
  blue: 'var(--blue)',
  sky: 'var(--sky)',
  green: 'var(--green)',
  orange: 'var(--orange)',
  vermilion: 'var(--vermilion)',
  purple: 'var(--purple)',
  grey: 'var(--grey)',
} as const;

export interface SeriesStyle {
  readonly colour: string;
  readonly dash: readonly number[];
}

const SERIES: readonly SeriesStyle[] = [
  { colour: COLOUR.blue, dash: [1, 0] },
  { colour: COLOUR.vermilion, dash: [7, 3] },
  { colour: COLOUR.green, dash: [2, 2] },
  { colour: COLOUR.purple, dash: [9, 3, 2, 3] },
];

/** Colour and dash of the nth series: two ways to tell lines apart, as one of them may not be seen. */
export function seriesStyle(index: number): SeriesStyle {
  return SERIES[index % SERIES.length]!;
}

/** Label of a duration axis: 0.5 ms, 20 ms, 5 s. */
export const DURATION_LABEL =
  "datum.value >= 1000 ? format(datum.value / 1000, '~g') + ' s' : format(datum.value, '~g') + ' ms'";

/** Label of a share axis: 5 %, 0.5 %. */
export const SHARE_LABEL = "format(datum.value * 100, '~g') + ' %'";

export interface LogScale {
  readonly domain: readonly [number, number];
  readonly ticks: readonly number[];
}

/** A logarithmic scale with round ends around all values, ticked at 1, 2 and 5 (at 1 alone where that is too many). */
export function logScale(values: readonly number[], mostTicks: number): LogScale {
  const positive = values.filter((value) => value > 0 && Number.isFinite(value));
  const low = positive.length ? Math.min(...positive) : 1;
  const high = positive.length ? Math.max(...positive) : 10;
  const steps: number[] = [];
  for (let power = Math.floor(Math.log10(low)) - 1; power <= Math.ceil(Math.log10(high)); power += 1)
    for (const step of [1, 2, 5]) steps.push(Number(`${step}e${power}`));
  const start = steps.findLast((step) => step <= low) ?? steps[0]!;
  const end = steps.find((step) => step >= high && step > start) ?? steps.at(-1)!;
  const inside = steps.filter((step) => step >= start && step <= end);
  const decades = inside.filter((step) => Number.isInteger(Math.round(Math.log10(step) * 1e9) / 1e9));
  const ticks = inside.length > mostTicks && decades.length > 1 ? decades : inside;
  return { domain: [start, end], ticks };
}

const DEADLINE_DASH = [3, 3];

/** A dashed line at the deadline, across the axis on which durations stand. */
export function deadlineRule(deadlineMs: number, axis: 'x' | 'y'): Spec {
  return {
    data: { values: [{ deadlineMs }] },
    mark: { type: 'rule', stroke: COLOUR.ink, strokeWidth: 1.5, strokeDash: DEADLINE_DASH },
    encoding: { [axis]: { field: 'deadlineMs', type: 'quantitative' } },
  };
}

export function deadlineEntry(deadlineMs: number): LegendEntry {
  return { label: `deadline ${bound(deadlineMs)}`, colour: COLOUR.ink, mark: 'line', dash: DEADLINE_DASH };
}

/** Height of one row, in charts whose rows bear their label above. */
export const ROW_HEIGHT = 46;

/** Rows in the order of the data, without an axis: `rowLabels` writes their names. */
export const ROWS = {
  field: 'row',
  type: 'nominal',
  sort: null,
  axis: null,
  scale: { paddingInner: 0, paddingOuter: 0 },
} as const;

/** Each row's label, above its marks: long names need no margin, so the chart stays readable on a narrow screen. */
export function rowLabels(
  rows: readonly { readonly row: string; readonly label: string }[],
  { dy = -12 }: { readonly dy?: number } = {},
): Spec {
  return {
    data: { values: rows.map(({ row, label }) => ({ row, label })) },
    mark: { type: 'text', align: 'left', baseline: 'middle', dy, fill: COLOUR.ink, fontSize: 12.5 },
    encoding: { y: ROWS, x: { value: 0 }, text: { field: 'label', type: 'nominal' } },
  };
}

/** From zero where the rates reach far down, else from somewhat below them: a search ends in a narrow place. */
export function rateDomain(rates: readonly number[]): [number, number] {
  const [low, high] = [Math.min(...rates), Math.max(...rates)];
  if (low < 0.5 * high) return [0, high * 1.05];
  const margin = Math.max((high - low) * 0.15, high * 0.01);
  return [low - margin, high + margin];
}

/** A light band over a range of rates: the answer of a search. Its ends are lines, so that a narrow one is seen, too. */
export function bracketLayers(bracket: readonly [number, number], axis: 'x' | 'y', scale: Spec): Spec[] {
  const [low, high] = bracket;
  const at = (field: string): Spec => ({ field, type: 'quantitative', scale });
  return [
    {
      data: { values: [{ low, high }] },
      mark: { type: 'rect', fill: COLOUR.green, fillOpacity: 0.16 },
      encoding: { [axis]: at('low'), [`${axis}2`]: { field: 'high' } },
    },
    {
      data: { values: [{ end: low }, { end: high }] },
      mark: { type: 'rule', stroke: COLOUR.green, strokeWidth: 1 },
      encoding: { [axis]: at('end') },
    },
  ];
}
