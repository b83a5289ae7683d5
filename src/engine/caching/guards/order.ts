import { analyse } from '../../../text/analyse.ts';
import { setOf, type Word } from './words.ts';

/** Who does what to whom, as far as the order of words tells. */
export interface Order {
  /** Stems of content words, in order. */
  readonly terms: readonly string[];
  /** The same, sorted and joined. */
  readonly bag: string;
  /** Words that stand right behind "from" and its like, and behind "to" and its like. */
  readonly from: ReadonlySet<string>;
  readonly to: ReadonlySet<string>;
}

const FROM = setOf('from leaving departing');
const TO = setOf('to towards toward into for reaching');
const SKIPPED = setOf('the a an island port of');

export function orderOf(question: string, words: readonly Word[]): Order {
  const terms = analyse(question);
  return {
    terms,
    bag: [...terms].sort().join(' '),
    from: behind(words, FROM),
    to: behind(words, TO),
  };
}

/**
 * No place that one question comes from is where the other goes. Of two questions with the very same content words, one is the other
 * begun elsewhere ("on Sundays, when …"): words that have changed places otherwise have changed roles.
 */
export function ordersAgree(a: Order, b: Order): boolean {
  if (swapped(a, b) || swapped(b, a)) return false;
  return a.bag !== b.bag || isRotation(a.terms, b.terms);
}

function swapped(a: Order, b: Order): boolean {
  for (const place of a.from) if (!a.to.has(place) && b.to.has(place) && !b.from.has(place)) return true;
  return false;
}

function behind(words: readonly Word[], prepositions: ReadonlySet<string>): ReadonlySet<string> {
  const found = new Set<string>();
  words.forEach(({ word }, index) => {
    if (!prepositions.has(word)) return;
    let next = index + 1;
    while (next < words.length && SKIPPED.has(words[next]!.word)) next += 1;
    const place = words[next];
    if (place !== undefined) found.add(place.word);
  });
  return found;
}

function isRotation(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  if (a.length === 0) return true;
  for (let shift = 0; shift < a.length; shift += 1) {
    if (a.every((term, index) => term === b[(index + shift) % b.length])) return true;
  }
  return false;
}
