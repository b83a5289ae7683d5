import { nearest } from '../../text/nearest.ts';
import { excerpt } from '../lines.ts';

/** A text as findings quote it: escaped, and not longer than a line. */
export const quoted = (text: string): string => excerpt(text);

const PASSAGE = 160;

/** A longer stretch of a text, quoted on one line, from a little before `position`; cut between words where it is cut. */
export function passage(text: string, position = 0): string {
  const from = position <= PASSAGE / 2 ? 0 : text.indexOf(' ', position - PASSAGE / 2) + 1;
  const line = text.slice(from).replaceAll(/\s+/g, ' ').trim();
  const cut =
    line.length <= PASSAGE ? line : line.slice(0, line.lastIndexOf(' ', PASSAGE) + 1 || PASSAGE).trimEnd();
  return `${from > 0 ? '…' : ''}${JSON.stringify(cut)}${cut.length < line.length ? '…' : ''}`;
}

/** Up to `most` of many names, and how many more there are: `a, b, c and 12 more`. */
export function some(names: readonly string[], most = 5): string {
  const shown = names.slice(0, most).join(', ');
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}

/** A list of findings may be long, and looking for what each may have meant takes time: it is done for the first few. */
export const MOST_SUGGESTIONS = 20;
/** No id that somebody types is longer. */
const LONGEST_ID = 100;

/** The known id that a mistyped one most likely means. */
export function meantBy(id: string, known: Iterable<string>): string | undefined {
  if (id.length > LONGEST_ID) return undefined;
  return nearest(
    id,
    [...known].filter((one) => one.length <= LONGEST_ID),
  );
}

/** 1 document, 2 documents. */
export function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`;
}

/** White space squashed, without capitals: how two texts are compared that may have been typed twice. */
export const folded = (text: string): string => text.toLowerCase().replaceAll(/\s+/g, ' ').trim();
