import { hasRelevant } from '../case.ts';
import { coveredAt, showsText } from '../evidence.ts';
import type { AnswerFamily } from '../measure.ts';

/**
 * ragas' “context recall”, of what the reference rests on the share that was retrieved, with golden evidence for its
 * reference contexts: |quotes that the passages show| / |quotes|. Without quotes (or without text) it is ragas'
 * id-based form: |relevant documents retrieved| / |relevant documents|.
 */
export const contextRecall: AnswerFamily = {
  kind: 'answer',
  name: 'context-recall',
  cutoff: 'none',
  reads: 'passages',
  description:
    'Golden quotes of which the passages, together, show 90 % or more, over all quotes (of alternatives, one is enough); without quotes, relevant documents among the passages, over all relevant documents.',
  range: [0, 1],
  citation:
    'Es et al., EACL 2024 (ragas), and its documentation: Context Recall = retrieved relevant contexts / reference contexts',
  score({ question, returned, documentText }) {
    if (!question.answerable || (question.evidence.length === 0 && !hasRelevant(question))) return null;
    if (returned === undefined) return 0;
    const { passages } = returned;
    if (passages === undefined) return null;
    if (question.evidence.length > 0 && showsText(passages, documentText)) {
      const shown = question.evidence.filter((group) =>
        group.some((quote) => coveredAt(quote, passages, documentText) !== null),
      );
      return shown.length / question.evidence.length;
    }
    const relevant = [...question.relevant].filter(([, grade]) => grade > 0).map(([document]) => document);
    if (relevant.length === 0) return null;
    const retrieved = new Set(passages.map(({ documentId }) => documentId));
    return relevant.filter((document) => retrieved.has(document)).length / relevant.length;
  },
};
