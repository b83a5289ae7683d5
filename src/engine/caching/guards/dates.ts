import { findDates } from '../../../text/dates.ts';
import { sameSet, setOf, type Word } from './words.ts';

/** When a question is about. */
export interface Times {
  /** `2025-3-12`, with `?` for what is not said. */
  readonly dates: ReadonlySet<string>;
  /** Days of the week, months, seasons, feasts, words like "tomorrow". */
  readonly named: ReadonlySet<string>;
  /** What it asks of lies in the past, or does not; undefined where its verbs don't say. */
  readonly past: boolean | undefined;
}

const NAMED = setOf(
  `monday tuesday wednesday thursday friday saturday sunday weekday weekdays weekend weekends
   january february march april june july august september october november december
   spring summer autumn winter christmas easter
   yesterday tomorrow tonight overnight morning afternoon evening night midday noon midnight`,
);
const CANONICAL = new Map([
  ['weekdays', 'weekday'],
  ['weekends', 'weekend'],
  ['noon', 'midday'],
  ['nightly', 'night'],
]);
const DAY_PLURAL =
  /^(?:mon|tues|wednes|thurs|fri|satur|sun)days$|^(?:mornings|afternoons|evenings|nights|summers|winters)$/;
const PAST = setOf("was were did had used wasn't weren't didn't hadn't formerly previously");
const PRESENT = setOf(
  "is are does do will shall can may must has have isn't aren't doesn't don't won't now currently today nowadays",
);

/** Whether a word, in lower case, names a day, a month, a season or a part of the day. */
export const isNamedTime = (word: string): boolean => NAMED.has(word) || DAY_PLURAL.test(word);

/** Also gives the words that no date is made of, for the guard of numbers. */
export function timesOf(question: string, words: readonly Word[]): { times: Times; others: readonly Word[] } {
  const mentions = findDates(question);
  const others = words.filter(
    ({ start, end }) => !mentions.some((date) => start < date.end && end > date.start),
  );
  const dates = new Set(mentions.map(({ year, month, day }) => `${year ?? '?'}-${month}-${day ?? '?'}`));
  const named = new Set<string>();
  let past = false;
  let present = false;
  others.forEach(({ word, written }, index) => {
    const single = DAY_PLURAL.test(word) ? word.slice(0, -1) : word;
    if (NAMED.has(single)) named.add(CANONICAL.get(single) ?? single);
    else if (written === 'May' && index > 0) named.add('may');
    else if (PAST.has(word)) past = true;
    else if (PRESENT.has(word)) present = true;
  });
  return { times: { dates, named, past: past === present ? undefined : past }, others };
}

/** The same dates, days, months and seasons, and not one of what was while the other is of what is. */
export function timesAgree(a: Times, b: Times): boolean {
  if (a.past !== undefined && b.past !== undefined && a.past !== b.past) return false;
  return sameSet(a.dates, b.dates) && sameSet(a.named, b.named);
}
