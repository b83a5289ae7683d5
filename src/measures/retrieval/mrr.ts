import type { RetrievalFamily } from '../measure.ts';
import { isRelevant } from './relevance.ts';

export const mrr: RetrievalFamily = {
  kind: 'retrieval',
  name: 'mrr',
  cutoff: 'none',
  description: 'Reciprocal rank of the first relevant document, 0 where none was found.',
  range: [0, 1],
  citation: 'Kantor and Voorhees, Information Retrieval 2, 2000; as trec_eval computes recip_rank',
  score(ranking, grades) {
    const index = ranking.findIndex((id) => isRelevant(grades, id));
    return index < 0 ? 0 : 1 / (index + 1);
  },
};
