import { type Times, timesAgree, timesOf } from './dates.ts';
import { type Named, namesAgree, namesOf, plainWords } from './names.ts';
import { type Negation, negationOf, negationsAgree, prefixesAgree } from './negation.ts';
import { type Numbers, numbersAgree, numbersOf } from './numbers.ts';
import { type Sides, sidesAgree, sidesOf } from './opposites.ts';
import { type Order, orderOf, ordersAgree } from './order.ts';
import { wordsOf } from './words.ts';

/** What two questions must agree in to share an answer, however near their vectors are. */
export interface QuestionFacts {
  readonly numbers: Numbers;
  readonly times: Times;
  readonly negation: Negation;
  readonly named: Named;
  readonly sides: Sides;
  readonly order: Order;
}

/** The guards, in the order in which they are asked. */
export const GUARDS = ['numbers', 'dates', 'negation', 'names', 'opposites', 'order'] as const;
export type Guard = (typeof GUARDS)[number];

export function questionFacts(question: string): QuestionFacts {
  const words = wordsOf(question);
  const { times, others } = timesOf(question, words);
  return {
    numbers: numbersOf(others),
    times,
    negation: negationOf(words),
    named: { names: namesOf(others), words: plainWords(words) },
    sides: sidesOf(words),
    order: orderOf(question, words),
  };
}

/** The first guard that tells two questions apart; undefined where all let them pass. Symmetric. */
export function objection(a: QuestionFacts, b: QuestionFacts): Guard | undefined {
  if (!numbersAgree(a.numbers, b.numbers)) return 'numbers';
  if (!timesAgree(a.times, b.times)) return 'dates';
  if (!negationsAgree(a.negation, b.negation)) return 'negation';
  if (!prefixesAgree(a.named.words, b.named.words)) return 'negation';
  if (!namesAgree(a.named, b.named)) return 'names';
  if (!sidesAgree(a.sides, b.sides)) return 'opposites';
  return ordersAgree(a.order, b.order) ? undefined : 'order';
}

export const agree = (a: QuestionFacts, b: QuestionFacts): boolean => objection(a, b) === undefined;
