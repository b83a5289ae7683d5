import type { RetrievalFamily } from '../measure.ts';

export const judged: RetrievalFamily = {
  kind: 'retrieval',
  name: 'judged',
  cutoff: 'required',
  description:
    'Share of the first k documents (or of as many as were found) that were judged at all: low values make the other measures doubtful.',
  range: [0, 1],
  citation: 'As ir_measures computes Judged; a grade below 0 counts as unjudged',
  score(ranking, grades, k) {
    const depth = Math.min(k, ranking.length);
    if (depth === 0) return 0;
    let count = 0;
    for (let index = 0; index < depth; index += 1) if ((grades.get(ranking[index]!) ?? -1) >= 0) count += 1;
    return count / depth;
  },
};
