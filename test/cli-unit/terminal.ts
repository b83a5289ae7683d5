import { Writable } from 'node:stream';
import type { Screen } from '../../src/cli/live-block.ts';

/** A row as the terminal holds it: its letters, and whether its line goes on in the next row. */
interface Row {
  letters: string[];
  wrapped: boolean;
}

/** What this terminal understands; anything else that begins with an escape is an error of whoever wrote it. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what a terminal reads
const PIECE = /\u001b\[(\d*(?:;\d+)*)([A-Za-z])|[\r\n]|[^\u0000-\u001f]/gu;

/**
 * A small terminal: it keeps rows, wraps at its right edge, scrolls at its lower one, and moves its cursor as told. On a
 * resize it wraps its lines anew, as most terminals do, or cuts them (`resizing: 'cut'`), as some do.
 */
export class Terminal {
  readonly stream: Screen & Writable;
  /** All that was written, piece by piece. */
  readonly writes: string[] = [];
  /** The widest that a line was at any time, in cells. */
  widest = 0;
  /** Rows that left the screen at its top come first. */
  #rows: Row[] = [{ letters: [], wrapped: false }];
  #row = 0;
  #column = 0;
  #columns: number;
  #height: number;
  readonly #resizing: 'wrap' | 'cut';

  constructor({ columns = 80, rows = 24, resizing = 'wrap' as 'wrap' | 'cut' } = {}) {
    this.#columns = columns;
    this.#height = rows;
    this.#resizing = resizing;
    const terminal = this;
    const stream = new Writable({
      decodeStrings: false,
      write(chunk: string | Buffer, _encoding, done) {
        terminal.#take(String(chunk));
        done();
      },
    });
    this.stream = Object.defineProperties(stream, {
      isTTY: { value: true },
      columns: { get: () => terminal.#columns },
      rows: { get: () => terminal.#height },
    }) as Screen & Writable;
  }

  /** What one sees, scrolled away or not: lines without the blanks at their ends, and no empty ones at the end. */
  get text(): string {
    return this.#rows
      .map(({ letters, wrapped }) => (wrapped ? letters.join('') : `${letters.join('').trimEnd()}\n`))
      .join('')
      .trimEnd();
  }

  get lines(): string[] {
    return this.text.split('\n');
  }

  resize({ columns, rows = this.#height }: { columns: number; rows?: number }): void {
    if (this.#resizing === 'wrap') this.#wrapAnew(columns);
    else for (const row of this.#rows) row.letters.length = Math.min(row.letters.length, columns);
    this.#columns = columns;
    this.#height = rows;
    this.#column = Math.min(this.#column, columns - 1);
  }

  #take(text: string): void {
    this.writes.push(text);
    let read = 0;
    for (const piece of text.matchAll(PIECE)) {
      if (piece.index !== read) break;
      read += piece[0].length;
      if (piece[2] !== undefined) this.#command(piece[2], piece[1] ?? '');
      else if (piece[0] === '\r') this.#column = 0;
      else if (piece[0] === '\n') this.#nextRow();
      else this.#letter(piece[0]);
    }
    if (read !== text.length)
      throw new Error(`not understood: ${JSON.stringify(text.slice(read, read + 20))}`);
  }

  /** A mark joins the letter before it; a wide letter fills two cells, of which the second holds nothing. */
  #letter(letter: string): void {
    if (/\p{M}/u.test(letter)) {
      this.#rows[this.#row]!.letters[this.#column - 1] += letter;
      return;
    }
    const isWide = /\p{Script=Han}|\p{Emoji_Presentation}/u.test(letter);
    if (this.#column + (isWide ? 1 : 0) >= this.#columns) {
      this.#rows[this.#row]!.wrapped = true;
      this.#nextRow();
    }
    const { letters } = this.#rows[this.#row]!;
    while (letters.length < this.#column) letters.push(' ');
    letters[this.#column] = letter;
    if (isWide) letters[this.#column + 1] = '';
    this.#column += isWide ? 2 : 1;
    this.widest = Math.max(this.widest, this.#column);
  }

  #nextRow(): void {
    this.#row += 1;
    this.#column = 0;
    if (this.#row === this.#rows.length) this.#rows.push({ letters: [], wrapped: false });
  }

  #command(name: string, argument: string): void {
    const row = this.#rows[this.#row]!;
    if (name === 'm') return;
    if (name === 'A') {
      // What has left the screen cannot be reached any more.
      const top = Math.max(0, this.#rows.length - this.#height);
      this.#row = Math.max(top, this.#row - Number(argument || 1));
    } else if (name === 'K' && argument === '') {
      row.letters.length = Math.min(row.letters.length, this.#column);
      row.wrapped = false;
    } else if (name === 'J' && argument === '') {
      row.letters.length = Math.min(row.letters.length, this.#column);
      row.wrapped = false;
      this.#rows.length = this.#row + 1;
    } else throw new Error(`not understood: ESC[${argument}${name}`);
  }

  /** Joins the rows of each line and cuts them for another width; the cursor stays at its letter. */
  #wrapAnew(columns: number): void {
    const rows: Row[] = [];
    let letters: string[] = [];
    let cursor: { row: number; column: number } | undefined;
    for (const [index, row] of this.#rows.entries()) {
      const offset = letters.length + this.#column;
      if (index === this.#row) {
        cursor = { row: rows.length + Math.floor(offset / columns), column: offset % columns };
      }
      letters.push(...row.letters);
      if (row.wrapped) continue;
      do {
        rows.push({ letters: letters.slice(0, columns), wrapped: letters.length > columns });
        letters = letters.slice(columns);
      } while (letters.length > 0);
    }
    this.#rows = rows;
    this.#row = cursor!.row;
    this.#column = cursor!.column;
  }
}
