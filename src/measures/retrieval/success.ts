import type { RetrievalFamily } from '../measure.ts';
import { countHits } from './relevance.ts';

export const success: RetrievalFamily = {
  kind: 'retrieval',
  name: 'success',
  cutoff: 'required',
  description: 'Whether any relevant document is among the first k (hit rate).',
  range: [0, 1],
  citation: 'As trec_eval computes success',
  score: (ranking, grades, k) => (countHits(ranking, grades, k) > 0 ? 1 : 0),
};
