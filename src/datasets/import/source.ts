import { GroundspeedError } from '../../kernel/errors.ts';
import { decodeText } from '../lines.ts';

/** A file's name, as errors and losses have it, and its bytes. */
export interface NamedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** What the user named: a folder, or a file that stands for itself. */
export interface Source {
  readonly path: string;
  /** Files within: those of the folder, and of its `qrels`; of a file, that file. Sorted. */
  readonly names: readonly string[];
  read(name: string): Promise<NamedFile>;
}

export interface RefusalDetails {
  readonly hint?: string;
  readonly cause?: unknown;
}

/** The error over something that cannot be taken over: `where` is the file and line, `problem` continues it. */
export function refused(where: string, problem: string, details: RefusalDetails = {}): GroundspeedError {
  return new GroundspeedError('dataset.import', `${where} ${problem}.`, { where, ...details });
}

const NUL = 0;
const NEWLINE = 0x0a;
/** No export nests its fields by more than a handful; JSON made to exhaust the stack does. */
const DEEPEST = 200;

/**
 * The text of a UTF-8 file. What is mis-encoded (another encoding, NUL characters, a binary file) is refused with its
 * line: it would be read as other questions than were written. Throws `dataset.line` and `dataset.import`.
 */
export function textOf({ bytes, name }: NamedFile): string {
  refuseBinary({ bytes, name });
  const text = decodeText(bytes, name);
  return text;
}

/** Refuses NUL characters (UTF-16 without a mark, a binary file) and Parquet, with the line. */
export function refuseBinary({ bytes, name }: NamedFile): void {
  if (bytes[0] === 0x50 && bytes[1] === 0x41 && bytes[2] === 0x52 && bytes[3] === 0x31) throw parquet(name);
  const marked = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  const at = bytes.indexOf(NUL);
  if (at < 0 && !marked) return;
  const where = `${name}:${marked ? 1 : 1 + countOf(bytes, NEWLINE, at)}`;
  throw refused(where, marked ? 'is not UTF-8 but UTF-16' : 'holds a NUL character', {
    hint: 'The file looks like UTF-16, or is no text at all. Save it as UTF-8.',
  });
}

export function parquet(name: string): GroundspeedError {
  return refused(name, 'is a Parquet file, which is not read', {
    hint: `Write it as JSON lines first: python -c "import pandas; pandas.read_parquet('${name.replaceAll(/["'\\$`]/g, '')}').to_json('qa.jsonl', orient='records', lines=True)"`,
  });
}

function countOf(bytes: Uint8Array, wanted: number, end: number): number {
  let count = 0;
  for (let at = bytes.indexOf(wanted); at >= 0 && at < end; at = bytes.indexOf(wanted, at + 1)) count += 1;
  return count;
}

/** Refuses JSON (lines) whose values nest so deep that no later step could hold them. */
export function refuseDeep({ bytes, name }: NamedFile): void {
  let depth = 0;
  let line = 1;
  let quoted = false;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === NEWLINE) {
      line += 1;
      // No string of JSON spans lines: a broken one ends with its line.
      quoted = false;
    } else if (quoted) {
      if (byte === 0x5c) at += bytes[at + 1] === NEWLINE ? 0 : 1;
      else if (byte === 0x22) quoted = false;
    } else if (byte === 0x22) quoted = true;
    else if (byte === 0x5b || byte === 0x7b) {
      depth += 1;
      if (depth > DEEPEST) {
        throw refused(`${name}:${line}`, `nests its values more than ${DEEPEST} deep`, {
          hint: 'No golden set does. Look for a file that was damaged, or made to do harm.',
        });
      }
    } else if ((byte === 0x5d || byte === 0x7d) && depth > 0) depth -= 1;
  }
}

/** The text of a file of JSON or JSON lines: as `textOf`, and not too deep. */
export function jsonTextOf(file: NamedFile): string {
  const text = textOf(file);
  refuseDeep(file);
  return text;
}
