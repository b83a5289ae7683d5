/** `[2]`, `[1, 3]`: what the prompt asks a model to write behind a statement, with the space before it. */
const MARK = /[ \t\u00a0]*\[(\d{1,3}(?:\s*[,;]\s*\d{1,3})*)\]/g;
/** The end of a piece that may yet become a mark, and must wait for the next piece. */
const UNFINISHED = /[ \t\u00a0]*(?:\[[\d,;\s]*)?$/;

/**
 * Reads the citations of an answer that arrives in pieces, and takes the marks out of its text: a mark such as [2] is
 * no part of what is said, and a judge who looks for the number 2 must not find it there. Brackets around a number
 * that is no passage's are left alone.
 */
export class CitationReader {
  readonly #passages: number;
  #held = '';
  readonly #cited = new Set<number>();

  constructor(passages: number) {
    this.#passages = passages;
  }

  /** Indexes of the cited passages, from 0, in the order in which they were first cited. */
  get citations(): number[] {
    return [...this.#cited];
  }

  /** Takes the next piece; gives what of the text is certain by now, perhaps nothing. */
  push(piece: string): string {
    const text = this.#take(this.#held + piece);
    const certain = UNFINISHED.exec(text)!.index;
    this.#held = text.slice(certain);
    return text.slice(0, certain);
  }

  /** What was still held back when the text ended. */
  finish(): string {
    const rest = this.#held;
    this.#held = '';
    return rest;
  }

  #take(text: string): string {
    return text.replaceAll(MARK, (mark, list: string) => {
      const numbers = list.split(/[,;]/).map(Number);
      if (numbers.some((number) => number < 1 || number > this.#passages)) return mark;
      for (const number of numbers) this.#cited.add(number - 1);
      return '';
    });
  }
}
