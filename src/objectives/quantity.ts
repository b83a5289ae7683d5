import { readDecimal, writeDecimal } from './decimal.ts';

/** What a bound is a number of, and in which unit it is kept: milliseconds, a share of 1, a rate per second, USD, a score. */
export type Quantity = 'duration' | 'share' | 'rate' | 'cost' | 'score';

/** Value = number × 10^places × times / over. */
interface Scale {
  readonly places?: number;
  readonly times?: number;
  readonly over?: number;
}

interface Notation {
  /** What its subjects are. */
  readonly called: string;
  /** By unit, in lower case. */
  readonly units: Readonly<Record<string, Scale>>;
  /** Whether a number without a unit is one. */
  readonly bare: boolean;
  /** How it may be written, as a sentence. */
  readonly written: string;
  /** A number with the units that may be meant where none was written, the likeliest first. */
  readonly propose: (number: string) => readonly string[];
  /** What values are allowed, as a sentence. */
  readonly range: string;
}

const PERCENT: Scale = { places: -2 };

export const NOTATIONS: Readonly<Record<Quantity, Notation>> = {
  duration: {
    called: 'a time',
    // Two letters look like µ: the micro sign, and the Greek mu.
    units: {
      us: { places: -3 },
      '\u00b5s': { places: -3 },
      '\u03bcs': { places: -3 },
      ms: {},
      s: { places: 3 },
      min: { places: 4, times: 6 },
    },
    bare: false,
    written: 'Units of time are us, µs, ms, s and min.',
    // Nobody means two milliseconds by `deadline 2`; but nobody can be sure.
    propose: (number) => (Number(number) < 10 ? [`${number}ms`, `${number}s`] : [`${number}ms`]),
    range: 'A time is finite and above 0.',
  },
  share: {
    called: 'a share',
    units: { '%': PERCENT },
    bare: true,
    written: 'Write a percentage, or a bare share of 1: 95% or 0.95.',
    propose: (number) => [`${number}%`],
    range: 'A share lies between 0 % and 100 %.',
  },
  rate: {
    called: 'a rate',
    units: { '/s': {}, rps: {}, '/min': { over: 60 } },
    bare: false,
    written: 'Units of a rate are /s, rps and /min.',
    propose: (number) => [`${number}/s`],
    range: 'A rate is finite and not negative.',
  },
  cost: {
    called: 'an amount of US dollars',
    units: { $: {}, usd: {} },
    bare: false,
    written: 'Write $0.01 or 0.01 USD.',
    propose: (number) => [`$${number}`],
    range: 'A cost is finite and not negative.',
  },
  score: {
    called: 'a score',
    units: { '%': PERCENT },
    bare: true,
    written: 'Write a bare score, or a percentage: 0.4 or 40%.',
    propose: (number) => [`${number}%`],
    range: 'A score lies between 0 and 1.',
  },
};

/** Every unit of any quantity, in lower case. */
export const ALL_UNITS: ReadonlySet<string> = new Set(
  Object.values(NOTATIONS).flatMap(({ units }) => Object.keys(units)),
);

/** The value that a number and its unit stand for; undefined where the quantity has no such unit. */
export function readValue(quantity: Quantity, digits: string, unit: string): number | undefined {
  const { units, bare } = NOTATIONS[quantity];
  if (unit === '') return bare ? readDecimal(digits) : undefined;
  if (!Object.hasOwn(units, unit)) return undefined;
  const { places = 0, times = 1, over = 1 } = units[unit]!;
  return (readDecimal(digits, places) * times) / over;
}

/** Whether a value of the quantity can be so large; that it is not negative was seen before. */
export function isInRange(quantity: Quantity, value: number): boolean {
  if (quantity === 'duration') return value > 0 && Number.isFinite(value);
  return value <= (quantity === 'share' || quantity === 'score' ? 1 : Number.MAX_VALUE);
}

/** The one way in which a value is written that is read back as the very same number. */
export function writeValue(quantity: Quantity, value: number): string {
  switch (quantity) {
    case 'duration':
      return value < 1000 ? `${writeDecimal(value)}ms` : `${writeDecimal(value, -3)}s`;
    case 'share':
      return `${writeDecimal(value, 2)}%`;
    case 'rate':
      return `${writeDecimal(value)}/s`;
    case 'cost':
      return `$${writeDecimal(value)}`;
    case 'score':
      return writeDecimal(value);
  }
}
