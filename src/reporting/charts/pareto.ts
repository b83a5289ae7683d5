import { duration, interval, MISSING, usd } from '../format.ts';
import type { Standing, Standings } from '../pareto.ts';
import { clip } from '../plain.ts';
import {
  type Chart,
  COLOUR,
  DURATION_LABEL,
  type Frame,
  type LegendEntry,
  SHARE_LABEL,
  type Spec,
} from './chart.ts';
import { type Place, placeLabels } from './labels.ts';

/** Against what quality is drawn. */
export type Price = 'p95' | 'cost';

interface Dot {
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly isFront: boolean;
  /** On the front, for all that can be told: its figures alone would not be. */
  readonly isAlike: boolean;
}

const LABEL_LIMIT = 22;
const LETTER = 6.4;
const LEGEND: readonly LegendEntry[] = [
  { label: 'on the front', colour: COLOUR.blue, mark: 'dot' },
  { label: 'about as good as one there', colour: COLOUR.blue, mark: 'dot', fill: 0 },
  { label: 'dominated', colour: COLOUR.grey, mark: 'dot', shape: 'square', fill: 0 },
  { label: 'the front of this chart', colour: COLOUR.blue, mark: 'line', dash: [5, 3] },
];

/** Variants by what they cost and how good they are: up and to the left is better. Undefined where the price is not known. */
export function paretoChart(standings: Standings, price: Price): Chart | undefined {
  const { variants, compared, write } = standings;
  const dots = variants.flatMap((variant): Dot[] => {
    const x = variant[price];
    return x === null
      ? []
      : [
          {
            name: variant.name,
            x,
            y: variant.quality,
            isFront: variant.dominatedBy === undefined,
            isAlike: variant.aboutAsGoodAs !== undefined,
          },
        ];
  });
  if (dots.length < 2) return undefined;
  const writePrice = price === 'p95' ? duration : usd;
  const named = price === 'p95' ? 'p95' : 'cost per query';
  const title = `${compared[0]!.toUpperCase()}${compared.slice(1)} against ${named}`;
  return {
    id: `pareto-${price}`,
    title,
    description: `Up and to the left is better. ${dots.map((dot) => `${dot.name}: ${write(dot.y)} at ${writePrice(dot.x)}${dot.isFront ? (dot.isAlike ? ', about as good as one there' : '') : ', dominated'}`).join('; ')}.`,
    legend: LEGEND.filter(
      ({ label }) =>
        (label !== 'dominated' || dots.some(({ isFront }) => !isFront)) &&
        (label !== 'about as good as one there' || dots.some(({ isAlike }) => isAlike)),
    ),
    spec: (frame) => spec(dots, { variants, price, frame, isShare: compared === 'right answers' }),
    table: {
      columns: [
        'Variant',
        compared,
        '95 % interval',
        'p95',
        'Middle half of blocks',
        'Cost per query',
        'Dominated by',
        'About as good as',
      ],
      rows: variants.map((variant) => [
        variant.name,
        write(variant.quality),
        interval(variant.qualityCi95, write),
        duration(variant.p95),
        interval(variant.p95Middle, duration),
        usd(variant.cost),
        variant.dominatedBy ?? MISSING,
        variant.aboutAsGoodAs ?? MISSING,
      ]),
    },
  };
}

interface Setting {
  readonly variants: readonly Standing[];
  readonly price: Price;
  readonly frame: Frame;
  readonly isShare: boolean;
}

/** What axes and padding take of a chart, about: enough to know which labels would touch. */
const MARGIN = { x: 60, y: 48 };

function spec(dots: readonly Dot[], { variants, price, frame, isShare }: Setting): Spec {
  const { width, narrow } = frame;
  const height = narrow ? 260 : 320;
  const bars = barsOf(variants, price);
  const across = domain(
    bars.flatMap(({ left, right }) => [left, right]),
    { least: 0, most: Infinity },
  );
  const up = domain(
    bars.flatMap(({ low, high }) => [low, high]),
    { least: 0, most: 1 },
  );
  const { x, y } = axesOf(across, up, { price, narrow, isShare });
  const inner = { width: width - MARGIN.x, height: height - MARGIN.y };
  const places = dots.map((dot) => ({
    x: (inner.width * (dot.x - across[0])) / (across[1] - across[0]),
    y: inner.height * (1 - (dot.y - up[0]) / (up[1] - up[0])),
  }));
  return {
    height,
    layer: [
      ...uncertainty(bars, { x, y }),
      {
        data: { values: frontLine(dots) },
        mark: {
          type: 'line',
          interpolate: 'step-after',
          stroke: COLOUR.blue,
          strokeWidth: 1.5,
          strokeDash: [5, 3],
        },
        encoding: { x: { ...x, field: 'x' }, y: { ...y, field: 'y' } },
      },
      dotLayer(
        dots.filter(({ isFront }) => !isFront),
        { x, y },
        {
          shape: 'square',
          stroke: COLOUR.grey,
          fill: COLOUR.paper,
          strokeWidth: 2,
        },
      ),
      dotLayer(
        dots.filter(({ isFront, isAlike }) => isFront && !isAlike),
        { x, y },
        { fill: COLOUR.blue, stroke: null },
      ),
      dotLayer(
        dots.filter(({ isAlike }) => isAlike),
        { x, y },
        { fill: COLOUR.paper, stroke: COLOUR.blue, strokeWidth: 2 },
      ),
      ...labelLayers(dots, places, { x, y, area: inner }),
    ],
  };
}

