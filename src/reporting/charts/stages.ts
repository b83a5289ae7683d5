import type { PhaseRecord } from '../../records/schema.ts';
import { LAG, OUTSIDE, QUEUE, WAITING } from '../../records/time-parts.ts';
import { duration, MISSING, ms, share } from '../format.ts';
import { oneLine } from '../plain.ts';
import { UNTOLD } from '../slowest.ts';
import { type Chart, COLOUR, ROW_HEIGHT, ROWS, rowLabels } from './chart.ts';

const STAGE_COLOUR: Readonly<Record<string, string>> = {
  [LAG]: COLOUR.ink,
  [QUEUE]: COLOUR.vermilion,
  [OUTSIDE]: COLOUR.grey,
  [WAITING]: COLOUR.grey,
  [UNTOLD]: COLOUR.soft,
  embed: COLOUR.sky,
  retrieve: COLOUR.blue,
  rerank: COLOUR.purple,
  prompt: COLOUR.green,
  generate: COLOUR.orange,
};
const OTHER_COLOURS = [COLOUR.vermilion, COLOUR.ink, COLOUR.soft];

interface Group {
  readonly name: string;
  readonly stages: Readonly<Record<string, number>>;
  readonly total: number;
}

/** Where the time of typical and of the slowest requests went, each bar the whole of it. */
export function stageChart(phases: readonly PhaseRecord[]): Chart | undefined {
  const groups = phases.flatMap(groupsOf).filter(({ total }) => total > 0);
  if (groups.length === 0) return undefined;
  const stages = inOrder(new Set(groups.flatMap(({ stages }) => Object.keys(stages))));
  const colours = stageColours(stages);
  const rows = groups.map(({ name, total }, index) => ({
    row: String(index),
    label: `${name} · ${duration(total)}`,
  }));
  return {
    id: 'stage-times',
    title: 'Where the time goes',
    description: `Share of time by part: stages, and what is beside them. ${groups.map((group) => `${group.name}: mostly ${longest(group)}`).join('; ')}.`,
    legend: stages.map((stage) => ({
      label: oneLine(stage),
      colour: colours.get(stage)!,
      mark: 'area' as const,
    })),
    spec: ({ narrow }) => ({
      height: groups.length * ROW_HEIGHT + 24,
      layer: [
        {
          data: { values: groups.flatMap((group, index) => segments(group, stages, colours, String(index))) },
          mark: { type: 'bar', height: 16, yOffset: 8, stroke: COLOUR.paper, strokeWidth: 1 },
          encoding: {
            y: ROWS,
            x: {
              field: 'start',
              type: 'quantitative',
              scale: { domain: [0, 1] },
              axis: { format: '.0%', title: null, tickCount: narrow ? 4 : 10 },
            },
            x2: { field: 'end' },
            fill: { field: 'colour', type: 'nominal', scale: null },
          },
        },
        rowLabels(rows),
      ],
    }),
    table: {
      columns: ['Requests', 'All (ms)', ...stages.map((stage) => `${oneLine(stage)} (ms)`)],
      rows: groups.map(({ name, total, stages: times }) => [
        name,
        ms(total),
        ...stages.map((stage) => (stage in times ? ms(times[stage]) : MISSING)),
      ]),
    },
  };
}

function groupsOf(phase: PhaseRecord): Group[] {
  if (!phase.stageShare) return [];
  const group = (label: string, stages: Readonly<Record<string, number>>): Group => ({
    name: oneLine(`${phase.name}, ${label}`),
    stages,
    total: Object.values(stages).reduce((sum, value) => sum + value, 0),
  });
  return [group('typical', phase.stageShare.typical), group('slowest', phase.stageShare.slowest)];
}

function segments(
  { stages, total }: Group,
  order: readonly string[],
  colours: Map<string, string>,
  row: string,
) {
  let end = 0;
  return order.flatMap((stage) => {
    const start = end;
    end += (stages[stage] ?? 0) / total;
    return end > start ? [{ row, start, end, colour: colours.get(stage)! }] : [];
  });
}

/** Lag and queue come before the stages, the rest behind them, as in a request. */
export function inOrder(parts: Iterable<string>): string[] {
  const place = (part: string): number => {
    if (part === LAG || part === WAITING) return 0;
    if (part === QUEUE) return 1;
    return part === OUTSIDE || part === UNTOLD ? 3 : 2;
  };
  return [...parts].sort((a, b) => place(a) - place(b));
}

/** A colour for each part, the same in every chart. */
export function stageColours(stages: readonly string[]): Map<string, string> {
  let others = 0;
  return new Map(
    stages.map((stage) => [stage, STAGE_COLOUR[stage] ?? OTHER_COLOURS[others++ % OTHER_COLOURS.length]!]),
  );
}

function longest({ stages, total }: Group): string {
  const [name, value] = Object.entries(stages).reduce((best, next) => (next[1] > best[1] ? next : best));
  return `${oneLine(name)} (${share(value / total)})`;
}
