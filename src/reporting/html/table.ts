import { html, type Markup, NOTHING } from './markup.ts';

export type Cell = Markup | string;

export interface Column {
  readonly label: string;
  /** Set right, in figures of equal width. */
  readonly numeric?: boolean;
  /** Running text, which is given room. */
  readonly prose?: boolean;
}

export interface Table {
  readonly caption: string;
  readonly columns: readonly Column[];
  /** The first cell of a row is its heading. */
  readonly rows: readonly (readonly Cell[])[];
  /** Lets the reader sort by a column, where script runs. */
  readonly sortable?: boolean;
  /** Lets the first column be as narrow as what stands in it. */
  readonly slim?: boolean;
  /** The caption is for screen readers alone: a heading already says it. */
  readonly quietCaption?: boolean;
}

/** A table in a container of its own that scrolls, so that a wide table never widens the page. */
export function table({ caption, columns, rows, sortable, slim, quietCaption }: Table): Markup {
  const looks = (index: number): Markup | false => {
    const column = columns[index];
    if (column?.numeric) return html` class="n"`;
    return column?.prose === true && html` class="prose"`;
  };
  return html`<div class="scroll" role="group" aria-label="${caption}" tabindex="0"><table${slim && html` class="slim"`}${sortable && rows.length > 1 && html` data-sort`}><caption${quietCaption && html` class="unseen"`}>${caption}</caption>
<thead><tr>${columns.map(({ label }, index) => html`<th scope="col"${looks(index)}>${label}</th>`)}</tr></thead>
<tbody>${rows.map(
    (row) =>
      html`<tr>${row.map((cell, index) =>
        index === 0
          ? html`<th scope="row"${looks(index)}>${cell}</th>`
          : html`<td${looks(index)}>${cell}</td>`,
      )}</tr>
`,
  )}</tbody></table></div>`;
}

/** Names and values, in two columns. */
export function facts(entries: readonly (readonly [name: string, value: Cell])[]): Markup {
  if (entries.length === 0) return NOTHING;
  return html`<dl class="facts">${entries.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

/** A share as a bar, for a cell beside its figure. */
export function shareBar(value: number, colour: string, opacity = 1): Markup {
  const width = Number((value * 100).toFixed(2));
  return html`<svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect width="${width}" height="8" fill="${colour}" fill-opacity="${opacity}"/></svg>`;
}

/** A mean and its interval on the scale from 0 to 1. */
export function intervalMark(mean: number | null, ends: readonly [number, number] | null): Markup {
  if (mean === null) return NOTHING;
  const at = (value: number): number => Number((3 + Math.min(1, Math.max(0, value)) * 94).toFixed(2));
  return html`<svg class="interval" viewBox="0 0 100 12" aria-hidden="true"><path d="M3 6H97" stroke="var(--line)"/>${
    ends &&
    html`<path d="M${at(ends[0])} 6H${at(ends[1])}" stroke="var(--blue)" stroke-opacity=".35" stroke-width="5" stroke-linecap="round"/>`
  }<circle cx="${at(mean)}" cy="6" r="3.2" fill="var(--blue)"/></svg>`;
}
