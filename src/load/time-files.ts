import { parse } from 'csv-parse/sync';
import { GroundspeedError } from '../kernel/errors.ts';
import { parseTimestamp } from './timestamps.ts';

/** What a file of times can be; its first line tells. */
export type TimeFileFormat =
  /** One time a line. */
  | 'times'
  /** Common or Combined Log Format: the time stands in brackets. */
  | 'access log'
  /** One JSON object a line, with a field of TIME_FIELDS. */
  | 'JSON lines'
  /** A header with a column of TIME_FIELDS; commas, semicolons or tabs between cells. */
  | 'CSV';

/** The text of one time, not yet read, and the number of its line, from 1. */
export interface WrittenTime {
  /** Undefined where the line has none. */
  readonly text: string | undefined;
  readonly line: number;
}

export interface TimeFile {
  readonly format: TimeFileFormat;
  readonly times: Iterable<WrittenTime>;
}

interface Line {
  readonly text: string;
  readonly number: number;
}

/** The fields or columns that hold the time: the first of these that is there, in whatever case. */
const TIME_FIELDS = ['time', 'timestamp', 'ts', '@timestamp'] as const;

const DELIMITERS = [',', ';', '\t'];

const BRACKETED = /\[(\d\d?\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d(?:[.,]\d+)? [+-]\d{4})\]/;

const BYTE_ORDER_MARK = '\u{feff}';

const FORMATS =
  'Write one time a line (ISO 8601, or a number of seconds or milliseconds), or give an access log in Common or ' +
  `Combined Log Format, JSON lines or CSV with a field ${TIME_FIELDS.join(', ')}.`;

/**
 * Finds the times in the lines of a file, one by one. Blank lines are left out, and those that begin with # (but for CSV,
 * whose cells may hold them). `where` names the file in errors, which are `usage.argument` and quote nothing but the time:
 * the rest of a log is nobody else's business.
 */
export function readTimeFile(lines: Iterable<string>, where: string): TimeFile {
  const rest = numbered(lines);
  // By hand: leaving a loop over a generator would end it.
  let first = rest.next();
  while (!first.done && isLeftOut(first.value)) first = rest.next();
  if (first.done) throw lineError(where, 'holds no time');
  const format = formatOf(first.value, where);
  return { format, times: READERS[format](startingWith(first.value, rest), where) };
}

/** The error of a file, or of a line of it. `problem` continues "the line …". */
export function lineError(where: string, problem: string): GroundspeedError {
  return new GroundspeedError('usage.argument', `${where} ${problem}.`, { where, hint: FORMATS });
}

const READERS: Readonly<
  Record<TimeFileFormat, (lines: Iterable<Line>, where: string) => Iterable<WrittenTime>>
> = {
  times: (lines) => eachLine(lines, (text) => text),
  'access log': (lines) => eachLine(lines, (text) => BRACKETED.exec(text)?.[1]),
  'JSON lines': jsonTimes,
  CSV: csvTimes,
};

function formatOf({ text, number }: Line, where: string): TimeFileFormat {
  if (text.startsWith('{')) return 'JSON lines';
  if (BRACKETED.test(text)) return 'access log';
  if (parseTimestamp(text.trim()) !== undefined) return 'times';
  if (columnOf(text) !== undefined) return 'CSV';
  throw lineError(`${where}:${number}`, 'holds no time, and is no header of CSV that names one');
}

function* numbered(lines: Iterable<string>): Generator<Line> {
  let number = 0;
  for (const text of lines) {
    number += 1;
    yield { text: number === 1 && text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text, number };
  }
}

function* startingWith(first: Line, rest: Iterable<Line>): Generator<Line> {
  yield first;
  yield* rest;
}

function isLeftOut({ text }: Line): boolean {
  return text.startsWith('#') || text.trim() === '';
}

function* eachLine(
  lines: Iterable<Line>,
  timeIn: (text: string, line: number) => string | undefined,
): Generator<WrittenTime> {
  for (const line of lines) {
    if (isLeftOut(line)) continue;
    yield { text: timeIn(line.text, line.number)?.trim(), line: line.number };
  }
}

function jsonTimes(lines: Iterable<Line>, where: string): Iterable<WrittenTime> {
  let field = '';
  return eachLine(lines, (text, line) => {
    const value = jsonObject(text, `${where}:${line}`);
    if (!Object.hasOwn(value, field)) field = timeFieldOf(Object.keys(value)) ?? '';
    const time = Object.hasOwn(value, field) ? value[field] : undefined;
    return typeof time === 'string' || typeof time === 'number' ? String(time) : undefined;
  });
}

function jsonObject(text: string, where: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's own message quotes the line.
    throw lineError(where, 'is not JSON');
  }
  if (value === null || typeof value !== 'object') throw lineError(where, 'is not a JSON object');
  return value as Record<string, unknown>;
}

/** The first of TIME_FIELDS among the names, as it is written there. */
function timeFieldOf(names: readonly string[]): string | undefined {
  const lower = names.map((name) => name.trim().toLowerCase());
  const field = TIME_FIELDS.find((known) => lower.includes(known));
  return field === undefined ? undefined : names[lower.indexOf(field)];
}

/** The delimiter of a CSV header that names a time, and the position of that column. */
function columnOf(header: string): { delimiter: string; index: number } | undefined {
  for (const delimiter of DELIMITERS) {
    const names = header.split(delimiter).map((name) => name.trim().replace(/^"(.*)"$/, '$1'));
    const field = timeFieldOf(names);
    if (field !== undefined) return { delimiter, index: names.indexOf(field) };
  }
  return undefined;
}

/** Cells may span lines, so that the rows have to be read as one text. */
function csvTimes(lines: Iterable<Line>, where: string): Iterable<WrittenTime> {
  const all = [...lines];
  const [header] = all;
  const { delimiter, index } = columnOf(header!.text)!;
  const linesBefore = header!.number - 1;
  const times: WrittenTime[] = [];
  try {
    parse(all.map(({ text }) => text).join('\n'), {
      delimiter,
      from: 2,
      record_delimiter: ['\r\n', '\n'],
      relax_column_count: true,
      skip_empty_lines: true,
      on_record: (record, { lines: read }) => {
        times.push({ text: record[index]?.trim(), line: linesBefore + read });
        return null;
      },
    });
  } catch (thrown) {
    const { lines: line = 1 } = thrown as { lines?: number };
    throw lineError(`${where}:${linesBefore + line}`, 'is not CSV: a double quote stands where none may');
  }
  return times;
}
