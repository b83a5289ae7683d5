import type { DrillArmRecord, DrillRecord } from '../../records/schema.ts';
import { type ServedSecond, type StateBand, UNANSWERED, UNNAMED } from '../drill-timeline.ts';
import { duration, share } from '../format.ts';
import { clip, oneLine } from '../plain.ts';
import { COLOUR, DURATION_LABEL, type Frame, logScale, type Spec } from './chart.ts';
import { laneAt, type Panel, secondsAt, sideAxis, type Timeline } from './drill-frame.ts';

/** The panels of a drill's timeline, from the faults down to what was right. */

const LEVEL_STYLES: Readonly<Record<string, { readonly colour: string; readonly opacity: number }>> = {
  none: { colour: COLOUR.green, opacity: 0.4 },
  keyword: { colour: COLOUR.sky, opacity: 0.9 },
  extractive: { colour: COLOUR.blue, opacity: 0.9 },
  cached: { colour: COLOUR.purple, opacity: 0.9 },
  canned: { colour: COLOUR.grey, opacity: 0.9 },
  [UNNAMED]: { colour: COLOUR.sky, opacity: 0.9 },
  'last-resort': { colour: COLOUR.orange, opacity: 1 },
  [UNANSWERED]: { colour: COLOUR.vermilion, opacity: 1 },
};
const UNKNOWN_LEVEL = { colour: COLOUR.grey, opacity: 0.6 };
export const levelStyle = (level: string) => LEVEL_STYLES[level] ?? UNKNOWN_LEVEL;

/** Told by height as well as by colour, and by colours that what was served does not bear. */
export const STATES: Readonly<Record<string, { readonly colour: string; readonly height: number }>> = {
  closed: { colour: COLOUR.soft, height: 3 },
  'half-open': { colour: COLOUR.orange, height: 18 },
  open: { colour: COLOUR.ink, height: 11 },
};
export const stateStyle = (state: string) => STATES[state] ?? { colour: COLOUR.grey, height: 7 };

const LANE = 38;
const FAULT_BAR = { top: 20, bottom: 30 };
/** Pixels that a letter of a label is taken for when the drawing is sized: a longer label would widen it. */
const LETTER = 9.6;
/** The times of a fault, which its bar shows. */
const WHEN = / from \S+( to \S+)?$/u;

/** Each fault from its beginning to its end, its text above it. */
export function faultPanel({ faults, durationMs }: DrillRecord, timeline: Timeline, { width }: Frame): Panel {
  const height = faults.length * LANE - 6;
  const letters = Math.floor((width - 70) / LETTER);
  const values = faults.map(({ text, fromMs, toMs }, index) => ({
    from: fromMs / 1000,
    to: Math.min(toMs, durationMs) / 1000,
    label: clip(oneLine(text).replace(WHEN, ''), letters),
    text: index * LANE + 9,
    top: index * LANE + FAULT_BAR.top,
    bottom: index * LANE + FAULT_BAR.bottom,
  }));
  return {
    height,
    layer: [
      {
        data: { values },
        mark: { type: 'rect', fill: COLOUR.vermilion },
        encoding: {
          x: secondsAt('from', timeline),
          x2: { field: 'to' },
          y: laneAt('top', height),
          y2: { field: 'bottom' },
        },
      },
      laneLabels(values, height),
    ],
  };
}

const laneLabels = (values: readonly Spec[], height: number): Spec => ({
  data: { values },
  mark: { type: 'text', align: 'left', baseline: 'middle', fill: COLOUR.ink, fontSize: 12 },
  encoding: { x: { value: 0 }, y: laneAt('text', height), text: { field: 'label', type: 'nominal' } },
});

export function latencyPanel(
  { seconds, windows }: DrillArmRecord,
  all: readonly number[],
  timeline: Timeline,
): Panel {
  const { domain, ticks } = logScale(all, 7);
  const y = (field: string): Spec => ({
    field,
    type: 'quantitative',
    scale: { type: 'log', domain, nice: false },
    axis: sideAxis({ values: ticks, labelExpr: DURATION_LABEL }),
  });
  return {
    title: 'Latency p95, by second',
    height: 150,
    layer: [
      lineLayer(
        seconds.map(({ p95 }, second) => ({
          second: second + 0.5,
          value: p95 !== null && p95 > 0 ? p95 : null,
        })),
        { x: secondsAt('second', timeline), y: y('value') },
        { stroke: COLOUR.blue },
      ),
      ...meanLayers(
        windows.map(({ fromMs, toMs, latencyMs }) => ({ fromMs, toMs, value: latencyMs.p95 })),
        { y, write: duration, timeline },
      ),
    ],
  };
}

const lineLayer = (values: readonly Spec[], encoding: Spec, look: Spec): Spec => ({
  data: { values },
  mark: {
    type: 'line',
    strokeWidth: 1.75,
    point: { size: 12, filled: true, fill: look.stroke },
    invalid: 'break-paths-show-domains',
    ...look,
  },
  encoding,
});

interface Mean {
  readonly fromMs: number;
  readonly toMs: number;
  readonly value: number | null;
}

interface MeanOptions {
  readonly y: (field: string) => Spec;
  readonly write: (value: number | null) => string;
  readonly timeline: Timeline;
}

