import { Fields } from './fields.ts';
import type { CorpusDocument, DatasetWarning } from './golden.ts';
import { UniqueIds } from './ids.ts';
import { decodeLines } from './lines.ts';

/** Matches half a surrogate pair: JSON can escape one, and no file or index can hold it. */
const LONE_SURROGATE = /\p{Surrogate}/u;

export interface ParsedCorpus {
  readonly documents: readonly CorpusDocument[];
  readonly warnings: readonly DatasetWarning[];
}

/**
 * Reads `corpus.jsonl`: `id` (or BEIR's `_id`), `text`, and where it has them `title` and `metadata`. A document with
 * neither title nor text is kept, with a warning, so that the corpus counts as many documents as its file has.
 * Throws `dataset.line` and `dataset.duplicate`.
 */
export function parseCorpus(bytes: Uint8Array, file: string): ParsedCorpus {
  const documents: CorpusDocument[] = [];
  const warnings: DatasetWarning[] = [];
  const ids = new UniqueIds('document');
  for (const line of decodeLines(bytes, file)) {
    const fields = Fields.ofLine(line, file);
    const { where } = fields;
    const document = {
      id: fields.id('id', '_id'),
      title: fields.optionalText('title') ?? '',
      text: fields.text('text'),
      metadata: fields.object('metadata'),
    };
    ids.add(document.id, where);
    documents.push(document);
    if (document.text.trim() === '' && document.title.trim() === '') {
      const message = `Document ${JSON.stringify(document.id)} has neither title nor text.`;
      warnings.push({ code: 'empty-document', message, where });
    }
    if (line.text.includes('\\u') && LONE_SURROGATE.test(document.title + document.text)) {
      const message = `Document ${JSON.stringify(document.id)} holds half a character (a lone surrogate).`;
      warnings.push({ code: 'encoding', message, where });
    }
  }
  return { documents, warnings };
}
