import { GroundspeedError } from '../../kernel/errors.ts';
import { nearest } from '../../text/nearest.ts';
import { Entry, isObject } from './entry.ts';
import { refused } from './source.ts';

/** What a column can stand for. */
export const COLUMN_NAMES = [
  'question',
  'answer',
  'answers',
  'source',
  'contexts',
  'id',
  'kind',
  'difficulty',
  'split',
  'tags',
  'answerable',
  'forbidden',
  'evidence',
  'relevant',
  'derived',
  'must',
] as const;

/** `question=prompt`, each: our word, then the file's column (in JSON a path with dots). Throws `usage.argument`. */
export function parseColumns(mappings: readonly string[]): Map<string, string> {
  const columns = new Map<string, string>();
  for (const mapping of mappings) {
    const equals = mapping.indexOf('=');
    const [ours, theirs] = [mapping.slice(0, Math.max(0, equals)).trim(), mapping.slice(equals + 1).trim()];
    if (equals < 1 || theirs === '') {
      throw misused(
        `${JSON.stringify(mapping)} is no mapping`,
        'Write it as question=prompt: our word, then your column.',
      );
    }
    if (!(COLUMN_NAMES as readonly string[]).includes(ours)) {
      const guess = nearest(ours, COLUMN_NAMES);
      throw misused(
        `a golden question has no ${JSON.stringify(ours)}`,
        `${guess === undefined ? '' : `Did you mean ${guess}? `}It has ${COLUMN_NAMES.join(', ')}.`,
      );
    }
    if (columns.has(ours)) throw misused(`${ours} is mapped twice`, 'Map each of our words once.');
    columns.set(ours, theirs);
  }
  return columns;
}

export const misused = (message: string, hint: string): GroundspeedError =>
  new GroundspeedError('usage.argument', `${message[0]!.toUpperCase()}${message.slice(1)}.`, {
    where: '--map',
    hint,
  });

/** The records with their columns under our words. A column that no record has is refused. */
export function mapColumns(
  entries: readonly Entry[],
  columns: ReadonlyMap<string, string>,
  file: string,
): readonly Entry[] {
  if (columns.size === 0) return entries;
  const seen = new Set<string>();
  const mapped = entries.map((entry) => renamed(entry, columns, seen));
  for (const [ours, theirs] of columns) {
    if (entries.length === 0 || seen.has(theirs)) continue;
    const names = [...new Set(entries.slice(0, 100).flatMap((entry) => entry.names))];
    const guess = nearest(theirs, names);
    throw refused(file, `has no column ${JSON.stringify(theirs)} for \`${ours}\``, {
      hint: `${guess === undefined ? '' : `Did you mean ${guess}? `}It has ${names.slice(0, 30).join(', ')}.`,
    });
  }
  return mapped;
}

function renamed(entry: Entry, columns: ReadonlyMap<string, string>, seen: Set<string>): Entry {
  const values = new Map(entry.names.map((name) => [name, entry.raw(name)]));
  const taken = new Map<string, unknown>();
  for (const [ours, theirs] of columns) {
    const value = values.has(theirs) ? values.get(theirs) : deepValue(values, theirs);
    if (value === undefined) continue;
    seen.add(theirs);
    taken.set(ours, value);
  }
  for (const theirs of columns.values()) values.delete(theirs);
  for (const [ours, value] of taken) {
    // What stood under our word means something else to this file: it is reported as not taken over.
    if (values.has(ours)) values.set(`${ours} (not mapped)`, values.get(ours));
    values.set(ours, value);
  }
  return new Entry(Object.fromEntries(values), (field) => {
    return entry.where(field === undefined ? field : (columns.get(field) ?? field));
  });
}

function deepValue(values: ReadonlyMap<string, unknown>, path: string): unknown {
  const [first = '', ...rest] = path.split('.');
  let value = values.get(first);
  for (const step of rest) {
    if (!isObject(value) || !Object.hasOwn(value, step)) return undefined;
    value = value[step];
  }
  return rest.length === 0 ? undefined : value;
}
