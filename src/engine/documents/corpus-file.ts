import { messageOf } from '../../kernel/errors.ts';
import type { SourceDocument } from '../ports.ts';
import { readLines } from './lines.ts';
import { hasText, type SourceItem } from './source.ts';
import { unreadable } from './unreadable.ts';
import { decodeUtf8 } from './utf8.ts';
import type { FoundFile } from './walk.ts';

/** A document, or its failure, and where it stands: `corpus.jsonl:17`. */
export interface CorpusEntry {
  readonly item: SourceItem;
  readonly where: string;
}

/**
 * A corpus of one JSON document a line, as BEIR has it: `_id` (or `id`), `text`, and perhaps `title` and `metadata`.
 * Blank lines are passed over. A bad line fails alone.
 */
export async function* readCorpusFile(file: FoundFile, maxLineBytes: number): AsyncGenerator<CorpusEntry> {
  if (file.size === 0) {
    const message = `${file.path}: the file is empty (0 bytes)`;
    yield {
      item: { failure: { id: file.name, code: 'document.empty', message }, unidentified: true },
      where: file.path,
    };
    return;
  }
  try {
    for await (const { number, bytes } of readLines(file.path, maxLineBytes)) {
      const where = `${file.path}:${number}`;
      const entry = bytes === undefined ? tooLarge(maxLineBytes) : parseLine(bytes);
      if (entry === undefined) continue;
      if ('document' in entry) {
        yield { item: entry, where };
        continue;
      }
      const failure = {
        id: entry.id ?? `${file.name}:${number}`,
        code: entry.code,
        message: `${where}: ${entry.why}`,
      };
      yield { item: entry.id === undefined ? { failure, unidentified: true } : { failure }, where };
    }
  } catch (cause) {
    yield {
      item: { failure: unreadable(file.path, file.name, cause), unidentified: true },
      where: file.path,
    };
  }
}

interface Fault {
  /** Undefined where the line does not tell. */
  readonly id: string | undefined;
  readonly code: 'document.tooLarge' | 'document.encoding' | 'document.line' | 'document.empty';
  readonly why: string;
}

const fault = (code: Fault['code'], why: string, id?: string): Fault => ({ id, code, why });

function tooLarge(limit: number): Fault {
  return fault(
    'document.tooLarge',
    `the line is longer than documents.maxFileSize (${limit} bytes); split the document, or raise the setting`,
  );
}

function parseLine(bytes: Uint8Array): { document: SourceDocument } | Fault | undefined {
  const decoded = decodeUtf8(bytes);
  if ('invalidAt' in decoded) {
    return fault('document.encoding', `byte ${decoded.invalidAt} of the line is not valid UTF-8`);
  }
  if (!hasText(decoded.text)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(decoded.text);
  } catch (cause) {
    // The engine of JavaScript repeats the line, or some of it, and what was said already.
    const why = messageOf(cause).replace(/,? ?(\.\.\.)?".*is not valid JSON$/, '');
    return fault('document.line', `the line is not valid JSON: ${why}`);
  }
  if (!isObject(value)) return fault('document.line', 'the line is JSON, but not an object');
  return toDocument(value);
}

function toDocument(line: Readonly<Record<string, unknown>>): { document: SourceDocument } | Fault {
  const givenId = line._id ?? line.id;
  if ((typeof givenId !== 'string' && typeof givenId !== 'number') || givenId === '') {
    return fault('document.line', 'the document has no "_id" (or "id")');
  }
  const id = wellFormed(String(givenId));
  const { title = '', text = '', metadata } = line;
  if (typeof text !== 'string') return fault('document.line', `"text" of document ${id} is not a string`, id);
  if (typeof title !== 'string' && title !== null) {
    return fault('document.line', `"title" of document ${id} is not a string`, id);
  }
  if (metadata !== undefined && metadata !== null && !isObject(metadata)) {
    return fault('document.line', `"metadata" of document ${id} is not an object`, id);
  }
  if (!hasText(text)) return fault('document.empty', `document ${id} has no text`, id);
  return {
    document: { id, title: wellFormed(title ?? ''), text: wellFormed(text), metadata: metadata ?? {} },
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** JSON can spell half a surrogate pair, which UTF-8, and so the store, cannot hold: replaced as a decoder would. */
function wellFormed(text: string): string {
  return text.replaceAll(/\p{Surrogate}/gu, '\uFFFD');
}
