import type { AnswerFamily } from '../measure.ts';
import { citedPassages } from './relevant-passage.ts';

export const citationPrecision: AnswerFamily = {
  kind: 'answer',
  name: 'citation-precision',
  cutoff: 'none',
  reads: 'citations',
  description: 'Cited passages that are relevant, over cited passages. Over answers that cite anything.',
  range: [0, 1],
  citation: 'After Gao et al., EMNLP 2023 (ALCE), with golden evidence in place of an entailment model',
  score(input) {
    const passages = citedPassages(input);
    if (passages === undefined || passages.cited.length === 0) return null;
    const { relevant, cited } = passages;
    return cited.filter((index) => relevant[index]).length / cited.length;
  },
};
