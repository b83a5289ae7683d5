import { messageOf } from '../../kernel/errors.ts';
import { CSV_HINT, csvRows } from '../csv-rows.ts';
import { unguarded } from '../export/cells.ts';
import { decodeLines, excerpt, parseJsonLine } from '../lines.ts';
import type { Losses } from '../loss.ts';
import { Entry, isObject } from './entry.ts';
import { type JsonPath, lineOf, pathText } from './json-place.ts';
import { jsonTextOf, type NamedFile, parquet, refuseBinary, refuseDeep, refused, textOf } from './source.ts';

/** How a file of records is laid out. */
export type RecordLayout = 'json' | 'jsonl' | 'csv';

/** By its name; by its first character where the name does not say. Parquet is refused (`dataset.import`). */
export function layoutOf({ name, bytes }: NamedFile): RecordLayout {
  const lower = name.toLowerCase();
  if (lower.endsWith('.parquet')) throw parquet(name);
  if (lower.endsWith('.csv')) return 'csv';
  if (/\.(jsonl|ndjson)$/.test(lower)) return 'jsonl';
  const start = new TextDecoder().decode(bytes.subarray(0, 200)).trim();
  if (lower.endsWith('.json') && !start.startsWith('{')) return 'json';
  if (start.startsWith('[')) return 'json';
  return start.startsWith('{') ? (isLines(bytes) ? 'jsonl' : 'json') : 'csv';
}

/** Whether the first line that is not blank is a whole JSON object, and is not all there is. */
function isLines(bytes: Uint8Array): boolean {
  const end = bytes.indexOf(0x0a);
  if (end < 0) return false;
  try {
    return isObject(JSON.parse(new TextDecoder().decode(bytes.subarray(0, end))));
  } catch {
    return false;
  }
}

/** Names under which exports wrap their list of records. */
const WRAPPERS = [
  'data',
  'items',
  'examples',
  'goldens',
  'test_cases',
  'samples',
  'results',
  'rows',
  'tests',
];

/**
 * The records of a file, in order: items of a JSON list (or of an object with one, as `{"data": […]}`), JSON lines, or
 * rows of a CSV file under its header. What else the file holds is a loss. Throws `dataset.line` and `dataset.import`.
 */
export function readRecords(file: NamedFile, losses?: Losses): Entry[] {
  switch (layoutOf(file)) {
    case 'csv':
      return csvRecords(file);
    case 'jsonl':
      return lineRecords(file);
    case 'json':
      return jsonRecords(file, losses);
  }
}

function lineRecords(file: NamedFile): Entry[] {
  refuseBinary(file);
  refuseDeep(file);
  return Array.from(decodeLines(file.bytes, file.name), (line) => {
    const where = `${file.name}:${line.number}`;
    return new Entry(parseJsonLine(line, file.name), () => where);
  });
}

/** A JSON file's value, and a way to say where a part of it stands. */
export interface JsonFile {
  readonly value: unknown;
  readonly where: (path: JsonPath) => string;
}

export function readJson(file: NamedFile): JsonFile {
  const text = jsonTextOf(file);
  try {
    return {
      value: JSON.parse(text),
      where: (path) => {
        const place = path.length === 0 ? '' : ` ${excerptPath(path)}`;
        return `${file.name}:${lineOf(text, path)}${place}`;
      },
    };
  } catch (cause) {
    throw notJson(file.name, text, cause);
  }
}

function excerptPath(path: JsonPath): string {
  const text = pathText(path);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: names of fields may hold anything
  return text.length > 100 || /[\u0000-\u001f]/.test(text) ? excerpt(text) : text;
}

function notJson(name: string, text: string, cause: unknown): Error {
  const message = messageOf(cause);
  const position = Number(/position (\d+)/.exec(message)?.[1] ?? text.length);
  const line = text.slice(0, position).split('\n').length;
  const reason = message
    .replace(/,? ?(\.\.\.)?".*is not valid JSON$/s, '')
    .replace(/ in JSON at position.*$/s, '');
  return refused(`${name}:${line}`, `is not JSON: ${reason}, near ${excerpt(text, position)}`, {
    cause,
    hint: 'A file that breaks off was cut short. JSON lines need a name that ends in .jsonl.',
  });
}

function jsonRecords(file: NamedFile, losses: Losses | undefined): Entry[] {
  const json = readJson(file);
  const { path, list } = listOf(json, file.name);
  if (losses !== undefined) reportWrapper(json, path, losses);
  return list.map((item, index) => {
    const at = [...path, index];
    const where = (field?: string): string => json.where(field === undefined ? at : [...at, field]);
    if (!isObject(item)) {
      throw refused(where(), `is not a JSON object: ${excerpt(JSON.stringify(item))}`, {
        hint: 'Each item of the list must be one object.',
      });
    }
    return new Entry(item, where);
  });
}

function listOf(json: JsonFile, name: string): { path: JsonPath; list: readonly unknown[] } {
  if (Array.isArray(json.value)) return { path: [], list: json.value };
  if (isObject(json.value)) {
    for (const wrapper of WRAPPERS) {
      const list = json.value[wrapper];
      if (Array.isArray(list)) {
        refuseFurtherPages(json.value, name);
        return { path: [wrapper], list };
      }
    }
    if (Object.values(json.value).some((value) => !Array.isArray(value) && !isObject(value))) {
      return { path: [], list: [json.value] };
    }
  }
  throw refused(`${name}:1`, 'holds no list of records', {
    hint: `Give a JSON list of objects, an object with such a list under one of ${WRAPPERS.join(', ')}, or JSON lines.`,
  });
}

/** What stands beside the list in the object that wraps it. */
function reportWrapper({ value, where }: JsonFile, path: JsonPath, losses: Losses): void {
  if (!isObject(value) || path.length === 0) return;
  const wrapper = new Entry(value, (field) => where(field === undefined ? [] : [field]));
  wrapper.ignore(String(path[0]));
  wrapper.reportRest(losses, 'file');
}

/** An export that says it is one page of several would give a set smaller than the one that was meant. */
function refuseFurtherPages(value: Record<string, unknown>, name: string): void {
  const { meta } = value;
  if (!isObject(meta) || typeof meta.totalPages !== 'number' || meta.totalPages <= 1) return;
  throw refused(`${name}:1`, `is one page of ${meta.totalPages} (\`meta.totalPages\`)`, {
    hint: 'Fetch all pages, and put their items into one file.',
  });
}

function csvRecords(file: NamedFile): Entry[] {
  const [header, ...rows] = csvRows(textOf(file), file.name, {
    fault: ({ where, problem, cause }) => refused(where, problem, { cause, hint: CSV_HINT }),
  });
  if (header === undefined) return [];
  const names = header.cells.map((name) => name.trim());
  const twice = names.find((name, index) => name !== '' && names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw refused(`${file.name}:1`, `has two columns ${excerpt(twice)}`, {
      hint: 'Give each column a name of its own.',
    });
  }
  return rows.map(({ cells, line }) => {
    const named = cells.map((cell, index) => {
      return [names[index] || `column ${index + 1}`, unguarded(cell.trim())] as const;
    });
    const where = `${file.name}:${line}`;
    return new Entry(Object.fromEntries(named), () => where);
  });
}
