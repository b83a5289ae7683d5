/**
 * Numbers by their decimal digits. 99.9 / 100 and 1 − 0.95 are not the doubles nearest to 0.999 and 0.05; an objective
 * must be held to what was written.
 */

/** The number that these digits, times 10^places, stand for, rounded once. `digits` is what `isDecimal` accepts. */
export function readDecimal(digits: string, places = 0): number {
  const [mantissa = '', exponent = '0'] = digits.toLowerCase().split('e');
  return Number(`${mantissa}e${Number(exponent) + places}`);
}

/** Digits, at most one point, and an exponent: 200, .8, 5., 1e-3. No sign. */
export function isDecimal(text: string): boolean {
  return /^(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i.test(text);
}

/**
 * The shortest digits of a finite value ≥ 0, times 10^places, without an exponent: (0.999, 2) is 99.9.
 * `readDecimal(writeDecimal(x, n), -n)` is x.
 */
export function writeDecimal(value: number, places = 0): string {
  const [mantissa = '', exponent = '0'] = String(value).split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const digits = whole + fraction;
  const point = whole.length + Number(exponent) + places;
  const padded = '0'.repeat(Math.max(0, 1 - point)) + digits + '0'.repeat(Math.max(0, point - digits.length));
  const cut = Math.max(1, point);
  const before = padded.slice(0, cut).replace(/^0+(?=\d)/, '');
  const after = padded.slice(cut).replace(/0+$/, '');
  return after === '' ? before : `${before}.${after}`;
}

/** 1 − share, exact in decimals: of 0.95 it is 0.05. `share` lies between 0 and 1. */
export function complement(share: number): number {
  const [whole = '0', fraction = ''] = writeDecimal(share).split('.');
  const one = 10n ** BigInt(fraction.length);
  return Number(`${one - BigInt(whole + fraction)}e-${fraction.length}`);
}
