import type { IndicatorDifference, PairedRecord } from '../../records/schema.ts';
import { change, changeSize, differenceCells, type PairChange, pairChanges } from '../paired.ts';
import {
  type Chart,
  COLOUR,
  type Frame,
  type LegendEntry,
  ROW_HEIGHT,
  ROWS,
  rowLabels,
  type Spec,
} from './chart.ts';

/** How one variant differs from another, pair by pair: every change as a dot, what was made of them as a bar. */

type Scale = IndicatorDifference['scale'];

const DOT_SIZE = 34;
const DOT_OPACITY = 0.55;
const BAND_OPACITY = 0.13;
const ZERO: Spec = { stroke: COLOUR.ink, strokeWidth: 1, strokeOpacity: 0.55 };

interface Row {
  readonly difference: IndicatorDifference;
  readonly changes: readonly PairChange[];
}

const rowsOf = (paired: PairedRecord, differences: readonly IndicatorDifference[]): Row[] =>
  differences
    .map((difference) => ({ difference, changes: pairChanges(paired.blocks, difference) }))
    // What never varies, such as a list price, is no matter of pairs: its table says it all.
    .filter(({ changes }) => new Set(changes.map(({ value }) => value)).size > 1);

interface Naming {
  readonly id: string;
  readonly title: string;
}

/** All differences of one scale beneath each other: dots, estimate with its bounds, and the band of what does not matter. */
export function pairedChart(
  paired: PairedRecord,
  differences: readonly IndicatorDifference[],
  { id, title }: Naming,
): Chart | undefined {
  const scale = differences[0]?.scale;
  const rows = rowsOf(paired, differences);
  if (scale === undefined || rows.length === 0) return undefined;
  return {
    id,
    title,
    description: `${rows.map(({ difference, changes }) => sentence(difference, changes)).join('; ')}.`,
    legend: legend(rows),
    spec: (frame) => stripSpec(rows, scale, frame),
    table: {
      columns: ['Of', 'Pairs drawn', 'Least', 'Estimate', 'Bounds', 'Most', 'δ'],
      rows: rows.map(({ difference, changes }) => {
        const { of, estimate, interval, delta } = differenceCells(difference);
        const values = changes.map(({ value }) => value);
        return [
          of,
          String(changes.length),
          change(Math.min(...values), scale),
          estimate,
          interval,
          change(Math.max(...values), scale),
          delta,
        ];
      }),
    },
  };
}

function sentence(row: IndicatorDifference, changes: readonly PairChange[]): string {
  const { of, estimate, interval } = differenceCells(row);
  return `${of}: ${estimate} (${interval}) over ${changes.length} pairs`;
}

function legend(rows: readonly Row[]): LegendEntry[] {
  const confirming = rows.some(({ changes }) => changes.some(({ batch }) => batch > 0));
  return [
    {
      label: confirming ? 'a pair of the first batch' : 'a pair of blocks',
      colour: COLOUR.blue,
      mark: 'dot',
      fill: DOT_OPACITY,
    },
    ...(confirming
      ? [
          {
            label: 'of the confirming batch',
            colour: COLOUR.purple,
            mark: 'dot',
            shape: 'diamond',
            fill: 0,
          } as const,
        ]
      : []),
    { label: 'estimate and its bounds', colour: COLOUR.ink, mark: 'line' },
    { label: 'too little to matter (δ)', colour: COLOUR.green, mark: 'area', opacity: 0.3 },
  ];
}

/** Within a row, from its middle: dots above, so that the bar beneath hides none of them. */
const DOTS_AT = 1;
const BAR_AT = 15;
const JITTER = 5;

