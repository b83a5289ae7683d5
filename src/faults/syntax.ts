import { GroundspeedError } from '../kernel/errors.ts';

/** What reading a fault needs from its caller, because it belongs to rooms that this one may not enter. */
export interface FaultReading {
  /** What errors say the text came from; `--fault` unless given. */
  readonly where?: string;
  /** The candidate that a mistyped word most likely means. */
  readonly suggest: (word: string, candidates: readonly string[]) => string | undefined;
  /** The line around a position of the text, and below it a caret under the character there. */
  readonly point: (text: string, at: number) => string;
}

/** A number, a word or a single sign. Positions count UTF-16 units. */
export interface Token {
  readonly kind: 'number' | 'word' | 'sign' | 'separator';
  /** As it was written. */
  readonly text: string;
  readonly at: number;
  readonly end: number;
}

// A separator ends a fault: a semicolon, or the end of a line. What is no number and no word is a sign of its own.
const TOKEN =
  /(?<number>(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?)|(?<word>\p{L}[\p{L}\p{N}_]*(?:-\p{L}[\p{L}\p{N}_]*)*)|(?<separator>[;\n\r\u2028\u2029])|(?<sign>\S)/giu;

export function tokensOf(text: string): readonly Token[] {
  return [...text.matchAll(TOKEN)].map(({ 0: found, index, groups }) => ({
    kind: (Object.keys(groups!) as Token['kind'][]).find((kind) => groups![kind] !== undefined)!,
    text: found,
    at: index,
    end: index + found.length,
  }));
}

/** The tokens of each fault; separators may follow each other, or end the text. */
export function splitFaults(tokens: readonly Token[]): readonly (readonly Token[])[] {
  const faults: Token[][] = [[]];
  for (const token of tokens) {
    if (token.kind === 'separator') faults.push([]);
    else faults.at(-1)!.push(token);
  }
  return faults.filter((fault) => fault.length > 0);
}

const LONGEST_QUOTE = 40;

/** A piece of the text in quotation marks, on one line, not too long, with nothing in it that a terminal would obey. */
export function quoted(text: string): string {
  const line = text.replaceAll(/\s+/gu, ' ').replaceAll(/[\p{Cc}\p{Cf}\p{Cs}]/gu, '\ufffd');
  const letters = [...line];
  return `"${letters.length > LONGEST_QUOTE ? `${letters.slice(0, LONGEST_QUOTE - 1).join('')}…` : line}"`;
}

/** Reads the tokens of one fault from left to right. */
export class FaultReader {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  readonly #reading: FaultReading;
  #next = 0;

  constructor(text: string, tokens: readonly Token[], reading: FaultReading) {
    this.#text = text;
    this.#tokens = tokens;
    this.#reading = reading;
  }

  /** Where reading stands: the next token, or the end of the fault. */
  get at(): number {
    return this.peek()?.at ?? this.#tokens.at(-1)!.end;
  }

  get done(): boolean {
    return this.#next >= this.#tokens.length;
  }

  peek(ahead = 0): Token | undefined {
    return this.#tokens[this.#next + ahead];
  }

  /** The next token, in lower case, if it is a word; nothing is read. */
  word(ahead = 0): string | undefined {
    const token = this.peek(ahead);
    return token?.kind === 'word' ? token.text.toLowerCase() : undefined;
  }

  /** Whether the next tokens are these, whatever their case; they are read if so. */
  accept(...texts: readonly string[]): boolean {
    if (!texts.every((text, ahead) => this.peek(ahead)?.text.toLowerCase() === text)) return false;
    this.#next += texts.length;
    return true;
  }

  /** Reads the next token if it is of the kind. */
  take(kind: Token['kind']): Token | undefined {
    if (this.peek()?.kind !== kind) return undefined;
    return this.#tokens[this.#next++];
  }

  /** The next token as a message names it. */
  get found(): string {
    return this.done ? 'Nothing' : quoted(this.peek()!.text);
  }

  /** Fails at a word: with the likeliest of what it may be, or with all of it. */
  unknown(at: number, message: string, candidates: readonly string[], of: string): never {
    const token = this.#tokens.find((one) => one.at === at);
    const word = token?.kind === 'word' ? token.text.toLowerCase() : '';
    const meant = word === '' ? undefined : this.#reading.suggest(word, candidates);
    return this.fail(
      at,
      message,
      meant === undefined ? `${of} ${listed(candidates)}.` : `Did you mean ${meant}?`,
    );
  }

  fail(at: number, message: string, hint: string): never {
    return refuse(this.#text, at, { message, hint, reading: this.#reading });
  }
}

/** "a, b and c" */
function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

interface Refusal {
  readonly message: string;
  readonly hint: string;
  readonly reading: FaultReading;
}

/** Raises `fault.syntax`, with the line at fault and a caret below the character. */
export function refuse(text: string, at: number, { message, hint, reading }: Refusal): never {
  throw new GroundspeedError('fault.syntax', message, {
    where: reading.where ?? '--fault',
    hint,
    problems: text.trim() === '' ? [] : [reading.point(text, at)],
  });
}
