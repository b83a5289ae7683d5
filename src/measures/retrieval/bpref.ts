import type { RetrievalFamily } from '../measure.ts';
import { countRelevant } from './relevance.ts';

/**
 * With R relevant and N documents judged not relevant: (1/R) Σ over retrieved relevant documents of
 * 1 − min(judged and not relevant above it, R) / min(N, R). Unjudged documents are passed over.
 */
export const bpref: RetrievalFamily = {
  kind: 'retrieval',
  name: 'bpref',
  cutoff: 'none',
  description:
    'Binary preference: how seldom documents judged not relevant stand above relevant ones; unjudged ones do not count.',
  range: [0, 1],
  citation: 'Buckley and Voorhees, SIGIR 2004; as trec_eval computes bpref',
  score(ranking, grades) {
    const relevant = countRelevant(grades);
    if (relevant === 0) return 0;
    let notRelevant = 0;
    for (const grade of grades.values()) if (grade === 0) notRelevant += 1;
    const bound = Math.min(notRelevant, relevant);
    let above = 0;
    let sum = 0;
    for (const id of ranking) {
      const grade = grades.get(id);
      if (grade === undefined || grade < 0) continue;
      if (grade === 0) above += 1;
      else sum += above === 0 ? 1 : 1 - Math.min(above, relevant) / bound;
    }
    return sum / relevant;
  },
};
