import { visible } from '../plain.ts';

/** HTML that is safe to insert as it stands. Only `html` and `trusted` make it. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Part = Markup | string | number | false | null | undefined | readonly Part[];

/** A template whose every value is escaped unless it is markup already; lists are joined, nothing prints nothing. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(String.raw({ raw: strings }, ...parts.map(rendered)));
}

/** Text from our own hand, or drawn by us: style, script, SVG. Never a user's. */
export function trusted(text: string): Markup {
  return new Markup(text);
}

export const NOTHING = new Markup('');

/** Safe in text and in quoted attributes alike. */
export function escapeHtml(text: string): string {
  return visible(text).replace(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`);
}

function rendered(part: Part): string {
  if (part instanceof Markup) return part.text;
  if (Array.isArray(part)) return part.map(rendered).join('');
  return part === null || part === undefined || part === false ? '' : escapeHtml(String(part));
}

/** A user's text, isolated so that its writing direction does not spill into ours. */
export function quoted(text: string): Markup {
  return html`<bdi>${text}</bdi>`;
}
