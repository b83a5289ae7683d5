import { sentences } from '../../text/sentences.ts';

/** A sentence, a list item, a heading or a row of a table: the smallest thing that can be an answer. */
export interface Unit {
  readonly kind: 'sentence' | 'heading' | 'row';
  /** As it reads on its own, without Markdown; a row with its table's header. */
  readonly text: string;
  /** What it says itself; a row's header is left out. */
  readonly own: string;
  /** The header of a row's table, where the passage holds it. */
  readonly header: string;
}

const HEADING = /^#{1,6}\s+/;
const SEPARATOR = /^\|?[\s:|-]*-[\s:|-]*$/;
const ROW = /^\|.*\|$|\s\|\s/;
const MARKUP = /[*_`[]/;
const LIST_MARK = /^(?:[-*+•]|\d{1,3}[.)])\s+|^>\s*/;

/** Cuts a passage into units. Rules of tables and of Markdown are none. */
export function unitsOf(text: string): Unit[] {
  const units: Unit[] = [];
  const lines = sentences(text).map(({ start, end }) => text.slice(start, end));
  let header: readonly string[] | undefined;
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index]!;
    if (!ROW.test(line)) {
      if (SEPARATOR.test(line)) continue;
      header = undefined;
      units.push(proseUnit(line));
    } else if (SEPARATOR.test(lines[index + 1] ?? '')) {
      header = cellsOf(line);
    } else if (!SEPARATOR.test(line)) {
      units.push(rowUnit(cellsOf(line), header));
    }
  }
  return units;
}

function proseUnit(line: string): Unit {
  const heading = HEADING.test(line);
  const text = plain(heading ? line.replace(HEADING, '') : line.replace(LIST_MARK, ''));
  return { kind: heading ? 'heading' : 'sentence', text, own: text, header: '' };
}

function rowUnit(cells: readonly string[], header: readonly string[] | undefined): Unit {
  const own = cells.join(' | ');
  if (header === undefined) {
    const [first = '', ...rest] = cells;
    const text = rest.length === 0 ? first : `${first}: ${rest.join('; ')}`;
    return { kind: 'row', text, own, header: '' };
  }
  const named = cells.map((cell, column) => (header[column] ? `${header[column]}: ${cell}` : cell));
  return { kind: 'row', text: named.join('; '), own, header: header.join(' | ') };
}

function cellsOf(row: string): string[] {
  return plain(row)
    .replace(/^\|/, '')
    .replace(/\|$/, '')
    .split('|')
    .map((cell) => cell.trim());
}

/** Without emphasis, code and link targets; white space squashed. */
function plain(text: string): string {
  const bare = MARKUP.test(text) ? withoutMarkup(text) : text;
  // Single spaces stay as they are: to replace each by itself would take the better part of the time.
  return bare.replaceAll(/\s{2,}|[^\S ]/g, ' ').trim();
}

function withoutMarkup(text: string): string {
  return text
    .replaceAll(/\*\*|__|`/g, '')
    .replaceAll(/(?<![\p{L}\p{N}])[*_](?=\S)|(?<=\S)[*_](?![\p{L}\p{N}])/gu, '')
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1');
}
