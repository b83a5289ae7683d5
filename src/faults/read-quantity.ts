import { readPercent, readSize, readTime, SIZE_UNITS, TIME_UNITS } from './quantity.ts';
import { type FaultReader, quoted } from './syntax.ts';

/** What a quantity is for, in the words of a message (`from`), and one to show where none could be read (`10s`). */
export interface Wanted {
  readonly after: string;
  readonly sample: string;
  /** Whether 0 will do. */
  readonly zero?: boolean;
}

/** A time, in milliseconds. */
export function takeTime(reader: FaultReader, wanted: Wanted): number {
  return withUnit(reader, wanted, { read: readTime, units: TIME_UNITS, name: 'time' });
}

/** A size, in whole bytes. */
export function takeSize(reader: FaultReader, wanted: Wanted): number {
  const at = reader.at;
  const bytes = withUnit(reader, wanted, { read: readSize, units: SIZE_UNITS, name: 'size' });
  if (Number.isSafeInteger(bytes)) return bytes;
  return reader.fail(at, 'That is no number of whole bytes.', `Write ${wanted.after} ${wanted.sample}.`);
}

/** A share above 0 and up to 1, written as a percentage. */
export function takePercent(reader: FaultReader, { after, sample }: Wanted): number {
  const at = reader.at;
  const digits = takeNumber(reader, { after, sample });
  const hint = `Write ${after} ${sample}.`;
  if (!reader.accept('%')) reader.fail(reader.at, `No % stands after ${digits}.`, hint);
  const share = readPercent(digits);
  if (share > 0 && share <= 1) return share;
  return reader.fail(
    at,
    `${quoted(`${digits}%`)} is out of range. A share lies above 0 % and goes up to 100 %.`,
    share > 1 ? 'Write 100%, or leave it out.' : 'Leave the fault out.',
  );
}

/** A bare number above 0. */
export function takePositive(reader: FaultReader, wanted: Wanted): number {
  const at = reader.at;
  const value = Number(takeNumber(reader, wanted));
  if (value > 0 && Number.isFinite(value)) return value;
  return reader.fail(
    at,
    'The number must be above 0, and finite.',
    `Write ${wanted.after} ${wanted.sample}.`,
  );
}

function takeNumber(reader: FaultReader, { after, sample }: Wanted): string {
  const at = reader.at;
  const hint = `Write ${after} ${sample}.`;
  if (reader.done) reader.fail(at, `No number stands after ${quoted(after)}.`, hint);
  const { found } = reader;
  return reader.take('number')?.text ?? reader.fail(at, `${found} is no number.`, hint);
}

interface Quantity {
  readonly read: (digits: string, unit: string) => number | undefined;
  readonly units: string;
  readonly name: string;
}

function withUnit(reader: FaultReader, wanted: Wanted, { read, units, name }: Quantity): number {
  const at = reader.at;
  const digits = takeNumber(reader, wanted);
  const unitAt = reader.at;
  const unit = reader.take('word')?.text;
  if (unit === undefined) {
    const written = wanted.sample.replace(/^[\d.]+/, digits);
    reader.fail(
      unitAt,
      `The ${name} after ${quoted(wanted.after)} has no unit.`,
      `Write ${wanted.after} ${written}.`,
    );
  }
  const value = read(digits, unit);
  if (value === undefined) reader.fail(unitAt, `${quoted(unit)} is no unit of ${name}.`, units);
  if (Number.isFinite(value) && (value > 0 || (value === 0 && wanted.zero))) return value;
  const bound = wanted.zero ? 'from 0 on' : 'above 0';
  return reader.fail(
    at,
    `The ${name} must be ${bound}, and finite.`,
    `Write ${wanted.after} ${wanted.sample}.`,
  );
}
