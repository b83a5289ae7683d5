import type { Grades, RetrievalFamily } from '../measure.ts';

export const ndcg: RetrievalFamily = {
  kind: 'retrieval',
  name: 'ndcg',
  cutoff: 'optional',
  description:
    'Discounted cumulative gain of the first k documents (or of all), as a share of the best possible.',
  range: [0, 1],
  gain: 'linear: the grade itself; grades below 1 gain nothing',
  discount: 'log2(rank + 1)',
  citation: 'Järvelin and Kekäläinen, ACM TOIS 20(4), 2002; as trec_eval computes ndcg and ndcg_cut',
  score(ranking, grades, k) {
    const ideal = idealGain(grades, k);
    if (ideal === 0) return 0;
    const depth = Math.min(k, ranking.length);
    let gain = 0;
    for (let index = 0; index < depth; index += 1) {
      const grade = grades.get(ranking[index]!) ?? 0;
      if (grade > 0) gain += grade / Math.log2(index + 2);
    }
    return gain / ideal;
  },
};

function idealGain(grades: Grades, k: number): number {
  const best = [...grades.values()].filter((grade) => grade > 0).sort((a, b) => b - a);
  const depth = Math.min(k, best.length);
  let gain = 0;
  for (let index = 0; index < depth; index += 1) gain += best[index]! / Math.log2(index + 2);
  return gain;
}
