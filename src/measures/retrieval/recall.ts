import type { RetrievalFamily } from '../measure.ts';
import { countHits, countRelevant } from './relevance.ts';

export const recall: RetrievalFamily = {
  kind: 'retrieval',
  name: 'recall',
  cutoff: 'required',
  description: 'Relevant documents among the first k, over all relevant documents.',
  range: [0, 1],
  citation: 'Cleverdon and Keen, Aslib Cranfield, 1966; as trec_eval computes recall',
  score(ranking, grades, k) {
    const relevant = countRelevant(grades);
    return relevant === 0 ? 0 : countHits(ranking, grades, k) / relevant;
  },
};
