import type { DrillRecord } from '../../records/schema.ts';
import { mainArm, times } from '../drill.ts';
import { count } from '../format.ts';
import { clip, oneLine } from '../plain.ts';
import { type Chart, COLOUR, type LegendEntry, type Spec, seriesStyle } from './chart.ts';
import {
  faultEntry,
  type Panel,
  secondsAt,
  sideAxis,
  stacked,
  type Timeline,
  timelineOf,
} from './drill-frame.ts';

/** Arms beside the main one that are drawn; there are as many styles. */
const OTHERS = 3;

/** Attempts that reached each dependency, second by second, with all patterns and without some of them. */
export function drillAttempts(drill: DrillRecord, id: string): Chart | undefined {
  const main = mainArm(drill);
  const dependencies = (main?.dependencies ?? []).filter(({ perSecond }) => perSecond.some((n) => n > 0));
  if (!main || dependencies.length === 0) return undefined;
  const others = drill.arms.slice(1, OTHERS + 1);
  const timeline = timelineOf(drill);
  const seconds = Math.max(...dependencies.map(({ perSecond }) => perSecond.length));
  const arms = [main, ...others];
  const perSecond = (name: string, arm: (typeof arms)[number]): readonly number[] =>
    arm.dependencies.find(({ dependency }) => dependency === name)?.perSecond ?? [];
  return {
    id,
    title: 'Attempts that reached each dependency, per second',
    description: `${dependencies
      .map(
        ({ dependency, amplification }) =>
          `${oneLine(dependency)}: ${times(amplification)} the calls wanted while faults lasted`,
      )
      .join('; ')}.`,
    legend: [
      faultEntry,
      { label: main.name, colour: COLOUR.grey, mark: 'area', opacity: 0.6 },
      ...others.map(
        ({ name }, index): LegendEntry => ({
          label: clip(oneLine(name), 60),
          mark: 'line',
          colour: seriesStyle(index).colour,
          dash: seriesStyle(index).dash,
        }),
      ),
    ],
    spec: (frame) =>
      stacked(
        dependencies.map(
          ({ dependency }): Panel => ({
            title: clip(oneLine(dependency), 40),
            height: frame.narrow ? 46 : 54,
            layer: layersOf(
              arms.map((arm) => perSecond(dependency, arm)),
              timeline,
            ),
          }),
        ),
        timeline,
        frame,
      ),
    table: {
      columns: [
        'Second',
        ...arms.flatMap(({ name }, index) =>
          dependencies.map(({ dependency }) =>
            index === 0 ? oneLine(dependency) : `${oneLine(dependency)}, ${oneLine(name)}`,
          ),
        ),
      ],
      rows: Array.from({ length: seconds }, (_, second) => [
        String(second),
        ...arms.flatMap((arm) =>
          dependencies.map(({ dependency }) => count(perSecond(dependency, arm)[second])),
        ),
      ]),
    },
  };
}

/** The first as an area of steps, the others as lines. */
function layersOf(series: readonly (readonly number[])[], timeline: Timeline): Spec[] {
  const y = (field: string): Spec => ({
    field,
    type: 'quantitative',
    scale: { zero: true },
    axis: sideAxis({ tickCount: 2, format: 'd' }),
  });
  return series.map((counts, index): Spec => {
    const values = counts.map((n, second) => ({ second, n }));
    const end = { second: timeline.durationMs / 1000, n: counts.at(-1) ?? 0 };
    const encoding = { x: secondsAt('second', timeline), y: y('n') };
    const data = { values: counts.length === 0 ? [] : [...values, end] };
    if (index === 0)
      return {
        data,
        mark: {
          type: 'area',
          interpolate: 'step-after',
          fill: COLOUR.grey,
          fillOpacity: 0.45,
          line: { stroke: COLOUR.soft, strokeWidth: 1.25 },
        },
        encoding,
      };
    const { colour, dash } = seriesStyle(index - 1);
    return {
      data,
      mark: { type: 'line', interpolate: 'step-after', stroke: colour, strokeDash: dash, strokeWidth: 1.75 },
      encoding,
    };
  });
}
