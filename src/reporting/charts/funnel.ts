import { share } from '../format.ts';
import type { FunnelRow } from '../funnel.ts';
import type { FunnelGroup } from '../words.ts';
import { type Chart, COLOUR } from './chart.ts';

const GROUP_COLOUR: Readonly<Record<FunnelGroup, string>> = {
  good: COLOUR.green,
  late: COLOUR.sky,
  retrieval: COLOUR.orange,
  generation: COLOUR.vermilion,
  unseen: COLOUR.grey,
  failed: COLOUR.ink,
};

/** Shades within a group, from the first class on. */
const SHADES = [1, 0.72, 0.5, 0.34];

/** Below this share a segment has no room for its figure. */
const LABELLED_SHARE = { wide: 0.05, narrow: 0.13 };

export interface FunnelStyle {
  readonly colour: string;
  readonly opacity: number;
}

/** One colour a group, one shade a class. */
export function funnelStyles(rows: readonly FunnelRow[]): FunnelStyle[] {
  const seen = new Map<FunnelGroup, number>();
  return rows.map(({ group }) => {
    const place = seen.get(group) ?? 0;
    seen.set(group, place + 1);
    return { colour: GROUP_COLOUR[group], opacity: SHADES[place % SHADES.length]! };
  });
}

/** All arrivals as one bar, cut into the classes of the funnel. The table beside it is drawn by the page. */
export function funnelChart(rows: readonly FunnelRow[], id: string, title: string): Chart {
  const styles = funnelStyles(rows);
  let end = 0;
  const segments = rows.map((row, index) => {
    const start = end;
    end += row.share;
    return { start, end, share: row.share, figure: share(row.share), ...styles[index]! };
  });
  const drawn = segments.filter((segment) => segment.share > 0);
  return {
    id,
    title,
    description: `All arrivals by what became of them. ${rows
      .filter((row) => row.count > 0)
      .map((row) => `${row.label} ${share(row.share)}`)
      .join(', ')}.`,
    legend: [],
    spec: ({ narrow }) => ({
      height: 62,
      data: { values: drawn },
      encoding: {
        x: {
          field: 'start',
          type: 'quantitative',
          scale: { domain: [0, Math.max(end, 1e-9)], nice: false },
          axis: null,
        },
      },
      layer: [
        {
          mark: { type: 'rect', stroke: COLOUR.paper, strokeWidth: 1.5, cornerRadius: 2 },
          encoding: {
            x2: { field: 'end' },
            y: { value: 20 },
            y2: { value: 60 },
            fill: { field: 'colour', type: 'nominal', scale: null },
            fillOpacity: { field: 'opacity', type: 'quantitative', scale: null },
          },
        },
        {
          transform: [{ filter: `datum.share >= ${LABELLED_SHARE[narrow ? 'narrow' : 'wide']}` }],
          mark: {
            type: 'text',
            align: 'left',
            baseline: 'alphabetic',
            dx: 2,
            fill: COLOUR.soft,
            fontSize: 12,
          },
          encoding: { y: { value: 13 }, text: { field: 'figure', type: 'nominal' } },
        },
      ],
    }),
    table: {
      columns: ['Class', 'Share'],
      rows: rows.map((row) => [row.label, share(row.share)]),
    },
  };
}
