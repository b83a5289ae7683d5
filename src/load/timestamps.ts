/** How a time was written. Within one file it is the same throughout. */
export type TimeNotation =
  | 'date and time'
  | 'log time'
  | 'seconds'
  | 'milliseconds'
  | 'microseconds'
  | 'nanoseconds';

export interface Timestamp {
  /** Since 1970, or since whatever else the file counts from. */
  readonly ms: number;
  /** How long a time the last digit stands for: 1000 ms where only whole seconds are written. At least a microsecond. */
  readonly resolutionMs: number;
  readonly notation: TimeNotation;
}

/** What a number counts, by its size: 10^11 seconds are in the year 5138, 10^11 milliseconds in 1973; and so on. */
const NUMBERS = [
  { below: 1e11, notation: 'seconds', unitMs: 1000 },
  { below: 1e14, notation: 'milliseconds', unitMs: 1 },
  { below: 1e17, notation: 'microseconds', unitMs: 1e-3 },
  { below: 1e20, notation: 'nanoseconds', unitMs: 1e-6 },
] as const;

const NUMBER = /^\d{1,20}(?:\.(\d+))?([Ee][+-]?\d{1,3})?$/;

const ISO =
  /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?(?: ?([Zz]|[+-]\d\d(?::?\d\d)?))?$/;

const LOG = /^(\d\d?)\/([A-Z][a-z]{2})\/(\d{4}):(\d\d):(\d\d):(\d\d)(?:[.,](\d+))? ([+-]\d{4})$/;

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Two times of a finer notation than this are the same to a double that counts from 1970. */
const FINEST_MS = 1e-3;

/**
 * Reads one time: ISO 8601 (also with a space for the T, and a comma before the fraction; UTC where no zone is written),
 * the time of an access log (`21/Nov/2026:10:00:00 +0000`), or a number of seconds, milliseconds, microseconds or
 * nanoseconds, told apart by its size. Undefined for anything else, and for a date that no calendar has.
 */
export function parseTimestamp(text: string): Timestamp | undefined {
  return parseNumber(text) ?? parseIso(text) ?? parseLogTime(text);
}

function parseNumber(text: string): Timestamp | undefined {
  const match = NUMBER.exec(text);
  if (match === null) return undefined;
  const value = Number(text);
  const unit = NUMBERS.find(({ below }) => value < below);
  if (unit === undefined) return undefined;
  const { notation, unitMs } = unit;
  const [, fraction, exponent] = match;
  const resolutionMs = exponent === undefined ? resolution(unitMs, fraction) : FINEST_MS;
  return { ms: value * unitMs, resolutionMs, notation };
}

function parseIso(text: string): Timestamp | undefined {
  const match = ISO.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction, zone = 'Z'] = match;
  const ms = calendarMs([year, month, day, hour, minute, second ?? 0].map(Number), fraction, zone);
  if (ms === undefined) return undefined;
  const written = second === undefined ? 60_000 : 1000;
  return { ms, resolutionMs: resolution(written, fraction), notation: 'date and time' };
}

function parseLogTime(text: string): Timestamp | undefined {
  const match = LOG.exec(text);
  if (match === null) return undefined;
  const [, day, month, year, hour, minute, second, fraction, zone = 'Z'] = match;
  const date = [year, MONTHS.indexOf(month!) + 1, day, hour, minute, second].map(Number);
  const ms = calendarMs(date, fraction, zone);
  if (ms === undefined) return undefined;
  return { ms, resolutionMs: resolution(1000, fraction), notation: 'log time' };
}

/** Milliseconds since 1970 of year, month (from 1), day, hour, minute and second; undefined where there is no such time. */
function calendarMs(date: readonly number[], fraction = '0', zone: string): number | undefined {
  const [year, month, day, hour, minute, second] = date as [number, number, number, number, number, number];
  const dayMs = Date.UTC(year, month - 1, day);
  const exists = year >= 1900 && month >= 1 && month <= 12 && day >= 1 && dayMs < Date.UTC(year, month, 1);
  // A second 60 is a leap second; the clocks of most machines repeat the one before or stretch it.
  if (!exists || hour > 23 || minute > 59 || second > 60) return undefined;
  const zoneMs = zoneOffset(zone);
  if (zoneMs === undefined) return undefined;
  return dayMs + ((hour * 60 + minute) * 60 + second + Number(`0.${fraction}`)) * 1000 - zoneMs;
}

/** Milliseconds east of Greenwich of `Z`, `+02`, `+0200` or `+02:00`. */
function zoneOffset(zone: string): number | undefined {
  if (zone === 'Z' || zone === 'z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(3).replace(':', ''));
  if (hours > 23 || minutes > 59) return undefined;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

function resolution(unitMs: number, fraction = ''): number {
  return Math.max(unitMs / 10 ** fraction.length, FINEST_MS);
}
