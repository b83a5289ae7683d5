import type pc from 'picocolors';
import { clip, keepUnits } from '../plain.ts';

/** Lines, bars and tables of a terminal. Colours are put on last, so that they never count as width. */

export type Colours = ReturnType<typeof pc.createColors>;
export type Paint = (text: string) => string;

/** What every block of lines is made for. */
export interface Screen {
  /** Columns that there are for a line. */
  readonly columns: number;
  readonly colours: Colours;
}

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** A bar to an eighth of a character; what is not nothing shows at least that. */
export function blockBar(value: number, width: number): string {
  const eighths = Math.max(value > 0 ? 1 : 0, Math.round(value * width * 8));
  return `${'█'.repeat(Math.floor(eighths / 8))}${EIGHTHS[eighths % 8]}`.padEnd(width);
}

export interface TableColumn<Row> {
  readonly heading: string;
  readonly cell: (row: Row) => string;
  /** Left out of narrow terminals, the highest number first; 0 always stays. */
  readonly sparable: number;
  /** Text rather than figures: set left. The first column always is. */
  readonly left?: boolean;
  readonly paint?: (row: Row, colours: Colours) => Paint;
}

/** A table without the columns that the terminal has no room for; what is still too wide is cut in its first column. */
export function fittedTable<Row>(
  all: readonly TableColumn<Row>[],
  rows: readonly Row[],
  { columns, colours }: Screen,
): string[] {
  let kept = all.map((column) => {
    const cells = rows.map(column.cell);
    return { ...column, cells, width: Math.max(column.heading.length, ...cells.map((text) => text.length)) };
  });
  const widthOf = (): number => kept.reduce((sum, column) => sum + column.width + 2, -2);
  while (widthOf() > columns && kept.some(({ sparable }) => sparable > 0)) {
    const spared = Math.max(...kept.map(({ sparable }) => sparable));
    kept = kept.filter(({ sparable }) => sparable < spared);
  }
  const [first] = kept;
  if (first && widthOf() > columns) {
    first.width = Math.max(1, first.width - (widthOf() - columns));
    first.cells = first.cells.map((text) => clip(text, first.width));
  }
  const padded = (text: string, index: number): string => {
    const { width, left } = kept[index]!;
    return index === 0 || left ? text.padEnd(width) : text.padStart(width);
  };
  return [
    colours.dim(kept.map(({ heading }, index) => padded(heading, index)).join('  ')),
    ...rows.map((row, at) =>
      kept
        .map(({ cells, paint }, index) => (paint?.(row, colours) ?? plain)(padded(cells[at]!, index)))
        .join('  '),
    ),
  ];
}

const plain: Paint = (text) => text;

/** Lines of at most `width` characters, broken between words, but not before a unit; a longer word is cut. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of keepUnits(text).split(' ')) {
    for (const part of word.match(new RegExp(`.{1,${width}}`, 'gsu')) ?? ['']) {
      if (line !== '' && line.length + 1 + part.length > width) {
        lines.push(line);
        line = part;
      } else line = line === '' ? part : `${line} ${part}`;
    }
  }
  return [...lines, line].map((whole) => whole.replaceAll('\u00a0', ' '));
}