function stripSpec(rows: readonly Row[], scale: Scale, { narrow }: Frame): Spec {
  const height = ROW_HEIGHT + 16;
  const x = axisOf(rows, scale, { narrow, orient: 'x' });
  const at = (field: string): Spec => ({ field, ...x });
  const bars = rows.map(({ difference }, index) => ({
    row: String(index),
    estimate: difference.estimate,
    low: difference.low ?? difference.estimate,
    high: difference.high ?? difference.estimate,
    least: -difference.delta,
    most: difference.delta,
  }));
  const estimated = bars.filter(({ estimate }) => estimate !== null);
  const dots = rows.flatMap(({ changes }, index) =>
    changes.map(({ value, batch }, number) => ({
      row: String(index),
      value: clamp(value, x.scale.domain),
      batch,
      lane: (number * 2) % 3,
    })),
  );
  return {
    height: rows.length * height,
    layer: [
      {
        data: { values: bars },
        mark: {
          type: 'rect',
          fill: COLOUR.green,
          fillOpacity: BAND_OPACITY,
          height: height - 22,
          yOffset: 5,
        },
        encoding: { y: ROWS, x: at('least'), x2: { field: 'most' } },
      },
      { data: { values: [{ zero: 0 }] }, mark: { type: 'rule', ...ZERO }, encoding: { x: at('zero') } },
      ...stripDots(dots, at),
      {
        data: { values: estimated },
        mark: { type: 'rule', stroke: COLOUR.ink, strokeWidth: 3, strokeCap: 'round', yOffset: BAR_AT },
        encoding: { y: ROWS, x: at('low'), x2: { field: 'high' } },
      },
      {
        data: { values: estimated },
        mark: { type: 'point', filled: true, fill: COLOUR.ink, size: 80, opacity: 1, yOffset: BAR_AT },
        encoding: { y: ROWS, x: at('estimate') },
      },
      rowLabels(
        rows.map(({ difference }, index) => ({ row: String(index), label: rowLabel(difference) })),
        { dy: -height / 2 + 8 },
      ),
    ],
  };
}

interface StripDot {
  readonly row: string;
  readonly value: number;
  readonly batch: number;
  readonly lane: number;
}

/** In three lanes, so that fewer hide each other. */
function stripDots(dots: readonly StripDot[], at: (field: string) => Spec): Spec[] {
  return [0, 1, 2].flatMap((lane) =>
    [false, true].map((confirms) => ({
      data: { values: dots.filter((dot) => dot.lane === lane && dot.batch > 0 === confirms) },
      mark: {
        type: 'point',
        size: DOT_SIZE,
        yOffset: DOTS_AT + (lane - 1) * JITTER,
        opacity: 1,
        ...dotLook(confirms),
      },
      encoding: { y: ROWS, x: at('value') },
    })),
  );
}

const dotLook = (confirms: boolean): Spec =>
  confirms
    ? { shape: 'diamond', stroke: COLOUR.purple, strokeWidth: 1.5, fill: COLOUR.paper }
    : { fill: COLOUR.blue, fillOpacity: DOT_OPACITY, stroke: null };

function rowLabel(row: IndicatorDifference): string {
  const { of, estimate } = differenceCells(row);
  return `${of} · ${estimate} · ${row.word}`;
}

/** The pairs of one difference in the order of their launches: whether what is seen comes from all of them, or from a few. */
export function launchChart(
  paired: PairedRecord,
  difference: IndicatorDifference,
  { id, title }: Naming,
): Chart | undefined {
  const [row] = rowsOf(paired, [difference]);
  if (!row) return undefined;
  const { changes } = row;
  const { scale, delta } = difference;
  const launches = [...new Set(changes.map(launchKey))];
  return {
    id,
    title,
    description: `The change of ${differenceCells(difference).of} in each pair, by launch. ${sentence(difference, changes)}; changes within ${changeSize(delta, scale)} do not matter.`,
    legend: legend([row]),
    spec: (frame) => launchSpec(row, launches, frame),
    table: {
      columns: ['Launch', 'Pairs', 'Changes'],
      rows: launches.map((key, index) => {
        const own = changes.filter((one) => launchKey(one) === key);
        return [
          `${index + 1}${own[0]!.batch > 0 ? ', confirming' : ''}`,
          String(own.length),
          own.map(({ value }) => change(value, scale)).join(', '),
        ];
      }),
    },
  };
}

const launchKey = ({ batch, launch }: PairChange): string => `${batch}/${launch}`;

