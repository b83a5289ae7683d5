import type { EvidenceQuote } from '../datasets/golden.ts';
import { locateQuote, type Span } from '../datasets/quotes.ts';
import type { DocumentText, MeasuredPassage } from './case.ts';

/** A quote counts as shown once this share of its characters has been. */
export const COVERED = 0.9;
/** Shares are sums of fractions, so that nine tenths may come out a hair below 0.9. */
const ROUNDING = 1e-9;

export const isCovered = (share: number): boolean => share >= COVERED - ROUNDING;

/** A stretch of a quote, as fractions of its length. */
interface Part {
  readonly start: number;
  readonly end: number;
}

/** How much of a quote has been shown so far. */
export interface QuoteCoverage {
  /** Counts one more passage; returns the share of the quote's characters that all of them show together. */
  add(passage: MeasuredPassage): number;
}

/**
 * Follows how the union of passages covers a quote. A passage with offsets covers what it overlaps of the quote's place
 * in the same document; where the quote stands several times, each place is followed by itself and the best one counts.
 * A passage without covers what its text has in common with the quote, white space squashed: all of it, a stretch
 * within it, its beginning or its end. Its document must be the quote's, unless the corpus does not know that id: then
 * the target has ids of its own, and the text decides.
 */
export function quoteCoverage(quote: EvidenceQuote, documentText: DocumentText): QuoteCoverage {
  const text = documentText(quote.document);
  const places = text === undefined ? [] : locateQuote(text, quote.quote);
  const words = squash(quote.quote);
  const shown: Part[][] = (places.length > 0 ? places : [undefined]).map(() => []);
  let share = 0;
  return {
    add(passage) {
      const { documentId, start, end } = passage;
      const sameDocument = documentId === quote.document;
      if (!sameDocument && documentText(documentId) !== undefined) return share;
      const located = sameDocument && places.length > 0 && start !== undefined && end !== undefined;
      const common = located ? [] : sharedParts(squash(passageText(passage, documentText) ?? ''), words);
      for (const [index, parts] of shown.entries()) {
        const place = places[index];
        if (located && place !== undefined) parts.push(...overlap(place, start, end));
        else parts.push(...common);
        share = Math.max(share, unionLength(parts));
      }
      return share;
    },
  };
}

/** The first rank (from 1) at which the passages so far, together, cover a quote; null when they never do. */
export function coveredAt(
  quote: EvidenceQuote,
  passages: readonly MeasuredPassage[],
  documentText: DocumentText,
): number | null {
  const coverage = quoteCoverage(quote, documentText);
  const index = passages.findIndex((passage) => isCovered(coverage.add(passage)));
  return index < 0 ? null : index + 1;
}

/**
 * Whether quotes can be looked for in these passages at all: some passage brings its text, or offsets into a text that
 * is known. An empty list can be judged: it covers nothing.
 */
export function showsText(passages: readonly MeasuredPassage[], documentText: DocumentText): boolean {
  return (
    passages.length === 0 || passages.some((passage) => passageText(passage, documentText) !== undefined)
  );
}

/** A passage's text: its own, or what its offsets cut out of the corpus. */
export function passageText(
  { documentId, start, end, text }: MeasuredPassage,
  documentText: DocumentText,
): string | undefined {
  if (text !== undefined) return text;
  return start === undefined || end === undefined ? undefined : documentText(documentId)?.slice(start, end);
}

function overlap(place: Span, from: number, to: number): Part[] {
  const start = Math.max(from, place.start);
  const end = Math.min(to, place.end);
  return end > start ? [part(start - place.start, end - place.start, place.end - place.start)] : [];
}

const part = (start: number, end: number, length: number): Part => ({
  start: start / length,
  end: end / length,
});

/** The parts of a quote that a text holds. */
function sharedParts(text: string, quote: string): Part[] {
  if (text === '' || quote === '') return [];
  if (text.includes(quote)) return [{ start: 0, end: 1 }];
  const within = quote.indexOf(text);
  if (within >= 0) return [part(within, within + text.length, quote.length)];
  const longest = Math.min(text.length, quote.length) - 1;
  const head = longestWhere(longest, (length) => text.endsWith(quote.slice(0, length)));
  const tail = longestWhere(longest, (length) => text.startsWith(quote.slice(-length)));
  return [part(0, head, quote.length), part(quote.length - tail, quote.length, quote.length)];
}

function longestWhere(longest: number, holds: (length: number) => boolean): number {
  for (let length = longest; length > 0; length -= 1) if (holds(length)) return length;
  return 0;
}

function unionLength(parts: readonly Part[]): number {
  let length = 0;
  let reached = 0;
  for (const { start, end } of parts.toSorted((a, b) => a.start - b.start)) {
    length += Math.max(0, end - Math.max(start, reached));
    reached = Math.max(reached, end);
  }
  return length;
}

const squash = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();
