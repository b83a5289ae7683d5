import { sentences } from '../../text/sentences.ts';
import type { Span } from '../quotes.ts';

/**
 * Where an answer stands in its paragraph. `start` counts characters as Python does (code points); counted in UTF-16
 * units it is taken, too. `exact` is false where it points elsewhere and the answer was looked for.
 */
export function spanOf(
  text: string,
  answer: string,
  start: number | undefined,
): { span: Span | undefined; exact: boolean } {
  for (const at of start === undefined || start < 0 ? [] : [unitsOf(text, start), start]) {
    if (text.startsWith(answer, at)) return { span: { start: at, end: at + answer.length }, exact: true };
  }
  const at = text.indexOf(answer);
  return { span: at < 0 ? undefined : { start: at, end: at + answer.length }, exact: false };
}

/** Code points as UTF-16 units. */
function unitsOf(text: string, points: number): number {
  let units = 0;
  for (let passed = 0; passed < points && units < text.length; passed += 1) {
    units += text.codePointAt(units)! > 0xffff ? 2 : 1;
  }
  return units;
}

/** Code points before a place that is counted in UTF-16 units. */
export function pointsOf(text: string, units: number): number {
  let points = 0;
  for (let at = 0; at < units; points += 1) at += text.codePointAt(at)! > 0xffff ? 2 : 1;
  return points;
}

/**
 * The sentences that a span lies in, then more of them on either side, until the quote stands once in the text: evidence
 * must not be found elsewhere than where it was meant. A text that repeats itself throughout is quoted whole.
 */
export function quoteAround(text: string, span: Span): string {
  const all = sentencesOf(text);
  let first = all.findLastIndex(({ start }) => start <= span.start);
  let last = all.findIndex(({ end }) => end >= span.end);
  if (first < 0) first = 0;
  if (last < 0) last = all.length - 1;
  for (;;) {
    const start = Math.min(all[first]?.start ?? 0, span.start);
    const end = Math.max(all[last]?.end ?? text.length, span.end);
    const quote = text.slice(start, end).trim();
    if (text.indexOf(quote) === text.lastIndexOf(quote)) return quote;
    if (first <= 0 && last >= all.length - 1) return text.trim();
    first = Math.max(0, first - 1);
    last = Math.min(all.length - 1, last + 1);
  }
}

/** The questions of a paragraph follow one another: its sentences are found once. */
let latest: { text: string; spans: Span[] } | undefined;

function sentencesOf(text: string): Span[] {
  if (latest?.text !== text) latest = { text, spans: sentences(text) };
  return latest.spans;
}
