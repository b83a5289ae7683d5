import type { Hits } from '../ports.ts';

/**
 * Scores stretched onto [0, 1]: the best of the list gets 1, the worst 0. Where all are equal (a single hit too) each
 * gets 1: nothing says that any of them is bad.
 */
export function minMax(scores: Float64Array): Float64Array {
  let lowest = Number.POSITIVE_INFINITY;
  let highest = Number.NEGATIVE_INFINITY;
  for (const score of scores) {
    if (score < lowest) lowest = score;
    if (score > highest) highest = score;
  }
  const span = highest - lowest;
  return scores.map((score) => (span > 0 ? (score - lowest) / span : 1));
}

/**
 * Convex combination of two rankings (Bruch, Gai and Ingber, "An Analysis of Fusion Functions for Hybrid Retrieval",
 * 2023): (1 − weight) · keyword + weight · vector, each list's scores min–max normalised, 0 for a key that the list
 * lacks. With one list empty this ranks as the other does.
 */
export function fuseConvex(keyword: Hits, vector: Hits, weight: number): Hits {
  return sumByKey([
    { keys: keyword.keys, scores: minMax(keyword.scores).map((score) => (1 - weight) * score) },
    { keys: vector.keys, scores: minMax(vector.scores).map((score) => weight * score) },
  ]);
}

/**
 * Reciprocal rank fusion (Cormack, Clarke and Buettcher, 2009): the sum of 1 / (k + rank) over the lists that hold the
 * key, ranks from 1. Scores count only by their order.
 */
export function fuseReciprocalRanks(lists: readonly Hits[], k: number): Hits {
  return sumByKey(
    lists.map(({ keys }) => ({
      keys,
      scores: Float64Array.from(keys, (_key, index) => 1 / (k + index + 1)),
    })),
  );
}

/** Adds up scores key by key; best first, ties by ascending key. */
function sumByKey(lists: readonly Hits[]): Hits {
  const total = lists.reduce((length, { keys }) => length + keys.length, 0);
  const keys = new Uint32Array(total);
  const scores = new Float64Array(total);
  const slots = new Map<number, number>();
  for (const list of lists) {
    for (let index = 0; index < list.keys.length; index += 1) {
      const key = list.keys[index]!;
      let slot = slots.get(key);
      if (slot === undefined) {
        slot = slots.size;
        slots.set(key, slot);
        keys[slot] = key;
      }
      scores[slot]! += list.scores[index]!;
    }
  }
  const order = Uint32Array.from({ length: slots.size }, (_slot, index) => index);
  order.sort((a, b) => scores[b]! - scores[a]! || keys[a]! - keys[b]!);
  return {
    keys: order.map((slot) => keys[slot]!),
    scores: Float64Array.from(order, (slot) => scores[slot]!),
  };
}
