import type { RetrievalFamily } from '../measure.ts';
import { countHits } from './relevance.ts';

export const precision: RetrievalFamily = {
  kind: 'retrieval',
  name: 'precision',
  cutoff: 'required',
  description: 'Relevant documents among the first k, over k, however few were found.',
  range: [0, 1],
  citation: 'Cleverdon and Keen, Aslib Cranfield, 1966; as trec_eval computes P',
  score: (ranking, grades, k) => countHits(ranking, grades, k) / k,
};
