import { cellWidth, clipCells, withoutColours } from './cell-width.ts';
import type { Output } from './world.ts';

/** Anything to draw on; a terminal knows how many rows it has, too. */
export type Screen = Output & { readonly rows?: number };

const ERASE_BELOW = '\r\u001b[J';
const ERASE_REST_OF_LINE = '\u001b[K';
const ERASE_REST_OF_SCREEN = '\u001b[J';

/** The cells that a line may fill: never the last one, or the line would wrap and could not be drawn over. */
export function roomIn(output: Screen): number {
  return Math.max(1, (output.columns || 80) - 1);
}

/**
 * A few lines at the end of a terminal that are drawn again in place. The cursor always rests at the beginning of the
 * first of them: whatever a resize does to the lines (some terminals wrap them anew, others cut them), the next drawing
 * starts where this one did. Old letters are written over and only then the rest erased, all in one write: no flicker.
 */
export class LiveBlock {
  readonly #output: Screen;
  #lines: readonly string[] = [];

  constructor(output: Screen) {
    this.#output = output;
  }

  draw(lines: readonly string[]): void {
    this.#lines = lines;
    if (lines.length > 0) this.#output.write(`\r${this.#drawing()}`);
  }

  /** A line that stays, above the block. */
  print(line: string): void {
    const isShown = this.#lines.length > 0;
    this.#output.write(`${isShown ? ERASE_BELOW : ''}${line}\n${isShown ? this.#drawing() : ''}`);
  }

  /** Takes the block away. */
  clear(): void {
    if (this.#lines.length > 0) this.#output.write(ERASE_BELOW);
    this.#lines = [];
  }

  #drawing(): string {
    const room = roomIn(this.#output);
    const lines = this.#lines.map((line) =>
      cellWidth(line) <= room ? line : clipCells(withoutColours(line), room),
    );
    const up = lines.length > 1 ? `\u001b[${lines.length - 1}A` : '';
    return `${lines.join(`${ERASE_REST_OF_LINE}\n`)}${ERASE_REST_OF_SCREEN}${up}\r`;
  }
}
