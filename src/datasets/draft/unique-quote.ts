import { locateQuote, type Span } from '../quotes.ts';

export interface UniqueQuote {
  /** The document's own characters. */
  readonly quote: string;
  /** It stood more than once, and neighbouring sentences make it one of its kind. */
  readonly lengthened: boolean;
}

/** Sentences that are added to a quote, and its characters, at most. */
const NEIGHBOURS = 2;
export const LONGEST_QUOTE = 1500;

/**
 * The stretch of a text as a quote that stands there once. One that stands more than once is lengthened by the sentences
 * behind it, then by those before it; undefined where that does not help. `sentences` are those of the text, in order.
 */
export function uniqueQuote(text: string, span: Span, sentences: readonly Span[]): UniqueQuote | undefined {
  const own = text.slice(span.start, span.end);
  if (locateQuote(text, own).length === 1) return { quote: own, lengthened: false };
  const first = firstEndingAfter(sentences, span.start);
  let last = first;
  while (last + 1 < sentences.length && sentences[last + 1]!.start < span.end) last += 1;
  for (let more = 1; more <= NEIGHBOURS; more += 1) {
    for (const [from, to] of [
      [first, last + more],
      [first - more, last],
    ] as const) {
      const opening = sentences[from];
      const closing = sentences[to];
      if (opening === undefined || closing === undefined) continue;
      const start = Math.min(opening.start, span.start);
      const end = Math.max(closing.end, span.end);
      if (end - start > LONGEST_QUOTE) continue;
      const quote = text.slice(start, end);
      if (locateQuote(text, quote).length === 1) return { quote, lengthened: true };
    }
  }
  return undefined;
}

/** By halving: the first sentence whose end lies behind `at`. */
function firstEndingAfter(sentences: readonly Span[], at: number): number {
  let low = 0;
  let high = sentences.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sentences[middle]!.end > at) high = middle;
    else low = middle + 1;
  }
  return low;
}
