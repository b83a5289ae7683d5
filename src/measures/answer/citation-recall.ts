import type { AnswerFamily } from '../measure.ts';
import { citedPassages } from './relevant-passage.ts';

export const citationRecall: AnswerFamily = {
  kind: 'answer',
  name: 'citation-recall',
  cutoff: 'none',
  reads: 'citations',
  description:
    'Relevant passages of the context that the answer cites, over all relevant passages of the context. Over answers that had any.',
  range: [0, 1],
  citation: 'After Gao et al., EMNLP 2023 (ALCE), with golden evidence in place of an entailment model',
  score(input) {
    const passages = citedPassages(input);
    if (passages === undefined) return null;
    const shown = passages.relevant.slice(0, input.returned?.contextSize);
    const relevant = shown.filter(Boolean).length;
    if (relevant === 0) return null;
    return passages.cited.filter((index) => shown[index]).length / relevant;
  },
};
