/**
 * How every report writes numbers. What could not be had (null, NaN) is a dash, never 0; a share that rounds to an
 * extreme it did not reach says so.
 */

export const MISSING = '–';

/** Between groups of three digits: narrow, and no line breaks there. */
const THIN_SPACE = '\u202f';

type Maybe = number | null | undefined;
type MaybeInterval = readonly [number, number] | null | undefined;

function isKnown(value: Maybe): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function grouped(digits: string): string {
  const [whole = '', fraction] = digits.split('.');
  const spaced = whole.replace(/\B(?=(\d{3})+$)/g, THIN_SPACE);
  return fraction === undefined ? spaced : `${spaced}.${fraction}`;
}

/** Three significant digits, or all digits of the whole part where that is longer: 0.0412, 1.23, 45.6, 12 345. */
export function significant(value: Maybe): string {
  if (!isKnown(value)) return MISSING;
  if (value === 0) return '0';
  const rounded = Number(value.toPrecision(Math.abs(value) < 100 ? 3 : 15));
  const decimals = Math.min(12, Math.max(0, 2 - Math.floor(Math.log10(Math.abs(rounded)))));
  return grouped(rounded.toFixed(decimals));
}

/** A duration in milliseconds as a bare number, for columns whose heading names the unit. */
export const ms = significant;

/** A duration in milliseconds, with the unit that suits it. */
export function duration(value: Maybe): string {
  if (!isKnown(value)) return MISSING;
  if (value < 10_000) return `${significant(value)} ms`;
  if (value < 120_000) return `${significant(value / 1000)} s`;
  const seconds = Math.round(value / 1000);
  return `${grouped(String(Math.floor(seconds / 60)))} min ${seconds % 60} s`;
}

/** A bound that somebody chose, such as a deadline: 100 ms, 2 s, 1.5 s. */
export function bound(value: Maybe): string {
  if (!isKnown(value)) return MISSING;
  return value < 1000
    ? `${Number(value.toPrecision(6))} ms`
    : `${grouped(String(Number((value / 1000).toPrecision(6))))} s`;
}

/** A duration in microseconds, with the unit that suits it. */
export function micros(value: Maybe): string {
  if (!isKnown(value)) return MISSING;
  return value < 1000 ? `${significant(value)} µs` : duration(value / 1000);
}

function percent(value: number): string {
  const text = (value * 100).toFixed(1);
  if (value > 0 && text === '0.0') return '< 0.1';
  if (value < 1 && text === '100.0') return '> 99.9';
  return text;
}

/** A share of 1, in percent: 93.1 %. */
export function share(value: Maybe): string {
  return isKnown(value) ? `${percent(value)} %` : MISSING;
}

/**
 * A share of 1 in percent, with two digits of whatever is smaller, it or the rest: 3.9 %, 0.042 %, 99.95 %. For shares
 * that are held against a bound near an end of the scale.
 */
export function fineShare(value: Maybe): string {
  if (!isKnown(value)) return MISSING;
  const rarer = Math.min(value, 1 - value) * 100;
  const decimals = rarer > 0 ? Math.min(6, Math.max(1, 1 - Math.floor(Math.log10(rarer)))) : 1;
  return `${(value * 100).toFixed(decimals)} %`;
}

/** A share that somebody chose as a bound, without needless zeros: 5 %, 0.1 %, 99.95 %. */
export function chosenShare(value: Maybe): string {
  return isKnown(value) ? `${Number((value * 100).toPrecision(6))} %` : MISSING;
}

/** An amount of US dollars: $0.00214, $1.20, $1 204.00. */
export function usd(value: Maybe): string {
  if (!isKnown(value)) return MISSING;
  return `$${value === 0 || value >= 1 ? grouped(value.toFixed(value === 0 ? 0 : 2)) : significant(value)}`;
}

/** A duration in seconds, of a phase or a search: 30 s, 2 min 21 s. */
export function seconds(value: Maybe): string {
  if (!isKnown(value)) return MISSING;
  return value < 120 ? `${Number(value.toPrecision(3))} s` : duration(value * 1000);
}

/** A quality score, in three decimals. */
export function score(value: Maybe): string {
  return isKnown(value) ? value.toFixed(3) : MISSING;
}

/** A whole number, its digits in groups. */
export function count(value: Maybe): string {
  return isKnown(value) ? grouped(String(Math.round(value))) : MISSING;
}

/** A number of things: 1 document, 5 183 documents. */
export function counted(value: number, thing: string): string {
  return `${count(value)} ${thing}${value === 1 ? '' : 's'}`;
}

/** Events per second, as a bare number. */
export const rate = significant;

export function perSecond(value: Maybe): string {
  return isKnown(value) ? `${significant(value)} /s` : MISSING;
}

/** A rate that somebody or some search chose, as a bare number: a whole one bears no decimals. 80, 82.5, 3 989. */
export function chosenRate(value: Maybe): string {
  return isKnown(value) && Number.isInteger(value) ? count(value) : rate(value);
}

/** The same with its unit: 80 /s. */
export function chosenPerSecond(value: Maybe): string {
  return isKnown(value) ? `${chosenRate(value)} /s` : MISSING;
}

export function bytes(value: Maybe): string {
  if (!isKnown(value)) return MISSING;
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = value < 1024 ? 0 : Math.min(units.length - 1, Math.floor(Math.log(value) / Math.log(1024)));
  return `${power === 0 ? count(value) : significant(value / 1024 ** power)} ${units[power]}`;
}

/** An interval, both ends written by `write`, a unit that they share once: 91.8–94.2 %. The dash where there is none. */
export function interval(ends: MaybeInterval, write: (value: Maybe) => string): string {
  if (!ends) return MISSING;
  const [low, high] = [write(ends[0]), write(ends[1])];
  // Not \s: digits are grouped by a space, too, and that one belongs to the number.
  const unit = /^[^ ]+( [^ ]+)$/.exec(high)?.[1];
  return `${unit !== undefined && low.endsWith(unit) ? low.slice(0, -unit.length) : low}–${high}`;
}

/** The first twelve digits of a hash: enough to tell two things apart by eye. */
export function shortHash(hash: string | null | undefined): string {
  return hash ? hash.slice(0, 12) : MISSING;
}
