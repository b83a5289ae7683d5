import type { Grades } from '../measure.ts';

export const isRelevant = (grades: Grades, id: string | undefined): boolean =>
  id !== undefined && (grades.get(id) ?? 0) > 0;

export function countRelevant(grades: Grades): number {
  let count = 0;
  for (const grade of grades.values()) if (grade > 0) count += 1;
  return count;
}

/** Relevant documents among the first k. */
export function countHits(ranking: readonly string[], grades: Grades, k: number): number {
  const depth = Math.min(k, ranking.length);
  let hits = 0;
  for (let rank = 0; rank < depth; rank += 1) if (isRelevant(grades, ranking[rank])) hits += 1;
  return hits;
}
