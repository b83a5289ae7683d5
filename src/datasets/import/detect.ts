import { isObject } from './entry.ts';
import type { Importer, Peek } from './importer.ts';
import { candidates } from './question-file.ts';
import { readRecords } from './records.ts';
import { IMPORTERS } from './registry.ts';
import { type NamedFile, refused, type Source } from './source.ts';

export interface Detected {
  readonly importer: Importer;
  /** What was seen: `records with user_input`. */
  readonly because: string;
}

/** The first format that claims the source. Throws `dataset.import` where none does. */
export async function detect(source: Source): Promise<Detected> {
  const { peek, fault } = await peekAt(source);
  for (const importer of IMPORTERS) {
    const because = importer.detect(peek);
    if (because !== undefined) return { importer, because };
  }
  if (fault !== undefined) throw fault;
  const fields = [...peek.fields].slice(0, 20).join(', ');
  throw refused(source.path, 'is in no format that could be told', {
    hint: `${fields === '' ? '' : `Its first record has ${fields}. `}Name the format, with --map for columns of other names. Formats: ${IMPORTERS.map(
      (importer) => `${importer.name} (${importer.detected})`,
    ).join('; ')}.`,
  });
}

const START = 4000;
const READABLE = /\.(jsonl|ndjson|json|csv|ya?ml|tsv|txt|xml|trec|topics?)$/i;

interface Peeked {
  readonly peek: Peek;
  /** Why the fields of the file could not be told. */
  readonly fault?: unknown;
}

async function peekAt(source: Source): Promise<Peeked> {
  const { names } = source;
  const [name] = candidates(names, READABLE);
  if (name === undefined) return { peek: { names, fields: new Set(), start: '', name: '' } };
  const file = await source.read(name);
  const start = new TextDecoder().decode(file.bytes.subarray(0, START));
  const peek = { names, start, name: name.toLowerCase() };
  try {
    return { peek: { ...peek, fields: fieldsOf(file, start) } };
  } catch (fault) {
    // The importer that claims the file by other signs says what is wrong; where none does, this is the reason.
    const header = peek.name.endsWith('.csv') ? headerOf(firstLine(file, start)) : new Set<string>();
    return { peek: { ...peek, fields: header }, fault };
  }
}

/** Fields of the first records; of a file that holds no records, none. */
function fieldsOf(file: NamedFile, start: string): ReadonlySet<string> {
  const name = file.name.toLowerCase();
  if (!name.endsWith('.json') && !name.endsWith('.csv')) {
    const first = parsed(firstLine(file, start));
    if (isObject(first)) return new Set(Object.keys(first));
    if (!/\.(jsonl|ndjson)$/.test(name) && !/^\s*[[{]/.test(start)) return new Set();
  }
  const records = readRecords(file);
  return new Set(records.slice(0, 50).flatMap((entry) => entry.names));
}

function firstLine({ bytes }: NamedFile, start: string): string {
  const newline = bytes.indexOf(0x0a);
  return newline < 0 ? start : new TextDecoder().decode(bytes.subarray(0, newline));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const headerOf = (line: string): ReadonlySet<string> =>
  new Set(line.split(',').map((cell) => cell.trim().replace(/^\ufeff?"?|"$/g, '')));
