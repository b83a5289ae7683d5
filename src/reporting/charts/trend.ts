import { MISSING } from '../format.ts';
import {
  hardwareChanges,
  orderedPoints,
  seriesName,
  type TrendSeries,
  timeOf,
  trendAdvice,
  trendWriter,
} from '../trend.ts';
import {
  type Chart,
  COLOUR,
  DURATION_LABEL,
  type Frame,
  type LegendEntry,
  SHARE_LABEL,
  type Spec,
} from './chart.ts';

const CHANGE_DASH = [3, 3];

const AXIS_LABELS: Readonly<Record<string, string>> = {
  ms: DURATION_LABEL,
  share: SHARE_LABEL,
  usd: "'$' + datum.label",
  'per second': "datum.label + ' /s'",
  'per-second': "datum.label + ' /s'",
};

interface Dot {
  readonly at: number;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** Of the stretch on one machine, so that no line joins two. */
  readonly stretch: number;
}

/** One series over time, with its intervals; a rule where the hardware changed, across which no line is drawn. */
export function trendChart(series: TrendSeries, id: string): Chart | undefined {
  const points = orderedPoints(series);
  const changes = hardwareChanges([series]).map((at) => timeOf({ at }));
  const dots = points.flatMap((point): Dot[] => {
    const { value, low, high } = point;
    const at = timeOf(point);
    const stretch = changes.filter((change) => change <= at).length;
    return value === null ? [] : [{ at, value, low: low ?? value, high: high ?? value, stretch }];
  });
  if (dots.length === 0) return undefined;
  const write = trendWriter(series.unit);
  const name = seriesName(series);
  const [first, last] = [dots[0]!, dots.at(-1)!];
  return {
    id,
    title: trendAdvice(series),
    description: `${name} in ${dots.length} runs from ${day(first.at)} to ${day(last.at)}: first ${write(first.value)}, last ${write(last.value)}, least ${write(Math.min(...dots.map(({ value }) => value)))}, most ${write(Math.max(...dots.map(({ value }) => value)))}.${changes.length > 0 ? ` The hardware changed on ${changes.map(day).join(', ')}.` : ''}`,
    legend: legend(dots, changes),
    spec: (frame) => spec(dots, { changes, unit: series.unit, frame }),
    table: {
      columns: ['Run', name, 'From', 'To', 'Hardware', 'Id'],
      rows: points.map(({ at, value, low, high, fingerprint, id: run }) => [
        at,
        write(value),
        low === null ? MISSING : write(low),
        high === null ? MISSING : write(high),
        fingerprint.slice(0, 12),
        run,
      ]),
    },
  };
}

const day = (at: number): string => new Date(at).toISOString().slice(0, 10);

function legend(dots: readonly Dot[], changes: readonly number[]): LegendEntry[] {
  const withEnds = dots.some(({ low, high }) => low < high);
  return [
    { label: 'a run', colour: COLOUR.blue, mark: 'dot' },
    ...(withEnds
      ? [{ label: '95 % interval', colour: COLOUR.blue, mark: 'area', opacity: 0.3 } as const]
      : []),
    ...(changes.length > 0
      ? [{ label: 'other hardware from here', colour: COLOUR.ink, mark: 'line', dash: CHANGE_DASH } as const]
      : []),
  ];
}

interface Setting {
  readonly changes: readonly number[];
  readonly unit: string;
  readonly frame: Frame;
}

const DAY_MS = 86_400_000;

function spec(dots: readonly Dot[], { changes, unit, frame: { narrow } }: Setting): Spec {
  const times = dots.map(({ at }) => at);
  const [start, end] = [Math.min(...times), Math.max(...times)];
  const aside = Math.max((end - start) * 0.02, start === end ? DAY_MS : 1);
  const x = {
    field: 'at',
    type: 'temporal',
    scale: { type: 'utc', domain: [start - aside, end + aside], nice: false },
    axis: { title: null, grid: false, tickCount: narrow ? 4 : 8, labelOverlap: true, format: '%-d %b' },
  };
  const values = dots.flatMap(({ low, high, value }) => [low, high, value]);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const margin = Math.max((most - least) * 0.1, Math.abs(most) * 0.02, 1e-9);
  const y = {
    type: 'quantitative',
    scale: {
      domain: [least >= 0 ? Math.max(0, least - margin) : least - margin, most + margin],
      nice: false,
    },
    axis: { title: null, tickCount: 4, ...(AXIS_LABELS[unit] ? { labelExpr: AXIS_LABELS[unit] } : {}) },
  };
  const at = (field: string): Spec => ({ ...y, field });
  const detail = { field: 'stretch', type: 'nominal' };
  const data = { values: dots };
  return {
    height: narrow ? 150 : 170,
    layer: [
      {
        data: { values: changes.map((change) => ({ at: change })) },
        mark: { type: 'rule', stroke: COLOUR.ink, strokeWidth: 1, strokeDash: CHANGE_DASH },
        encoding: { x },
      },
      {
        data,
        mark: { type: 'rule', stroke: COLOUR.blue, strokeWidth: 4, strokeOpacity: 0.25, strokeCap: 'round' },
        encoding: { x, y: at('low'), y2: { field: 'high' } },
      },
      {
        data,
        mark: { type: 'line', stroke: COLOUR.blue, strokeWidth: 1.5, strokeOpacity: 0.8 },
        encoding: { x, y: at('value'), detail },
      },
      {
        data,
        mark: { type: 'point', fill: COLOUR.blue, stroke: null, size: 36, opacity: 1 },
        encoding: { x, y: at('value') },
      },
    ],
  };
}
