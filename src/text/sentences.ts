import { isAbbreviation } from './abbreviations.ts';
import { textBlocks } from './blocks.ts';

/** A stretch of a text, in UTF-16 units. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** What may end a sentence. Ideographic stops need no white space after them; the others do. */
const TERMINATOR = /[.!?…]+|[。！？]+/g;
/** Quotation marks, brackets and emphasis that still belong to the sentence that has ended; French » follows a space. */
const CLOSERS = /(?:["'”’)\]}*_`]|[ \u00a0\u202f]?»)*/y;
/** White space, then what may stand before a sentence's first word. */
const OPENING = /\s+["'“‘«([{*_`¿¡—–-]*[\s\u00a0\u202f]*/y;
const LOWER_CASE = /\p{Ll}/u;
const UPPER_CASE = /\p{Lu}/u;

/**
 * Sentences as trimmed spans, in order, never overlapping; between them lies white space only. Headings, list items,
 * table rows and lines of code are sentences of their own; the lines of a wrapped paragraph are joined.
 *
 * Rules, not a model: the same text gives the same spans on every machine (`Intl.Segmenter` depends on the ICU it was
 * built with, and splits after "Mr." and "p. ej.").
 */
export function sentences(text: string): Span[] {
  const spans: Span[] = [];
  // Some collections (Cranfield) are in lower case throughout: there, a small letter may begin a sentence.
  const caseless = !UPPER_CASE.test(text);
  for (const block of textBlocks(text)) {
    if (block.prose) splitProse(text, block, caseless, spans);
    else push(text, block.start, block.end, spans);
  }
  return spans;
}

function splitProse(text: string, block: Span, caseless: boolean, spans: Span[]): void {
  let start = block.start;
  TERMINATOR.lastIndex = start;
  for (;;) {
    const match = TERMINATOR.exec(text);
    if (match === null || match.index >= block.end) break;
    const after = match.index + match[0].length;
    const end = skip(CLOSERS, text, after);
    if (end < block.end && endsSentence(text, { start, stop: match.index, after, end, caseless })) {
      push(text, start, end, spans);
      start = end;
    }
  }
  push(text, start, block.end, spans);
}

interface Candidate {
  /** Where the sentence began. */
  readonly start: number;
  /** Where the terminator stands, and where it ends. */
  readonly stop: number;
  readonly after: number;
  /** Where the closing marks behind it end. */
  readonly end: number;
  readonly caseless: boolean;
}

function endsSentence(text: string, { start, stop, after, end, caseless }: Candidate): boolean {
  const terminator = text[stop]!;
  if (terminator === '。' || terminator === '！' || terminator === '？') return true;
  const next = skip(OPENING, text, end);
  if (next === end) return false; // no white space behind it: a decimal, a domain, an abbreviation's inner point
  const follower = String.fromCodePoint(text.codePointAt(next) ?? 0x20);
  if (!caseless && LOWER_CASE.test(follower)) return false;
  if (terminator !== '.' || after - stop > 1) return true;
  return !isAbbreviation(text, { start, stop, next });
}

function skip(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from;
  return pattern.test(text) ? pattern.lastIndex : from;
}

/** Adds the span without the white space at its ends, or nothing when there is nothing else in it. */
function push(text: string, from: number, to: number, spans: Span[]): void {
  let start = from;
  let end = to;
  while (start < end && isBlank(text, start)) start += 1;
  while (end > start && isBlank(text, end - 1)) end -= 1;
  if (end > start) spans.push({ start, end });
}

const isBlank = (text: string, index: number): boolean => text[index]!.trim() === '';
