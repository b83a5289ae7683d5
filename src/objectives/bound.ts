import { isDecimal } from './decimal.ts';
import { quoted } from './fault.ts';
import { ALL_UNITS, isInRange, NOTATIONS, type Quantity, readValue } from './quantity.ts';
import type { TermReader } from './term-reader.ts';

/** What a bound belongs to. */
export interface Bounded {
  /** In the words of a message: `p95`, `deadline`. */
  readonly name: string;
  readonly quantity: Quantity;
  /** What stands before the bound, for hints that write out the whole: `p95 <`. */
  readonly before: string;
  /** A bound to show where none could be read: `200ms`. */
  readonly sample: string;
}

interface Written {
  readonly from: number;
  readonly negative: boolean;
  readonly digits: string;
  readonly unit: string;
}

const UNIT = /[%$€£¥¢]|\/\s*[\p{L}\p{M}]+|[\p{L}\p{M}]+(?:\/[\p{L}\p{M}]+)?/u;
const unitKey = (unit: string) => unit.toLowerCase().replaceAll(/\s/gu, '');
const MINUS = /[-\u2212]\s*/u;

/** Reads `200ms`, `$0.01`, `.8` or `95 %`, and gives it in the unit that `slo.ts` keeps it in. */
export function readBound(reader: TermReader, bounded: Bounded): number {
  const { quantity, before } = bounded;
  const written = readWritten(reader, bounded);
  const { from, negative, digits, unit } = written;
  const value = readValue(quantity, digits, unitKey(unit));
  if (value === undefined || negative || !isInRange(quantity, value)) {
    const message = `${quoted(reader.since(from))} is out of range. ${NOTATIONS[quantity].range}`;
    return reader.fail(from, message, `Write ${before} ${inRange(bounded, written)}.`);
  }
  if (quantity === 'share' && unit === '' && value === 1) {
    const hint = `Write ${before} 1% or ${before} 100%.`;
    reader.fail(from, `A bare ${digits} could mean 1 % or 100 %.`, hint);
  }
  return value;
}

/** A bound that would be in range: where a percentage was written without its sign, that percentage. */
function inRange({ quantity, sample }: Bounded, { negative, digits, unit }: Written): string {
  const isPercentage = NOTATIONS[quantity].bare && unit === '' && !negative && Number(digits) <= 100;
  return isPercentage ? `${digits}%` : sample;
}

function readWritten(reader: TermReader, bounded: Bounded): Written {
  const from = reader.at;
  const minus = reader.take(MINUS);
  const dollarAt = reader.at;
  const dollar = reader.take(/\$\s*/u);
  const negative = (minus || reader.take(MINUS)) !== '';
  if (dollar !== '' && bounded.quantity !== 'cost') refuseUnit(reader, dollarAt, '$', bounded);
  const digits = readDigits(reader, bounded);
  return { from, negative, digits, unit: dollar === '' ? readUnit(reader, digits, bounded) : '$' };
}

function readDigits(reader: TermReader, { before, sample }: Bounded): string {
  const at = reader.at;
  const hint = `Write ${before} ${sample}.`;
  const digits = reader.take(/[\d.]+(?:e[+-]?\d+)?/iu);
  if (digits === '' && reader.rest === '') reader.fail(at, `No number stands after ${quoted(before)}.`, hint);
  if (digits === '') reader.fail(at, `${quoted(reader.peek(/\S+/u) ?? '')} is no number.`, hint);
  // A comma separates terms, so that the digits behind it are already another one.
  if (reader.glance(/[,'_ \u00a0\u2009\u202f]\d/u) !== undefined) {
    const message = 'A number is written without a comma or a space in it.';
    reader.fail(reader.at, message, 'Write 1500 for fifteen hundred, and 1.5 for one and a half.');
  }
  if (!isDecimal(digits)) reader.fail(at, `${quoted(digits)} is no number.`, hint);
  return digits;
}

/** The unit as it was written, or nothing where the quantity can do without one. */
function readUnit(reader: TermReader, digits: string, bounded: Bounded): string {
  const past = reader.at;
  const apart = reader.skipSpace();
  const at = reader.at;
  const { name, quantity, before } = bounded;
  const { bare, units, propose } = NOTATIONS[quantity];
  if (isUnit(reader, apart)) {
    const unit = reader.take(UNIT);
    if (!Object.hasOwn(units, unitKey(unit))) refuseUnit(reader, at, unit, bounded);
    return unit;
  }
  if (!bare) {
    const proposals = propose(digits).map((bound) => `${before} ${bound}`);
    reader.fail(past, `The bound of ${name} has no unit.`, `Write ${proposals.join(' or ')}.`);
  }
  return '';
}

/** A word that stands apart from its number and is followed by more is no unit, but the next term without its comma. */
function isUnit(reader: TermReader, apart: boolean): boolean {
  const word = reader.peek(UNIT);
  return word !== undefined && (!apart || ALL_UNITS.has(unitKey(word)) || word === reader.rest);
}

function refuseUnit(reader: TermReader, at: number, unit: string, { name, quantity }: Bounded): never {
  const { called, written } = NOTATIONS[quantity];
  return reader.fail(at, `${quoted(unit)} is no unit of ${name}, which is ${called}.`, written);
}