/** The figure of each window as a line across it, with its value at the end. */
function meanLayers(means: readonly Mean[], { y, write, timeline }: MeanOptions): Spec[] {
  const values = means.flatMap(({ fromMs, toMs, value }) =>
    value === null
      ? []
      : [
          {
            from: fromMs / 1000,
            to: toMs / 1000,
            middle: (fromMs + toMs) / 2000,
            value,
            label: write(value),
          },
        ],
  );
  return [
    {
      data: { values },
      mark: { type: 'rule', stroke: COLOUR.ink, strokeWidth: 2 },
      encoding: { x: secondsAt('from', timeline), x2: { field: 'to' }, y: y('value') },
    },
    {
      data: { values },
      mark: { type: 'text', baseline: 'bottom', dy: -5, fill: COLOUR.ink, fontSize: 12, fontWeight: 600 },
      encoding: {
        x: secondsAt('middle', timeline),
        y: y('value'),
        text: { field: 'label', type: 'nominal' },
      },
    },
  ];
}

/** What is shorter than this share of the timeline is drawn as long, or it would not be seen. */
const LEAST_SEEN = 0.006;

export function statePanel(bands: readonly StateBand[], timeline: Timeline): Panel {
  const height = bands.length * LANE;
  const least = (timeline.durationMs * LEAST_SEEN) / 1000;
  const values = bands.flatMap(({ spans }, index) =>
    spans.map(({ fromMs, toMs, state }) => ({
      from: fromMs / 1000,
      to: Math.max(toMs / 1000, fromMs / 1000 + least),
      top: (index + 1) * LANE - 3 - stateStyle(state).height,
      bottom: (index + 1) * LANE - 3,
      state,
    })),
  );
  // What is rare and short is drawn last, on top.
  return {
    height,
    layer: [
      ...['closed', 'open', 'half-open'].map((state) => ({
        data: { values: values.filter((one) => one.state === state) },
        mark: { type: 'rect', fill: stateStyle(state).colour },
        encoding: {
          x: secondsAt('from', timeline),
          x2: { field: 'to' },
          y: laneAt('top', height),
          y2: { field: 'bottom' },
        },
      })),
      laneLabels(
        bands.map(({ dependency }, index) => ({
          label: clip(`Breaker of ${oneLine(dependency)}`, 40),
          text: index * LANE + 9,
        })),
        height,
      ),
    ],
  };
}

const SHARE_AXIS = sideAxis({ values: [0, 0.5, 1], labelExpr: "format(datum.value * 100, '~g') + ' %'" });

const shareAt = (field: string): Spec => ({
  field,
  type: 'quantitative',
  scale: { domain: [0, 1], nice: false },
  axis: SHARE_AXIS,
});

interface Column {
  readonly level: string;
  readonly second: number;
  end: number;
  readonly low: number;
  readonly high: number;
}

/** Each second as a column of parts; neighbours that are alike are one, so that no seams show between them. */
function servedColumns(
  served: readonly ServedSecond[],
  levels: readonly string[],
  durationMs: number,
): Column[] {
  const columns: Column[] = [];
  const last = new Map<string, Column>();
  for (const { second, served: counts } of served) {
    const total = levels.reduce((sum, level) => sum + (counts[level] ?? 0), 0);
    const end = Math.min(second + 1, durationMs / 1000);
    let low = 0;
    for (const level of levels) {
      const part = (counts[level] ?? 0) / total;
      if (!(part > 0)) continue;
      const high = low + part;
      const before = last.get(level);
      if (before?.end === second && before.low === low && before.high === high) before.end = end;
      else {
        const column = { level, second, end, low, high };
        last.set(level, column);
        columns.push(column);
      }
      low = high;
    }
  }
  return columns;
}

/** How arrivals were served, of each second. */
export function servedPanel(
  served: readonly ServedSecond[],
  levels: readonly string[],
  timeline: Timeline,
): Panel {
  const columns = servedColumns(served, levels, timeline.durationMs);
  return {
    title: 'What was served, by second',
    height: 90,
    layer: levels.map((level) => {
      const { colour, opacity } = levelStyle(level);
      return {
        data: { values: columns.filter((one) => one.level === level) },
        mark: { type: 'rect', fill: colour, fillOpacity: opacity, stroke: null },
        encoding: {
          x: secondsAt('second', timeline),
          x2: { field: 'end' },
          y: shareAt('low'),
          y2: { field: 'high' },
        },
      };
    }),
  };
}

export const AVAILABLE_DASH = [6, 3];

export function qualityPanel({ seconds, windows }: DrillArmRecord, timeline: Timeline): Panel {
  const points = seconds.map(({ arrivals, available, right }, second) => ({
    second: second + 0.5,
    available: arrivals === 0 ? null : available / arrivals,
    right: arrivals === 0 ? null : right / arrivals,
  }));
  const x = secondsAt('second', timeline);
  return {
    title: 'Available, and right, by second',
    height: 130,
    layer: [
      lineLayer(points, { x, y: shareAt('available') }, { stroke: COLOUR.blue, strokeDash: AVAILABLE_DASH }),
      lineLayer(points, { x, y: shareAt('right') }, { stroke: COLOUR.green }),
      ...meanLayers(
        windows.map(({ fromMs, toMs, right }) => ({ fromMs, toMs, value: right })),
        { y: shareAt, write: share, timeline },
      ),
    ],
  };
}
