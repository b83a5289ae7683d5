import type { Fields } from './fields.ts';
import type { EvidenceQuote } from './golden.ts';

const SHAPE = 'must be a list of {document, quote}, or of lists of them';

/**
 * The `evidence` field as AND of ORs: each item of the list must be covered; an item that is itself a list is covered
 * by any one of its quotes. So `[a, b]` asks for both, and `[[a, b]]` for either.
 */
export function parseEvidence(fields: Fields): readonly (readonly EvidenceQuote[])[] {
  const value = fields.value('evidence');
  if (value === undefined) return [];
  const groups = readEvidence(value);
  if (groups === undefined) throw fields.wrong('evidence', SHAPE);
  return groups;
}

/** As `parseEvidence`, but undefined for whatever else a set may keep under that name. */
export function readEvidence(value: unknown): readonly (readonly EvidenceQuote[])[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const groups: EvidenceQuote[][] = [];
  for (const item of value) {
    const quotes = (Array.isArray(item) ? item : [item]).map(quoteOf);
    if (quotes.length === 0 || !quotes.every((quote) => quote !== undefined)) return undefined;
    groups.push(quotes);
  }
  return groups;
}

function quoteOf(value: unknown): EvidenceQuote | undefined {
  if (value === null || typeof value !== 'object') return undefined;
  const { document, quote } = value as Record<string, unknown>;
  const id = Number.isSafeInteger(document) ? String(document) : document;
  if (typeof id !== 'string' || id === '' || typeof quote !== 'string' || quote.trim() === '')
    return undefined;
  return { document: id, quote };
}
