import { numberValue } from '../../../text/numbers.ts';
import { unitOf } from './units.ts';
import { sameSet, setOf, type Word } from './words.ts';

/** What a question counts and measures. */
export interface Numbers {
  /** Numbers with the unit that stands beside them, if any: `12 m`, `2025`, `#3` for third. */
  readonly values: ReadonlySet<string>;
  /** Units that are asked for, by what they measure: time → days. Only what is named without a number. */
  readonly asked: ReadonlyMap<string, ReadonlySet<string>>;
}

/** `one` is left out: more often a pronoun than a number. */
const CARDINALS = listed(
  'two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty',
  2,
);
const TENS = new Map(
  'thirty forty fifty sixty seventy eighty ninety hundred thousand'
    .split(' ')
    .map((word, index) => [word, String([30, 40, 50, 60, 70, 80, 90, 100, 1000][index])]),
);
const ORDINALS = listed('first second third fourth fifth sixth seventh eighth ninth tenth', 1);
const MULTIPLES = new Map([
  ['half', '0.5'],
  ['quarter', '0.25'],
  ['double', '2'],
  ['twice', '2'],
  ['dozen', '12'],
]);
const ORDINAL = /^(\d+)(?:st|nd|rd|th)$/;
const ATTACHED = /^(\d[\d.,]*)(-?)(\p{L}+)$/u;
const CLOCK = /^(\d{1,2})[:.](\d{2})$/;
/** "a second dog" is an ordinal; "the 2nd" too; "per second" is a unit. */
const BEFORE_UNIT = setOf('per a each every');
const COUNT_AFTER = setOf('route berth gate berths routes');

/** The numbers of a question outside its dates. */
export function numbersOf(words: readonly Word[]): Numbers {
  const values = new Set<string>();
  const asked = new Map<string, Set<string>>();
  for (let index = 0; index < words.length; index += 1) {
    const { word } = words[index]!;
    const before = words[index - 1]?.word;
    const after = words[index + 1]?.word;
    const value = numberIn(word, before);
    if (value !== undefined) {
      values.add(value.includes(' ') || value.startsWith('#') ? value : withUnit(value, before, after));
      continue;
    }
    const unit = word.length > 1 ? unitOf(word) : undefined;
    if (unit === undefined || (before !== undefined && numberIn(before, undefined) !== undefined)) continue;
    if (before !== undefined && COUNT_AFTER.has(before)) continue;
    const units = asked.get(unit.of) ?? new Set<string>();
    asked.set(unit.of, units.add(unit.unit));
  }
  return { values, asked };
}

/**
 * The same numbers with the same units; and where both name a unit without a number ("how many days"), for the same measure, the same.
 * "How long" and "how many months" agree.
 */
export function numbersAgree(a: Numbers, b: Numbers): boolean {
  if (!sameSet(a.values, b.values)) return false;
  for (const [measure, units] of a.asked) {
    const others = b.asked.get(measure);
    if (others !== undefined && !sameSet(units, others)) return false;
  }
  return true;
}

function numberIn(word: string, before: string | undefined): string | undefined {
  const ordinal = ORDINALS.get(word) ?? ORDINAL.exec(word)?.[1];
  if (ordinal !== undefined) {
    if (word === 'first') return undefined; // an opposite of last, which another guard sees to
    if (word === 'second' && before !== undefined && BEFORE_UNIT.has(before) && before !== 'a')
      return undefined;
    return `#${ordinal}`;
  }
  const spelt = CARDINALS.get(word) ?? TENS.get(word) ?? MULTIPLES.get(word);
  if (spelt !== undefined) return spelt;
  const clock = CLOCK.exec(word);
  if (clock !== null && word.includes(':')) return `${Number(clock[1])}:${clock[2]} o'clock`;
  if (!/^\d/.test(word)) return undefined;
  const attached = ATTACHED.exec(word);
  if (attached !== null) {
    const number = numberValue(attached[1]!);
    const unit = unitOf(attached[3]!)?.unit;
    if (number === undefined) return word;
    if (unit !== undefined) return `${number} ${unit}`;
    // "the 20-journey carnet" counts journeys; the letters of "12b" belong to the number.
    return attached[2] === '-' ? number : word;
  }
  return numberValue(word) ?? word;
}

function withUnit(value: string, before: string | undefined, after: string | undefined): string {
  const sign = before === '£' || before === '€' || before === '$' ? before : undefined;
  const unit = sign ?? (after === undefined ? undefined : unitOf(after)?.unit);
  return unit === undefined ? value : `${value} ${unit}`;
}

function listed(words: string, from: number): ReadonlyMap<string, string> {
  return new Map(words.split(' ').map((word, index) => [word, String(index + from)]));
}
