import type { ComparisonRecord, SliceRecord, VariantRecord } from '../../records/schema.ts';
import { count, interval, share } from '../format.ts';
import { oneLine } from '../plain.ts';
import { type Chart, COLOUR, type DotShape, type LegendEntry, ROWS, rowLabels } from './chart.ts';

/** Pixels between the marks of two variants, and of a row besides them. */
const STEP = 11;
const LABEL = 34;

interface Style {
  readonly colour: string;
  readonly shape: DotShape;
}

const STYLES: readonly Style[] = [
  { colour: COLOUR.blue, shape: 'circle' },
  { colour: COLOUR.vermilion, shape: 'square' },
  { colour: COLOUR.green, shape: 'triangle-up' },
  { colour: COLOUR.purple, shape: 'diamond' },
  { colour: COLOUR.orange, shape: 'triangle-down' },
  { colour: COLOUR.grey, shape: 'circle' },
];

/** Variants beyond these would share colour and shape with others: the tables show them. */
export const MOST_DRAWN = STYLES.length;

interface Dot {
  readonly row: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** Share of right answers of each variant, by kind of question: a row a kind, a mark a variant, with its interval. */
export function variantsChart({ variants }: ComparisonRecord): Chart | undefined {
  const drawn = variants.slice(0, MOST_DRAWN);
  const kinds = [...new Set(drawn.flatMap((variant) => slicesOf(variant).map(({ value }) => value)))];
  if (kinds.length === 0) return undefined;
  const rowHeight = LABEL + STEP * drawn.length;
  const at = (variant: VariantRecord, kind: string): SliceRecord | undefined =>
    slicesOf(variant).find(({ value }) => value === kind);
  const dots = drawn.map((variant) =>
    kinds.flatMap((kind, index): Dot[] => {
      const right = at(variant, kind)?.right;
      if (right === undefined || right.mean === null) return [];
      const [low, high] = right.ci95 ?? [right.mean, right.mean];
      return [{ row: String(index), value: right.mean, low, high }];
    }),
  );
  return {
    id: 'variants-by-kind',
    title: 'Right answers by kind of question and variant',
    description: `Share of right answers with 95 % intervals, for ${drawn.map(({ name }) => oneLine(name)).join(', ')}, by kind of question.`,
    legend: drawn.map(({ name }, index): LegendEntry => {
      const { colour, shape } = STYLES[index]!;
      return { label: oneLine(name), colour, mark: 'dot', shape };
    }),
    spec: ({ narrow }) => ({
      height: kinds.length * rowHeight,
      layer: [
        ...dots.flatMap((values, index) => marksOf(values, { index, rowHeight, narrow })),
        rowLabels(
          kinds.map((kind, index) => ({ row: String(index), label: kindLabel(kind, drawn, at) })),
          { dy: 12 - rowHeight / 2 },
        ),
      ],
    }),
    table: {
      columns: ['Kind', ...drawn.flatMap(({ name }) => [oneLine(name), '95 % interval'])],
      rows: kinds.map((kind) => [
        oneLine(kind),
        ...drawn.flatMap((variant) => {
          const right = at(variant, kind)?.right;
          return [share(right?.mean), interval(right?.ci95, share)];
        }),
      ]),
    },
  };
}

function kindLabel(
  kind: string,
  variants: readonly VariantRecord[],
  at: (variant: VariantRecord, kind: string) => SliceRecord | undefined,
): string {
  const n = Math.max(...variants.map((variant) => at(variant, kind)?.right.n ?? 0));
  return `${oneLine(kind)} · ${count(n)} questions`;
}

function slicesOf({ quality }: VariantRecord): SliceRecord[] {
  return quality.slices.filter(({ by }) => by === 'kind');
}

interface Placing {
  readonly index: number;
  readonly rowHeight: number;
  readonly narrow: boolean;
}

function marksOf(values: readonly Dot[], { index, rowHeight, narrow }: Placing): object[] {
  const { colour, shape } = STYLES[index]!;
  const yOffset = LABEL - 8 - rowHeight / 2 + STEP * index;
  const x = {
    type: 'quantitative',
    scale: { domain: [0, 1] },
    axis: { format: '.0%', title: null, tickCount: narrow ? 4 : 10 },
  };
  return [
    {
      data: { values },
      mark: {
        type: 'rule',
        stroke: colour,
        strokeWidth: 4,
        strokeOpacity: 0.32,
        strokeCap: 'round',
        yOffset,
      },
      encoding: { y: ROWS, x: { field: 'low', ...x }, x2: { field: 'high' } },
    },
    {
      data: { values },
      mark: { type: 'point', filled: true, fill: colour, shape, size: 64, opacity: 1, yOffset },
      encoding: { y: ROWS, x: { field: 'value', ...x } },
    },
  ];
}