function launchSpec({ difference, changes }: Row, launches: readonly string[], { narrow }: Frame): Spec {
  const { scale, estimate, low, high, delta } = difference;
  const y = axisOf([{ difference, changes }], scale, { narrow, orient: 'y' });
  const at = (field: string): Spec => ({ field, ...y });
  const place = new Map(launches.map((key, index) => [key, index + 1]));
  const perLaunch = (one: PairChange): PairChange[] =>
    changes.filter((other) => launchKey(other) === launchKey(one));
  const dots = changes.map((one) => {
    const siblings = perLaunch(one);
    const step = 0.5 / Math.max(2, siblings.length);
    return {
      x: place.get(launchKey(one))! + step * (siblings.indexOf(one) - (siblings.length - 1) / 2),
      value: clamp(one.value, y.scale.domain),
      batch: one.batch,
    };
  });
  const x = {
    field: 'x',
    type: 'quantitative',
    scale: { domain: [0.5, launches.length + 0.5], nice: false },
    axis: {
      title: 'launch',
      grid: false,
      values: launches
        .map((_, index) => index + 1)
        .filter((n) => !narrow || launches.length < 13 || n % 2 === 1),
      format: 'd',
    },
  };
  const band = (from: number, to: number, look: Spec): Spec => ({
    data: { values: [{ from, to }] },
    mark: { type: 'rect', ...look },
    encoding: { y: at('from'), y2: { field: 'to' } },
  });
  const rule = (value: number, look: Spec): Spec => ({
    data: { values: [{ value }] },
    mark: { type: 'rule', ...look },
    encoding: { y: at('value') },
  });
  return {
    height: narrow ? 210 : 240,
    layer: [
      band(-delta, delta, { fill: COLOUR.green, fillOpacity: BAND_OPACITY }),
      rule(0, ZERO),
      ...(low === null || high === null
        ? []
        : [low, high].map((end) =>
            rule(clamp(end, y.scale.domain), { stroke: COLOUR.ink, strokeWidth: 1, strokeDash: [3, 3] }),
          )),
      ...(estimate === null ? [] : [rule(estimate, { stroke: COLOUR.ink, strokeWidth: 2 })]),
      ...[false, true].map((confirms) => ({
        data: { values: dots.filter(({ batch }) => batch > 0 === confirms) },
        mark: { type: 'point', size: 60, opacity: 1, ...dotLook(confirms) },
        encoding: { x, y: at('value') },
      })),
    ],
  };
}

interface AxisOptions {
  readonly narrow: boolean;
  readonly orient: 'x' | 'y';
}

interface ChangeAxis extends Spec {
  readonly scale: { readonly domain: readonly [number, number]; readonly nice: false };
}

/** Changes in percent at which an axis may be ticked, up to a thousandfold. */
const RATIO_TICKS = [
  -0.9, -0.75, -0.5, -0.3, -0.2, -0.1, -0.05, -0.02, -0.01, 0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.7, 1, 2, 4,
  9,
];

/** An axis of changes, labelled in percent or points, around all that is drawn and the whole of every δ. */
function axisOf(rows: readonly Row[], scale: Scale, { narrow, orient }: AxisOptions): ChangeAxis {
  const values = rows.flatMap(({ difference: { low, high, estimate, delta }, changes }) => [
    ...changes.map(({ value }) => value),
    ...[low, high, estimate].filter((end) => end !== null),
    1.25 * delta,
    -1.25 * delta,
  ]);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const margin = (most - least) * 0.03;
  const domain = [least - margin, most + margin] as const;
  const room = orient === 'y' ? 0.12 : narrow ? 0.16 : 0.07;
  const ticks = scale === 'log-ratio' ? apart(RATIO_TICKS.map(Math.log1p), domain, room) : undefined;
  const size = scale === 'log-ratio' ? '100 * (exp(datum.value) - 1)' : '100 * datum.value';
  const unit = scale === 'log-ratio' ? ' %' : narrow ? '' : ' points';
  return {
    type: 'quantitative',
    scale: { domain, nice: false },
    axis: {
      title: null,
      ...(ticks ? { values: ticks } : { tickCount: narrow ? 4 : 6 }),
      labelExpr: `(abs(datum.value) < 1e-9 ? '' : datum.value > 0 ? '+' : '−') + format(abs(${size}), '.3~r') + '${unit}'`,
    },
  };
}

/** Ticks inside the domain, from 0 outwards, none nearer to the last than `room` (a share of the domain). */
function apart(ticks: readonly number[], [low, high]: readonly [number, number], room: number): number[] {
  const gap = room * (high - low);
  const kept = [0];
  for (const direction of [1, -1]) {
    let last = 0;
    for (const tick of ticks.filter((one) => one * direction > 0).sort((a, b) => direction * (a - b)))
      if (tick >= low && tick <= high && Math.abs(tick - last) >= gap) {
        kept.push(tick);
        last = tick;
      }
  }
  return kept.sort((a, b) => a - b);
}

const clamp = (value: number, [low, high]: readonly [number, number]): number =>
  Math.min(high, Math.max(low, value));
