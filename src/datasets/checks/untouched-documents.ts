import type { DatasetCheck } from './check.ts';
import { counted, some } from './words.ts';

export const untouchedDocuments: DatasetCheck = {
  name: 'untouched-documents',
  severity: 'warning',
  about: 'Some question touches every document',
  needs: ['corpus'],
  run({ questions, documents = new Map() }) {
    const touched = new Set(
      questions.flatMap(({ question }) => [
        ...question.relevant.keys(),
        ...question.evidence.flat().map(({ document }) => document),
      ]),
    );
    const untouched = [...documents.keys()].filter((id) => !touched.has(id));
    if (untouched.length === 0) return [];
    const share = Math.round((100 * untouched.length) / documents.size);
    return [
      {
        message: `${counted(untouched.length, 'document')} of ${documents.size} (${share} %) ${untouched.length === 1 ? 'is' : 'are'} in no question's judgements: ${some(untouched)}`,
        where: 'corpus.jsonl',
        hint: 'Nothing is measured about them but that they may distract. Ask about those that your users ask about.',
      },
    ];
  },
};
