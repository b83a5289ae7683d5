import type { DatasetCheck, Found } from './check.ts';
import { MOST_SUGGESTIONS, meantBy } from './words.ts';

export const unresolvedIds: DatasetCheck = {
  name: 'unresolved-ids',
  severity: 'error',
  about: 'Every document that a question names is in the corpus',
  needs: ['corpus'],
  run({ questions, documents = new Map() }) {
    const found: Found[] = [];
    for (const { question, where } of questions) {
      const quotes = question.evidence.flat().map(({ document }) => document);
      for (const id of new Set([...question.relevant.keys(), ...quotes])) {
        if (documents.has(id)) continue;
        const meant = found.length < MOST_SUGGESTIONS ? meantBy(id, documents.keys()) : undefined;
        found.push({
          message: `${question.id}: document ${JSON.stringify(id)} is not in the corpus`,
          where,
          hint:
            meant === undefined
              ? 'Add the document, or leave it out of the question.'
              : `Did you mean ${JSON.stringify(meant)}?`,
          questions: [question.id],
        });
      }
    }
    return found;
  },
};
