import { hasRelevant } from '../case.ts';
import type { AnswerFamily } from '../measure.ts';
import { relevantPassages } from './relevant-passage.ts';

/**
 * Σ(P@k · v_k) / (relevant passages in the top K), for k from 1 to K, where v_k is 1 when passage k is relevant: ragas'
 * “context precision”. A passage is relevant when it shows half of a golden quote or more, without quotes when it is of
 * a relevant document; ragas asks a model, or compares with reference contexts or their ids.
 */
export const contextPrecision: AnswerFamily = {
  kind: 'answer',
  name: 'context-precision',
  cutoff: 'optional',
  reads: 'passages',
  description:
    'Mean of the precisions at the ranks of the relevant passages, within the top K passages; 0 where none of them is relevant. By golden evidence, without it by relevant documents. Over answerable questions that name any.',
  range: [0, 1],
  citation:
    'Es et al., EACL 2024 (ragas), and its documentation: Context Precision@K = Σ(Precision@k × v_k) / relevant items in the top K',
  score(input, k) {
    const { question, returned } = input;
    if (!question.answerable || (question.evidence.length === 0 && !hasRelevant(question))) return null;
    if (returned === undefined) return 0;
    const relevant = relevantPassages(input)?.slice(0, k);
    if (relevant === undefined) return null;
    let found = 0;
    let sum = 0;
    for (const [index, isRelevant] of relevant.entries()) {
      if (!isRelevant) continue;
      found += 1;
      sum += found / (index + 1);
    }
    return found === 0 ? 0 : sum / found;
  },
};
