import { InvalidArgumentError } from 'commander';

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, min: 60_000, h: 3_600_000 };

/** `30s`, `500ms`, `2m`, `1h` as milliseconds. */
export function durationFlag(text: string): number {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)\s*([a-z]+)$/i.exec(text.trim()) ?? [];
  const factor = unit === undefined ? undefined : UNITS[unit.toLowerCase()];
  if (digits === undefined || factor === undefined) {
    throw new InvalidArgumentError('Give a duration with its unit: 500ms, 30s, 2m or 1h.');
  }
  return Number(digits) * factor;
}

/** A number above 0. */
export function positiveFlag(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value <= 0) {
    throw new InvalidArgumentError('Give a number above 0.');
  }
  return value;
}

/** A share from 0 to 1, which may be written in percent: `0.1`, `10%`. */
export function shareFlag(text: string): number {
  const [, digits, percent] = /^(\d+(?:\.\d+)?)\s*(%?)$/.exec(text.trim()) ?? [];
  const value = Number(digits) / (percent === '%' ? 100 : 1);
  if (digits === undefined || value > 1) throw new InvalidArgumentError('Give a share: 0.1 or 10%.');
  return value;
}

/** A whole number, 0 or more: a seed. */
export function wholeNumberFlag(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) {
    throw new InvalidArgumentError('Give a whole number, 0 or more.');
  }
  return value;
}

/** A whole number above 0. */
export function countFlag(text: string): number {
  const value = positiveFlag(text);
  if (!Number.isSafeInteger(value)) throw new InvalidArgumentError('Give a whole number above 0.');
  return value;
}

/** A status that puts the fault on whoever asked. */
export function clientErrorFlag(text: string): number {
  const status = Number(text);
  if (!Number.isInteger(status) || status < 400 || status > 499) {
    throw new InvalidArgumentError('Give statuses from 400 to 499, with commas.');
  }
  return status;
}

/** One or several of them, with commas: `10,20,40`. */
export const listOf =
  (one: (text: string) => number) =>
  (text: string): number[] =>
    text.split(',').map(one);

/** Each use of the flag adds one. */
export function collected(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}
