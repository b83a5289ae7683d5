import { fault, quoted, type Source } from './fault.ts';

/** A part of the source between separators, without white space around it. Positions count UTF-16 units. */
export interface Term {
  readonly start: number;
  readonly end: number;
}

const SEPARATOR = /[,;\n\r\u2028\u2029]|(?<![^\s,;])and(?![^\s,;])/giu;
const TERMS = 'Terms are separated by commas, semicolons, new lines or the word "and".';

/**
 * The terms of an SLO. Commas, semicolons and new lines may follow each other or end the text, as they do in lists of a
 * configuration file; `and` joins two terms, so that one without a second says that something was lost.
 */
export function splitTerms(source: Source): readonly Term[] {
  const terms: Term[] = [];
  let start = 0;
  let joining: number | undefined;
  const take = (end: number) => {
    const piece = source.text.slice(start, end);
    if (piece.trim() === '') return;
    terms.push({ start: start + piece.search(/\S/u), end: start + piece.trimEnd().length });
    joining = undefined;
  };
  for (const { 0: separator, index } of source.text.matchAll(SEPARATOR)) {
    take(index);
    start = index + separator.length;
    if (separator.length === 1) continue;
    if (terms.length === 0) fault(source, index, 'No term stands before "and".', TERMS);
    if (joining !== undefined) fault(source, index, 'No term stands between "and" and "and".', TERMS);
    joining = index;
  }
  take(source.text.length);
  if (joining !== undefined) fault(source, joining, 'No term stands after "and".', TERMS);
  return terms;
}

/** Reads one term from left to right. */
export class TermReader {
  readonly #source: Source;
  readonly #text: string;
  /** Where the term begins, in the source. */
  readonly start: number;
  #at: number;

  constructor(source: Source, { start, end }: Term) {
    this.#source = source;
    this.#text = source.text.slice(0, end);
    this.start = start;
    this.#at = start;
  }

  /** Where reading stands, in the source. */
  get at(): number {
    return this.#at;
  }

  /** The whole term, white space squashed. */
  get term(): string {
    return squash(this.#text.slice(this.start));
  }

  /** What was read since a position, white space squashed. */
  since(from: number): string {
    return squash(this.#text.slice(from, this.#at));
  }

  /** What has not been read, white space squashed. */
  get rest(): string {
    return squash(this.#text.slice(this.#at));
  }

  /** What of the source a pattern finds right here, be it past the end of the term; nothing is read. */
  glance(pattern: RegExp): string | undefined {
    return this.#match(pattern, this.#source.text);
  }

  /** What of the term a pattern finds right here; nothing is read. */
  peek(pattern: RegExp): string | undefined {
    return this.#match(pattern, this.#text);
  }

  /** Reads what a pattern finds right here; empty where it finds nothing. */
  take(pattern: RegExp): string {
    const found = this.peek(pattern) ?? '';
    this.#at += found.length;
    return found;
  }

  /** Whether white space was read. */
  skipSpace(): boolean {
    return this.take(/\s+/u) !== '';
  }

  fail(at: number, message: string, hint: string): never {
    return fault(this.#source, at, message, hint);
  }

  /** Fails where anything is left. */
  finish(): void {
    this.skipSpace();
    if (this.rest !== '') this.fail(this.#at, `${quoted(this.rest)} stands after a complete term.`, TERMS);
  }

  #match(pattern: RegExp, text: string): string | undefined {
    const sticky = new RegExp(pattern.source, `${pattern.flags}y`);
    sticky.lastIndex = this.#at;
    return sticky.exec(text)?.[0];
  }
}

const squash = (text: string) => text.trim().replaceAll(/\s+/gu, ' ');
