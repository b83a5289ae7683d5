import type { DrillRecord } from '../../records/schema.ts';
import { mainArm, windowOf } from '../drill.ts';
import { COLOUR, type Frame, type LegendEntry, type Spec } from './chart.ts';

/** Panels that stand above each other over one axis of seconds, with the time of the faults shaded in all of them. */

/** Room for the labels of every vertical axis, so that the panels begin at one line. */
const LEFT = 52;
/** Half of the last label of the axis stands out. */
const RIGHT = 14;
const FAULT_OPACITY = 0.13;
const TITLE_SIZE = 12;

export interface Panel {
  readonly title?: string;
  readonly height: number;
  readonly layer: readonly Spec[];
}

export interface Timeline {
  readonly durationMs: number;
  /** When something was broken, in milliseconds; overlapping times merged. */
  readonly broken: readonly (readonly [from: number, to: number])[];
}

/** The time of the faults; of a drill whose failure is none of them, the time that it names itself. */
export function timelineOf(drill: DrillRecord): Timeline {
  const during = windowOf(mainArm(drill) ?? { windows: [] }, 'during');
  const spans =
    drill.faults.length > 0 ? drill.faults.map(({ fromMs, toMs }) => [fromMs, toMs] as const) : [];
  const all = spans.length === 0 && during ? [[during.fromMs, during.toMs] as const] : spans;
  return { durationMs: drill.durationMs, broken: merged(all, drill.durationMs) };
}

function merged(spans: readonly (readonly [number, number])[], most: number): [number, number][] {
  const found: [number, number][] = [];
  for (const [from, to] of spans.toSorted((a, b) => a[0] - b[0])) {
    const last = found.at(-1);
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], Math.min(to, most));
    else found.push([from, Math.min(to, most)]);
  }
  return found;
}

export const faultEntry: LegendEntry = {
  label: 'faults last',
  colour: COLOUR.vermilion,
  mark: 'area',
  opacity: 0.3,
};

/** The encoding of a field of seconds; only the lowest panel shows the axis. */
export const secondsAt = (field: string, { durationMs }: Timeline, axis: Spec | null = null): Spec => ({
  field,
  type: 'quantitative',
  scale: { domain: [0, durationMs / 1000], nice: false },
  axis,
});

const secondsAxis = ({ narrow }: Frame): Spec => ({
  title: 'seconds since the drill began',
  grid: false,
  tickCount: narrow ? 5 : 9,
});

/** All panels as one drawing. */
export function stacked(panels: readonly Panel[], timeline: Timeline, frame: Frame): Spec {
  const last = panels.length - 1;
  return {
    autosize: { type: 'pad' },
    // A drawing of several parts has no width of its own: its parts have.
    width: undefined,
    spacing: 14,
    vconcat: panels.map(({ title, height, layer }, index) => ({
      width: frame.width - LEFT - RIGHT,
      height,
      ...(title !== undefined && {
        title: {
          text: title,
          anchor: 'start',
          frame: 'group',
          color: COLOUR.soft,
          fontSize: TITLE_SIZE,
          fontWeight: 'normal',
          offset: 6,
        },
      }),
      layer: [shade(timeline, index === last ? secondsAxis(frame) : null), ...layer],
    })),
  };
}

function shade(timeline: Timeline, axis: Spec | null): Spec {
  return {
    data: { values: timeline.broken.map(([from, to]) => ({ from: from / 1000, to: to / 1000 })) },
    mark: { type: 'rect', fill: COLOUR.vermilion, fillOpacity: FAULT_OPACITY },
    encoding: { x: secondsAt('from', timeline, axis), x2: { field: 'to' } },
  };
}

/** The vertical axis of a panel, as wide as those of all others. */
export const sideAxis = (axis: Spec): Spec => ({ title: null, minExtent: LEFT, maxExtent: LEFT, ...axis });

/** Lanes from the top down, in pixels: for bands and their labels. */
export const laneAt = (field: string, height: number): Spec => ({
  field,
  type: 'quantitative',
  scale: { domain: [0, height], range: [0, height], nice: false, zero: false },
  axis: null,
});
