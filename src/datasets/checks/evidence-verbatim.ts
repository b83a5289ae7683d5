import type { CorpusDocument, EvidenceQuote } from '../golden.ts';
import { locateQuote } from '../quotes.ts';
import type { DatasetCheck, Found } from './check.ts';
import { folded, MOST_SUGGESTIONS, quoted } from './words.ts';

export const evidenceVerbatim: DatasetCheck = {
  name: 'evidence-verbatim',
  severity: 'error',
  about: 'Evidence quotes stand word for word in their documents',
  needs: ['corpus', 'evidence'],
  run({ questions, documents = new Map() }) {
    const found: Found[] = [];
    for (const { question, where } of questions) {
      for (const one of question.evidence.flat()) {
        const document = documents.get(one.document);
        // A document that is not there at all is another check's.
        if (document === undefined || locateQuote(document.text, one.quote).length > 0) continue;
        found.push({
          message: `${question.id}: the quote ${quoted(one.quote)} does not stand in ${JSON.stringify(one.document)}`,
          where,
          hint: hintFor(one, document, found.length < MOST_SUGGESTIONS ? documents : new Map()),
          questions: [question.id],
        });
      }
    }
    return found;
  },
};

/** Where the quote stands instead, if it does anywhere. */
function hintFor(
  { quote }: EvidenceQuote,
  document: CorpusDocument,
  documents: ReadonlyMap<string, CorpusDocument>,
): string {
  if (locateQuote(document.title, quote).length > 0)
    return 'It stands in the title only: quote the text of the document.';
  if (folded(document.text).includes(folded(quote)))
    return 'It stands there in other capitals: copy it exactly.';
  for (const other of documents.values()) {
    if (locateQuote(other.text, quote).length > 0) {
      return `It stands in ${JSON.stringify(other.id)}: name that document.`;
    }
  }
  return 'Copy a stretch of the document as it is, without leaving anything out.';
}
