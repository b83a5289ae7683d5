import type { Chart, DotShape, LegendEntry } from '../charts/chart.ts';
import type { Drawing } from '../charts/render.ts';
import { html, type Markup, NOTHING, trusted } from './markup.ts';
import { unbroken } from './section.ts';
import { table } from './table.ts';

export type Draw = (chart: Chart) => Promise<Drawing>;

export interface FigureOptions {
  /** False where a table beside the chart shows its data already. */
  readonly data?: boolean;
}

/** A chart with its title, legend, spoken description and data. What cannot be drawn is left out. */
export async function figure(
  chart: Chart | undefined,
  draw: Draw,
  options: FigureOptions = {},
): Promise<Markup> {
  if (!chart) return NOTHING;
  const drawing = await draw(chart);
  const { id, title, description, legend } = chart;
  return html`<figure id="${id}" aria-labelledby="${id}-title">
<figcaption id="${id}-title">${unbroken(title)}</figcaption>
${legend.length > 0 && html`<ul class="legend">${legend.map((entry) => html`<li>${swatch(entry)}${entry.label}</li>`)}</ul>`}
<div class="chart" role="img" aria-label="${`${title}. ${description}`}"><div class="wide">${trusted(drawing.wide)}</div><div class="narrow">${trusted(drawing.narrow)}</div></div>
${options.data !== false && dataTable(chart)}</figure>`;
}

function dataTable({ title, table: { columns, rows } }: Chart): Markup {
  return html`<details class="data"><summary>Data of this chart</summary>${table({
    caption: title,
    quietCaption: true,
    columns: columns.map((label, index) => ({ label, numeric: index > 0 })),
    rows,
  })}</details>`;
}

/** A small sample of a colour or a line. */
export function swatch(entry: Omit<LegendEntry, 'label'>): Markup {
  const { colour, mark, dash, opacity } = entry;
  const shape = {
    line: html`<path d="M0 6H22" stroke="${colour}" stroke-width="2.5"${dash && html` stroke-dasharray="${dash.join(' ')}"`}/>`,
    area: html`<rect y="1" width="14" height="10" rx="2" fill="${colour}" fill-opacity="${opacity ?? 1}"/>`,
    dot: dot(entry),
  }[mark];
  return html`<svg class="swatch${mark === 'line' && ' long'}" viewBox="0 0 ${mark === 'line' ? 22 : 14} 12" aria-hidden="true">${shape}</svg>`;
}

/** Within a box of 14 by 12. */
const OUTLINES: Readonly<Record<DotShape, string>> = {
  circle: 'M2.5 6a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0 -9 0Z',
  square: 'M3 2h8v8h-8Z',
  diamond: 'M7 .8L12.2 6L7 11.2L1.8 6Z',
  'triangle-up': 'M7 1.2L12.2 10.4H1.8Z',
  'triangle-down': 'M7 10.8L12.2 1.6H1.8Z',
};

function dot({ colour, shape = 'circle', fill = 1 }: Omit<LegendEntry, 'label'>): Markup {
  return html`<path d="${OUTLINES[shape]}" fill="${colour}" fill-opacity="${fill}" stroke="${colour}" stroke-width="1.5"/>`;
}