interface Bars {
  readonly x: number;
  readonly y: number;
  readonly low: number;
  readonly high: number;
  readonly left: number;
  readonly right: number;
  readonly colour: string;
}

/** What each variant is uncertain by: its quality up and down, its p95 to both sides. */
function barsOf(variants: readonly Standing[], price: Price): Bars[] {
  return variants.flatMap(({ quality, qualityCi95, p95Middle, [price]: at, dominatedBy }) =>
    at === null
      ? []
      : [
          {
            x: at,
            y: quality,
            low: qualityCi95?.[0] ?? quality,
            high: qualityCi95?.[1] ?? quality,
            left: price === 'p95' ? (p95Middle?.[0] ?? at) : at,
            right: price === 'p95' ? (p95Middle?.[1] ?? at) : at,
            colour: dominatedBy === undefined ? COLOUR.blue : COLOUR.grey,
          },
        ],
  );
}

interface AxesOptions {
  readonly price: Price;
  readonly narrow: boolean;
  readonly isShare: boolean;
}

function axesOf(
  across: readonly [number, number],
  up: readonly [number, number],
  { price, narrow, isShare }: AxesOptions,
): { x: Spec; y: Spec } {
  const x = {
    type: 'quantitative',
    scale: { domain: across, nice: false },
    axis: {
      title: price === 'p95' ? 'p95, median of the blocks' : 'cost per query',
      grid: false,
      tickCount: narrow ? 4 : 8,
      labelExpr: price === 'p95' ? DURATION_LABEL : "'$' + datum.label",
    },
  };
  const y = {
    type: 'quantitative',
    scale: { domain: up, nice: false },
    axis: { title: null, tickCount: 5, ...(isShare ? { labelExpr: SHARE_LABEL } : {}) },
  };
  return { x, y };
}

function uncertainty(bars: readonly Bars[], { x, y }: { x: Spec; y: Spec }): Spec[] {
  const faint = { type: 'rule', strokeWidth: 4, strokeOpacity: 0.22, strokeCap: 'round' };
  const stroke = { field: 'colour', type: 'nominal', scale: null };
  return [
    {
      data: { values: bars },
      mark: faint,
      encoding: { x: { ...x, field: 'x' }, y: { ...y, field: 'low' }, y2: { field: 'high' }, stroke },
    },
    {
      data: { values: bars },
      mark: faint,
      encoding: { y: { ...y, field: 'y' }, x: { ...x, field: 'left' }, x2: { field: 'right' }, stroke },
    },
  ];
}

const dotLayer = (values: readonly Dot[], { x, y }: { x: Spec; y: Spec }, look: Spec): Spec => ({
  data: { values },
  mark: { type: 'point', size: 95, opacity: 1, ...look },
  encoding: { x: { ...x, field: 'x' }, y: { ...y, field: 'y' } },
});

/** The front of these two alone, cheapest first: each further one costs more and is better. */
export function frontLine(
  dots: readonly { readonly x: number; readonly y: number }[],
): { x: number; y: number }[] {
  let best = Number.NEGATIVE_INFINITY;
  return [...dots]
    .sort((one, other) => one.x - other.x || other.y - one.y)
    .flatMap(({ x, y }) => {
      if (y <= best) return [];
      best = y;
      return [{ x, y }];
    });
}

function domain(
  values: readonly number[],
  { least, most }: { readonly least: number; readonly most: number },
): [number, number] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const margin = Math.max((high - low) * 0.14, Math.abs(high) * 0.01, 1e-9);
  return [Math.max(least, low - margin), Math.max(low + margin, Math.min(most, high + margin))];
}

/** One layer a label: where a label stands is a matter of its mark, not of its data. */
function labelLayers(
  dots: readonly Dot[],
  places: readonly Place[],
  { x, y, area }: { x: Spec; y: Spec; area: { width: number; height: number } },
): Spec[] {
  const texts = dots.map(({ name }) => clip(name, LABEL_LIMIT));
  const longest = Math.max(...texts.map(({ length }) => length));
  const labels = placeLabels(places, { width: longest * LETTER, height: 15, point: 7, area });
  return dots.map((dot, index) => ({
    data: { values: [{ ...dot, label: texts[index]! }] },
    mark: {
      type: 'text',
      fontSize: 12,
      fill: dot.isFront ? COLOUR.ink : COLOUR.soft,
      baseline: 'middle',
      dx: Math.round(labels[index]!.x - places[index]!.x),
      dy: Math.round(labels[index]!.y - places[index]!.y),
    },
    encoding: { x: { ...x, field: 'x' }, y: { ...y, field: 'y' }, text: { field: 'label', type: 'nominal' } },
  }));
}
