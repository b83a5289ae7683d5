/** A stretch of a text, in UTF-16 units; `end` is exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * Everywhere a quote stands in a text, in order and without overlaps: verbatim, or, where it stands nowhere verbatim,
 * with any white space where the quote has some. A quote outlives a new line break in its document; nothing else.
 */
export function locateQuote(text: string, quote: string): Span[] {
  const wanted = quote.trim();
  if (wanted === '') return [];
  const spans: Span[] = [];
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) {
    spans.push({ start: at, end: at + wanted.length });
  }
  if (spans.length > 0) return spans;
  const pattern = new RegExp(wanted.split(/\s+/).map(escapePattern).join('\\s+'), 'g');
  return Array.from(text.matchAll(pattern), (match) => ({
    start: match.index,
    end: match.index + match[0].length,
  }));
}

const escapePattern = (word: string): string => word.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
