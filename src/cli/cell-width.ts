/** How much room a text takes on a terminal, where a letter may fill two cells or none. */

/** What the escape sequences of colours look like. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
const COLOURS = /\u001b\[[\d;]*m/g;

/** Marks, joiners and selectors: drawn onto the letter before them. */
const NO_CELL = /^[\p{Mn}\p{Me}\p{Cf}]$/u;

/** East Asian wide and full-width letters, and pictures. Of UAX #11 the blocks that are wide throughout. */
const TWO_CELLS =
  /^(?:[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation})$/u;

function cellsOf(letter: string): number {
  if (letter >= ' ' && letter <= '~') return 1;
  if (NO_CELL.test(letter)) return 0;
  return TWO_CELLS.test(letter) ? 2 : 1;
}

export function withoutColours(text: string): string {
  return text.replace(COLOURS, '');
}

/** Cells that a line takes, colours apart. */
export function cellWidth(line: string): number {
  let cells = 0;
  for (const letter of withoutColours(line)) cells += cellsOf(letter);
  return cells;
}

/** A line without colours in at most `cells` cells, its end an ellipsis where something was cut. */
export function clipCells(line: string, cells: number): string {
  if (cellWidth(line) <= cells) return line;
  let kept = '';
  let left = cells - 1;
  for (const letter of line) {
    left -= cellsOf(letter);
    if (left < 0) break;
    kept += letter;
  }
  return cells < 1 ? '' : `${kept}…`;
}
