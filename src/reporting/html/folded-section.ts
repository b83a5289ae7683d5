import { html } from './markup.ts';
import { lead, type Section } from './section.ts';

/** Sections that are there to be opened, beneath one heading of their own; undefined where there are none. */
export function foldedSection(
  { id, title, short, text }: Omit<Section, 'body'> & { readonly text: string },
  sections: readonly (Section | undefined)[],
): Section | undefined {
  const present = sections.filter((section) => section !== undefined);
  if (present.length === 0) return undefined;
  return {
    id,
    title,
    short,
    body: html`${lead(text)}${present.map(
      (section) =>
        html`<details class="print" id="${section.id}"><summary>${section.title}</summary>${section.body}</details>`,
    )}`,
  };
}
