import type { SliceRecord } from '../../records/schema.ts';
import { count, interval, share } from '../format.ts';
import { oneLine } from '../plain.ts';
import { type Chart, COLOUR, ROW_HEIGHT, ROWS, rowLabels } from './chart.ts';

/** Share of right answers by kind (or difficulty) of question, with intervals: dots, not bars, for shares of few. */
export function sliceChart(slices: readonly SliceRecord[], id: string, title: string): Chart | undefined {
  const shown = slices.filter(({ right }) => right.mean !== null);
  if (shown.length === 0) return undefined;
  const dots = shown.map(dotOf);
  return {
    id,
    title,
    description: `Share of right answers with 95 % intervals. ${shown.map((slice) => `${label(slice)} ${share(slice.right.mean)}`).join(', ')}.`,
    legend: [
      { label: 'right answers', colour: COLOUR.blue, mark: 'dot' },
      { label: '95 % interval', colour: COLOUR.blue, mark: 'area', opacity: 0.32 },
    ],
    spec: ({ narrow }) => {
      const x = {
        type: 'quantitative',
        scale: { domain: [0, 1] },
        axis: { format: '.0%', title: null, tickCount: narrow ? 4 : 10 },
      };
      return {
        height: shown.length * ROW_HEIGHT + 24,
        layer: [
          {
            data: { values: dots },
            mark: {
              type: 'rule',
              stroke: COLOUR.blue,
              strokeWidth: 6,
              strokeOpacity: 0.32,
              strokeCap: 'round',
              yOffset: 8,
            },
            encoding: { y: ROWS, x: { field: 'low', ...x }, x2: { field: 'high' } },
          },
          {
            data: { values: dots },
            mark: { type: 'point', filled: true, fill: COLOUR.blue, size: 90, opacity: 1, yOffset: 8 },
            encoding: { y: ROWS, x: { field: 'value', ...x } },
          },
          rowLabels(
            shown.map((slice, index) => ({
              row: String(index),
              label: `${label(slice)} · ${share(slice.right.mean)} of ${count(slice.right.n)}`,
            })),
          ),
        ],
      };
    },
    table: {
      columns: ['Questions', 'n', 'Right', '95 % interval'],
      rows: shown.map((slice) => [
        label(slice),
        count(slice.right.n),
        share(slice.right.mean),
        interval(slice.right.ci95, share),
      ]),
    },
  };
}

function label({ value }: SliceRecord): string {
  return oneLine(value);
}

function dotOf({ right }: SliceRecord, index: number) {
  const [low, high] = right.ci95 ?? [right.mean, right.mean];
  return { row: String(index), value: right.mean, low, high };
}
