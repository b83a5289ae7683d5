import { keepUnits } from '../plain.ts';
import { html, type Markup } from './markup.ts';

/** One part of the page, as the table of contents lists it. */
export interface Section {
  readonly id: string;
  /** The heading. */
  readonly title: string;
  /** A word or two for the table of contents. */
  readonly short: string;
  readonly body: Markup;
}

export function renderSection({ id, title, body }: Section): Markup {
  return html`<section id="${id}" aria-labelledby="${id}-heading">
<h2 id="${id}-heading">${title}</h2>
${body}</section>
`;
}

export function lead(text: string): Markup {
  return html`<p class="lead">${unbroken(text)}</p>`;
}

/** Text whose figures stay on one line: no break in 58.3 %, 200 ms, 80 /s, nor in an interval, 77–79. */
export function unbroken(text: string): string {
  return keepUnits(text.replace(/(?<=\d)–(?=\d)/g, '\u2060–\u2060'));
}
