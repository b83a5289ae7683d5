import type { RetrievalFamily } from '../measure.ts';
import { countHits, countRelevant } from './relevance.ts';

export const rPrecision: RetrievalFamily = {
  kind: 'retrieval',
  name: 'r-precision',
  cutoff: 'none',
  description: 'Precision among the first R documents, where R is the number of relevant ones.',
  range: [0, 1],
  citation: 'Buckley and Voorhees, SIGIR 2000; as trec_eval computes Rprec',
  score(ranking, grades) {
    const relevant = countRelevant(grades);
    return relevant === 0 ? 0 : countHits(ranking, grades, relevant) / relevant;
  },
};
