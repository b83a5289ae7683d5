import { sortedFinite } from './walsh.ts';

/**
 * How far two groups lie apart, whatever their scale: P[a > b] − P[a < b] over all pairs of a value of each (Cliff,
 * Psychological Bulletin 114, 1993). 1 where every `a` is above every `b`, −1 the other way round, 0 where neither is the
 * larger more often. Null where a group is empty. Throws a RangeError for a value that is not finite.
 */
export function cliffsDelta(a: ArrayLike<number>, b: ArrayLike<number>): number | null {
  if (a.length === 0 || b.length === 0) return null;
  const ascending = sortedFinite(b);
  let dominance = 0;
  let below = 0;
  let upTo = 0;
  for (const value of sortedFinite(a)) {
    while (below < ascending.length && ascending[below]! < value) below += 1;
    while (upTo < ascending.length && ascending[upTo]! <= value) upTo += 1;
    dominance += below - (ascending.length - upTo);
  }
  return dominance / (a.length * b.length);
}
