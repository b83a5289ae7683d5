import type { DrillDifferenceRecord, DrillRecord } from '../../records/schema.ts';
import { differenceRow, orderedDifferences } from '../drill.ts';
import {
  type Chart,
  COLOUR,
  type DotShape,
  type Frame,
  type LegendEntry,
  ROW_HEIGHT,
  ROWS,
  rowLabels,
  type Spec,
} from './chart.ts';

type Word = DrillDifferenceRecord['word'];

const LOOKS: Readonly<
  Record<Word, { readonly colour: string; readonly shape: DotShape; readonly fill: number }>
> = {
  helps: { colour: COLOUR.green, shape: 'circle', fill: 1 },
  harms: { colour: COLOUR.vermilion, shape: 'diamond', fill: 1 },
  "can't tell": { colour: COLOUR.grey, shape: 'circle', fill: 0 },
};

/** What each pattern is worth while faults last, in points of a share: estimate and interval, a row each. */
export function drillWorth(drill: DrillRecord, id: string): Chart | undefined {
  const rows = orderedDifferences(drill).filter(
    ({ window, ci95, estimate }) => window === 'during' && ci95 !== null && estimate !== null,
  );
  if (rows.length === 0) return undefined;
  const cells = rows.map(differenceRow);
  const words = (Object.keys(LOOKS) as Word[]).filter((word) => rows.some((row) => row.word === word));
  return {
    id,
    title: 'What each pattern is worth while the faults last, in percentage points',
    description: `${cells
      .map(({ pattern, of, worth, interval, word }) => `${pattern}, ${of}: ${worth} (${interval}), ${word}`)
      .join('; ')}.`,
    legend: words.map((word): LegendEntry => ({ label: word, mark: 'dot', ...LOOKS[word] })),
    spec: (frame) => forest(rows, frame),
    table: {
      columns: ['Pattern and figure', 'With it', 'Without', 'Worth', '95 % interval', 'Verdict'],
      rows: cells.map(({ pattern, of, withIt, without, worth, interval, word }) => [
        `${pattern}: ${of}`,
        withIt,
        without,
        worth,
        interval,
        word,
      ]),
    },
  };
}

function forest(rows: readonly DrillDifferenceRecord[], { narrow }: Frame): Spec {
  const values = rows.map(({ estimate, ci95, word }, index) => ({
    row: String(index),
    estimate,
    low: ci95![0],
    high: ci95![1],
    word,
  }));
  const ends = values.flatMap(({ low, high }) => [low, high]);
  const [least, most] = [Math.min(0, ...ends), Math.max(0, ...ends)];
  const margin = Math.max(0.01, (most - least) * 0.05);
  const at = (field: string): Spec => ({
    field,
    type: 'quantitative',
    scale: { domain: [least - margin, most + margin], nice: false },
    axis: {
      title: 'points gained by having it',
      tickCount: narrow ? 4 : 7,
      labelExpr:
        "(abs(datum.value) < 1e-9 ? '' : datum.value > 0 ? '+' : '−') + format(abs(100 * datum.value), '~r')",
    },
  });
  return {
    height: rows.length * ROW_HEIGHT,
    layer: [
      {
        data: { values: [{ zero: 0 }] },
        mark: { type: 'rule', stroke: COLOUR.ink, strokeWidth: 1, strokeOpacity: 0.55 },
        encoding: { x: at('zero') },
      },
      ...(Object.keys(LOOKS) as Word[]).flatMap((word) => {
        const { colour, shape, fill } = LOOKS[word];
        const data = { values: values.filter((one) => one.word === word) };
        return [
          {
            data,
            mark: { type: 'rule', stroke: colour, strokeWidth: 3, strokeCap: 'round', yOffset: 8 },
            encoding: { y: placed(rows), x: at('low'), x2: { field: 'high' } },
          },
          {
            data,
            mark: {
              type: 'point',
              shape,
              size: 80,
              opacity: 1,
              fill: fill === 1 ? colour : COLOUR.paper,
              stroke: colour,
              strokeWidth: 1.5,
              yOffset: 8,
            },
            encoding: { y: placed(rows), x: at('estimate') },
          },
        ];
      }),
      rowLabels(
        rows.map((row, index) => {
          const { pattern, of, worth } = differenceRow(row);
          return { row: String(index), label: `${pattern} · ${of} · ${worth}` };
        }),
      ),
    ],
  };
}

/** All rows in their order, whichever of them a layer shows. */
const placed = (rows: readonly DrillDifferenceRecord[]): Spec => ({
  ...ROWS,
  scale: { ...ROWS.scale, domain: rows.map((_, index) => String(index)) },
});
