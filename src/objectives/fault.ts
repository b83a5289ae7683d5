import { GroundspeedError } from '../kernel/errors.ts';

/** A text that is being read, and where it came from: a flag, or a field of a file. */
export interface Source {
  readonly text: string;
  readonly where: string;
}

/** Raises `slo.syntax` with the line at fault and a caret below the character at `at`, counted in UTF-16 units. */
export function fault(source: Source, at: number, message: string, hint: string): never {
  throw new GroundspeedError('slo.syntax', message, {
    where: source.where,
    // Hints repeat what was written.
    hint: visible(hint),
    problems: source.text.trim() === '' ? [] : [pointAt(source.text, at)],
  });
}

/** Problems are printed as `  - problem`: a second line starts four columns further left than the first. */
const INDENT = 4;
/** A line of this many columns fits a terminal of 80 with its indent; a longer one would wrap, and its caret stray. */
const WIDEST = 76;
/** Of a longer line, so much is shown after the character at fault, if there is so much. */
const SHOWN_AFTER = 24;
/** No more than this is looked at on either side: each character that is cut out of a text costs as much as the text. */
const NEAR = 500;
const LONGEST_QUOTE = 40;

const LINE_ENDS = ['\n', '\r', '\u2028', '\u2029'];
const LINE_END = new RegExp(`[${LINE_ENDS.join('')}]`);
const NARROW = /^[\uff61-\uffdc]/u;
const WIDE =
  /^(?:\p{Emoji_Presentation}|[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}]|[\u3000-\u303e\uff01-\uff60\uffe0-\uffe6])|\ufe0f/u;

/** The line around a position, and below it a caret under the character there. Both fit a terminal. */
export function pointAt(text: string, at: number): string {
  const start = 1 + Math.max(...LINE_ENDS.map((end) => text.slice(0, at).lastIndexOf(end)));
  const [line = ''] = text.slice(start).split(LINE_END, 1);
  const from = Math.max(0, at - start - NEAR);
  const near = line.slice(from, from + 2 * NEAR);
  const faulty = visible(near.slice(0, at - start - from)).length;
  const cells = cellsOf(visible(near));
  const before = cells.filter(({ end }) => end <= faulty);
  const after = cells.slice(before.length);
  // A caret past the end takes a column too, and an ellipsis at either end of a line that is cut.
  const room = near === line && widthOf(cells) < WIDEST ? WIDEST : WIDEST - 2;
  const left = lastColumns(before, room - Math.min(SHOWN_AFTER, widthOf(after)));
  const right = firstColumns(after, room - widthOf(left));
  const head = from > 0 || left.length < before.length ? '…' : '';
  const tail = from + near.length < line.length || right.length < after.length ? '…' : '';
  const shown = (head + textOf(left) + textOf(right)).trimEnd() + tail;
  return `${shown}\n${' '.repeat(INDENT + head.length + widthOf(left))}^`;
}

/** A piece of the text in quotation marks, on one line and not too long. */
export function quoted(text: string): string {
  const cells = cellsOf(visible(text.slice(0, 10 * LONGEST_QUOTE)));
  const shown = cells.length <= LONGEST_QUOTE ? cells : cells.slice(0, LONGEST_QUOTE - 1);
  return `"${textOf(shown)}${shown.length < cells.length ? '…' : ''}"`;
}

/** What a terminal would obey, hide or reorder (controls, format characters, halves of a character) is made visible. */
function visible(text: string): string {
  return text.replaceAll('\t', ' ').replaceAll(/[\p{Cc}\p{Cf}\p{Cs}]/gu, '\ufffd');
}

/** A character as people count them, the columns it takes on a terminal, and where it ends. */
interface Cell {
  readonly text: string;
  readonly width: number;
  readonly end: number;
}

const CHARACTERS = new Intl.Segmenter('en', { granularity: 'grapheme' });

function cellsOf(text: string): readonly Cell[] {
  return [...CHARACTERS.segment(text)].map(({ segment, index }) => ({
    text: segment,
    width: columnsOf(segment),
    end: index + segment.length,
  }));
}

/** Two columns for East Asian wide characters and emoji, none for a mark without a letter (after Unicode's annex 11). */
function columnsOf(character: string): number {
  if (/^\p{M}/u.test(character)) return 0;
  return WIDE.test(character) && !NARROW.test(character) ? 2 : 1;
}

const widthOf = (cells: readonly Cell[]) => cells.reduce((sum, { width }) => sum + width, 0);
const textOf = (cells: readonly Cell[]) => cells.map(({ text }) => text).join('');

function firstColumns(cells: readonly Cell[], columns: number): readonly Cell[] {
  let width = 0;
  const end = cells.findIndex((cell) => {
    width += cell.width;
    return width > columns;
  });
  return end < 0 ? cells : cells.slice(0, end);
}

const lastColumns = (cells: readonly Cell[], columns: number) =>
  firstColumns(cells.toReversed(), columns).toReversed();
