import { setOf, type Word } from './words.ts';

export interface Negation {
  /** Whether the question denies: two negations undo each other. */
  readonly negative: boolean;
  /** Words of exclusion: what is left out is part of the meaning. */
  readonly exclusive: boolean;
}

/** English, and the commonest of French, German and Spanish. */
const NEGATORS = setOf(
  `not no never none nobody nothing nowhere neither nor without cannot
   pas sans jamais aucun aucune nicht kein keine keinen ohne niemals sin nunca ninguno ninguna`,
);
const CONTRACTED = /n't$/;
const EXCLUSIONS = setOf('except excepting excluding unless apart besides sauf außer excepto');
/** "no later than", "not more than", "no longer than" set a bound and deny nothing. */
const BOUNDS = setOf('more less later earlier longer fewer sooner than');
/** "no-one" is one word, "no 12" is a number. */
const DIGITS = /^\d/;
const UNDOING = /^(?:un|non-?|in|im|ir|dis|il)(\p{L}{3,})$/u;

export function negationOf(words: readonly Word[]): Negation {
  let count = 0;
  let exclusive = false;
  words.forEach(({ word }, index) => {
    const after = words[index + 1]?.word;
    const second = words[index + 2]?.word;
    if (EXCLUSIONS.has(word)) exclusive = true;
    if (CONTRACTED.test(word)) count += 1;
    if (!NEGATORS.has(word)) return;
    const bound = after !== undefined && BOUNDS.has(after) && second === 'than';
    const numbered = word === 'no' && after !== undefined && DIGITS.test(after);
    if (!bound && !numbered) count += 1;
  });
  return { negative: count % 2 === 1, exclusive };
}

/** Both deny, or neither; both exclude, or neither. */
export function negationsAgree(a: Negation, b: Negation): boolean {
  return a.negative === b.negative && a.exclusive === b.exclusive;
}

/** Whether one has a word that the other has with a prefix that undoes it: paid and unpaid, accompanied and unaccompanied. */
export function prefixesAgree(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return !undoes(a, b) && !undoes(b, a);
}

function undoes(some: ReadonlySet<string>, others: ReadonlySet<string>): boolean {
  for (const word of some) {
    const stem = UNDOING.exec(word)?.[1];
    if (stem !== undefined && others.has(stem) && !some.has(stem) && !others.has(word)) return true;
  }
  return false;
}
