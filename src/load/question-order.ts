import { GroundspeedError } from '../kernel/errors.ts';
import { type Random, shuffle } from '../kernel/random.ts';
import { nearest } from '../text/nearest.ts';

/** In which order questions are asked, as `--order` names it. */
export type QuestionOrder =
  /** The r-th most popular question with probability proportional to r^−exponent: caches then behave as in life. */
  | { readonly kind: 'zipf'; readonly exponent: number }
  /** Each draw independent of all others, all questions alike. */
  | { readonly kind: 'uniform' }
  /** As they stand in the file, round and round. */
  | { readonly kind: 'sequential' }
  /** Passes over all questions, each in a new order: none is asked again before all have been. */
  | { readonly kind: 'shuffled' };

export interface QuestionChoice {
  /** How many there are: one at least. */
  readonly questions: number;
  readonly random: Random;
}

const KINDS = ['zipf', 'uniform', 'sequential', 'shuffled'] as const;

/** The exponent of Zipf's law in its plain form. */
const ZIPF_EXPONENT = 1;

/** Beyond it all but the first question are as good as never asked. */
const LARGEST_EXPONENT = 10;

/** Reads `zipf`, `zipf:1.2`, `uniform`, `sequential` or `shuffled`; anything else is `usage.argument`. */
export function parseOrder(text: string): QuestionOrder {
  const [word = '', ...rest] = text.trim().toLowerCase().split(':');
  const name = word.trim();
  const kind = KINDS.find((known) => known === name);
  if (kind === undefined) throw unreadable(text, likely(name));
  if (kind !== 'zipf') {
    if (rest.length > 0) throw unreadable(text, `${kind} takes no number`);
    return { kind };
  }
  return { kind, exponent: rest.length === 0 ? ZIPF_EXPONENT : exponentOf(rest.join(':').trim(), text) };
}

function exponentOf(written: string, text: string): number {
  const exponent = /^\d+(\.\d+)?$/.test(written) ? Number(written) : Number.NaN;
  if (exponent <= LARGEST_EXPONENT) return exponent;
  throw unreadable(text, `the exponent must be a number from 0 to ${LARGEST_EXPONENT}`);
}

function likely(name: string): string {
  const meant = nearest(name, KINDS);
  return meant === undefined ? 'there is no such order' : `did you mean ${meant}?`;
}

function unreadable(text: string, problem: string): GroundspeedError {
  return new GroundspeedError(
    'usage.argument',
    `The question order ${JSON.stringify(text)} cannot be read: ${problem}${problem.endsWith('?') ? '' : '.'}`,
    { where: '--order', hint: 'Write zipf (or zipf:1.2), uniform, sequential or shuffled.' },
  );
}

/** Which question comes next, without end, as numbers from 0. */
export function questionSource(order: QuestionOrder, { questions, random }: QuestionChoice): () => number {
  switch (order.kind) {
    case 'zipf':
      return zipfDraws(questions, random, order.exponent);
    case 'uniform':
      return () => random.integer(questions);
    case 'sequential':
      return rounds(questions);
    case 'shuffled':
      return questionPasses(questions, random);
  }
}

/** The questions of `count` arrivals. A longer list begins as a shorter one of the same seed does. */
export function questionOrder(
  order: QuestionOrder,
  { count, ...choice }: QuestionChoice & { readonly count: number },
): Uint32Array {
  return take(count, questionSource(order, choice));
}

/**
 * Passes over all `questions` (one at least), each pass in a new seeded order. No question is asked again before all have
 * been, so that one popular wrong question cannot swing quality.
 */
export function questionPasses(questions: number, random: Random): () => number {
  const order = numbered(questions);
  let next = questions;
  return () => {
    if (next === questions) {
      shuffle(order, random);
      next = 0;
    }
    return order[next++]!;
  };
}

/** The questions of `count` arrivals, by such passes. */
export function shuffledPasses(questions: number, count: number, random: Random): Uint32Array {
  return take(count, questionPasses(questions, random));
}

/** The questions of `count` arrivals, by Zipf's law. Which question has which popularity is shuffled by the seed. */
export function zipfOrder(
  questions: number,
  count: number,
  random: Random,
  exponent = ZIPF_EXPONENT,
): Uint32Array {
  return take(count, zipfDraws(questions, random, exponent));
}

function zipfDraws(questions: number, random: Random, exponent: number): () => number {
  const byPopularity = shuffle(numbered(questions), random);
  const cumulative = new Float64Array(questions);
  let total = 0;
  for (let rank = 0; rank < questions; rank += 1) {
    total += (rank + 1) ** -exponent;
    cumulative[rank] = total;
  }
  return () => byPopularity[firstAbove(cumulative, random.next() * total)]!;
}

function rounds(questions: number): () => number {
  let next = 0;
  return () => {
    const question = next;
    next = question + 1 === questions ? 0 : question + 1;
    return question;
  };
}

function numbered(questions: number): Uint32Array {
  return Uint32Array.from({ length: questions }, (_, index) => index);
}

function take(count: number, next: () => number): Uint32Array {
  const asked = new Uint32Array(count);
  for (let index = 0; index < count; index += 1) asked[index] = next();
  return asked;
}

/** Index of the first value above `limit` in an ascending array; the last index when none is. */
function firstAbove(ascending: Float64Array, limit: number): number {
  let low = 0;
  let high = ascending.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle]! > limit) high = middle;
    else low = middle + 1;
  }
  return low;
}
