/**
 * Numbers with units, by their decimal digits: 30 / 100 is not always the double nearest to what "30%" says. Units are
 * powers of ten, but for minutes, hours and the binary sizes, which are exact factors.
 */
interface Unit {
  readonly word: string;
  readonly places: number;
  readonly times: number;
}

const unit = (word: string, places: number, times = 1): Unit => ({ word, places, times });

/** The first of two words that mean the same is the one that is printed; from the smallest to the largest. */
const TIMES = [
  unit('us', -3),
  unit('\u00b5s', -3),
  unit('\u03bcs', -3),
  unit('ms', 0),
  unit('s', 3),
  unit('min', 4, 6),
  unit('h', 5, 36),
];

const SIZES = [
  unit('B', 0),
  unit('kB', 3),
  unit('KiB', 0, 2 ** 10),
  unit('MB', 6),
  unit('MiB', 0, 2 ** 20),
  unit('GB', 9),
  unit('GiB', 0, 2 ** 30),
];

const PERCENT = unit('%', -2);

export const TIME_UNITS = 'Units of time are us, ms, s, min and h.';
export const SIZE_UNITS = 'Units of size are B, kB, MB, GB, KiB, MiB and GiB.';

/** Milliseconds; undefined where the unit is none of time. */
export const readTime = (digits: string, word: string): number | undefined => read(TIMES, digits, word);
/** Bytes; undefined where the unit is none of size. */
export const readSize = (digits: string, word: string): number | undefined => read(SIZES, digits, word);
export const readPercent = (digits: string): number => valueIn(digits, PERCENT);

export const writeTime = (ms: number): string =>
  write([unit('ms', 0), unit('s', 3), TIMES[5]!, TIMES[6]!], ms);
export const writeSize = (bytes: number): string => write(SIZES, bytes);
export const writePercent = (share: number): string => {
  const digits = shift(share, 2);
  const plain = String(Number(digits));
  return `${readPercent(plain) === share ? plain : digits}%`;
};

function read(units: readonly Unit[], digits: string, word: string): number | undefined {
  const found = units.find((one) => one.word.toLowerCase() === word.toLowerCase());
  return found === undefined ? undefined : valueIn(digits, found);
}

function valueIn(digits: string, { places, times }: Unit): number {
  const [mantissa = '', exponent = '0'] = digits.toLowerCase().split('e');
  return Number(`${mantissa}e${Number(exponent) + places}`) * times;
}

/** In the largest unit in which it reads well and is read back as the very same number. */
function write(units: readonly Unit[], value: number): string {
  for (const one of units.toReversed()) {
    const digits = String(Number(shift(value / one.times, -one.places)));
    const short = one.times === 1 ? digits.length <= 8 : /^\d+$/.test(digits);
    if (Number(digits) >= 1 && short && valueIn(digits, one) === value) return `${digits}${one.word}`;
  }
  return `${value}${units[0]!.word}`;
}

/** The digits of value × 10^places, exactly, with an exponent. */
function shift(value: number, places: number): string {
  const [mantissa, exponent = '0'] = String(value).split('e');
  return `${mantissa}e${Number(exponent) + places}`;
}
