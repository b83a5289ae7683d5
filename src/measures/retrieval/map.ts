import type { RetrievalFamily } from '../measure.ts';
import { countRelevant, isRelevant } from './relevance.ts';

export const map: RetrievalFamily = {
  kind: 'retrieval',
  name: 'map',
  cutoff: 'optional',
  description:
    'Average precision: precision at each relevant document (within the first k), summed, over all relevant documents.',
  range: [0, 1],
  citation: 'Buckley and Voorhees, SIGIR 2000; as trec_eval computes map and map_cut',
  score(ranking, grades, k) {
    const relevant = countRelevant(grades);
    if (relevant === 0) return 0;
    const depth = Math.min(k, ranking.length);
    let hits = 0;
    let sum = 0;
    for (let index = 0; index < depth; index += 1) {
      if (!isRelevant(grades, ranking[index])) continue;
      hits += 1;
      sum += hits / (index + 1);
    }
    return sum / relevant;
  },
};
