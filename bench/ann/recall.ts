import type { Hits, VectorIndex } from '../../src/engine/ports.ts';
import { mean } from '../../src/statistics/quantiles.ts';

/** Exact similarities of one query to every vector, by key, and the k-th best of them. */
export interface Truth {
  readonly scores: Float64Array;
  readonly threshold: number;
}

/** What an exact index says of each query: it is asked for all that it holds. Keys are 1 to `exact.size`. */
export async function truthsOf(
  exact: VectorIndex,
  queries: readonly Float32Array[],
  k: number,
): Promise<Truth[]> {
  const truths: Truth[] = [];
  for (const query of queries) {
    const all = await exact.search(query, exact.size);
    const scores = new Float64Array(exact.size + 1);
    for (const [rank, key] of all.keys.entries()) scores[key] = all.scores[rank]!;
    truths.push({ scores, threshold: all.scores[k - 1]! });
  }
  return truths;
}

/**
 * Recall@k by distance: the share of k found keys that are as near as the k-th nearest. Vectors at the same distance
 * are equally right, whichever of them the exact search happens to list (as in ann-benchmarks).
 */
export function recallByThreshold(
  { keys }: Pick<Hits, 'keys'>,
  { scores, threshold }: Truth,
  k: number,
): number {
  let right = 0;
  for (const key of keys.subarray(0, k)) if (scores[key]! >= threshold) right += 1;
  return right / k;
}

export async function meanRecall(
  index: VectorIndex,
  { queries, truths, k }: { queries: readonly Float32Array[]; truths: readonly Truth[]; k: number },
): Promise<number> {
  const recalls: number[] = [];
  for (const [number, query] of queries.entries()) {
    recalls.push(recallByThreshold(await index.search(query, k), truths[number]!, k));
  }
  return mean(recalls);
}
