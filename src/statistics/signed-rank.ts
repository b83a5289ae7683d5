import { normalCdf } from './distributions.ts';
import { sortedFinite, walshAverage, walshCount, walshSample } from './walsh.ts';

export type Alternative = 'two-sided' | 'greater' | 'less';

/** Up to so many values the null distribution is exact; beyond, normal with a continuity correction. */
export const EXACT_UP_TO = 200;

/**
 * Wilcoxon's signed-rank test of whether paired differences centre on 0 (Biometrics Bulletin 1, 1945); `greater`: whether above it.
 * Zeros say nothing about a direction, and are left out first, as Wilcoxon did. Ties among the sizes share the mean of
 * their ranks, and the null distribution is that of these very ranks, so p stays exact. From 201 values on it is the
 * normal approximation with the same ranks (Lehmann, Nonparametrics, 1975, §3.2). In (0, 1]; 1 where nothing differs.
 * Two-sided: twice the smaller tail. Throws a RangeError for a value that is not finite.
 */
export function signedRankP(values: ArrayLike<number>, alternative: Alternative): number {
  const { ranks, positive, total } = doubledRanks(values);
  if (ranks.length === 0) return 1;
  const tail = (sum: number): number => lowerTail(ranks, sum);
  // The null distribution is symmetric about half of the total: an upper tail is the lower one of what is left.
  if (alternative === 'greater') return tail(total - positive);
  if (alternative === 'less') return tail(positive);
  return Math.min(1, 2 * tail(Math.min(positive, total - positive)));
}

/**
 * Bounds for the centre of paired differences that are symmetric about it, each one-sided: it lies below `low` in at
 * most a share `alpha` of samples, above `high` in as many. The values of the centre that the signed-rank test at
 * `alpha` does not reject, which lie between two Walsh averages (Tukey 1949; Hollander and Wolfe, Nonparametric Statistical
 * Methods, 3rd ed., §3.3). Zeros and ties are kept: they can only make the bounds hold more often (Noether, JASA 62, 1967).
 * Null where 2⁻ⁿ > alpha, since so few values never reach it: at 0.005, fewer than eight.
 * Throws a RangeError for a value that is not finite.
 */
export function signedRankBounds(
  values: ArrayLike<number>,
  alpha: number,
): { low: number; high: number } | null {
  const sample = walshSample(values);
  if (sample === null) return null;
  const count = walshCount(sample.length);
  const outside = averagesOutside(sample.length, alpha);
  if (outside === 0) return null;
  return { low: walshAverage(sample, outside), high: walshAverage(sample, count + 1 - outside) };
}

interface DoubledRanks {
  /** Twice the ranks of the sizes of all values but zeros, ascending: whole numbers even where ties share one. */
  readonly ranks: Int32Array;
  /** The sum of those that belong to positive values. */
  readonly positive: number;
  readonly total: number;
}

function doubledRanks(values: ArrayLike<number>): DoubledRanks {
  const sorted = sortedFinite(values).filter((value) => value !== 0);
  sorted.sort((a, b) => Math.abs(a) - Math.abs(b));
  const ranks = new Int32Array(sorted.length);
  let positive = 0;
  for (let from = 0; from < sorted.length; ) {
    let to = from + 1;
    while (to < sorted.length && Math.abs(sorted[to]!) === Math.abs(sorted[from]!)) to += 1;
    // Twice the mean of the ranks from + 1 … to.
    ranks.fill(from + 1 + to, from, to);
    for (let index = from; index < to; index += 1) if (sorted[index]! > 0) positive += from + 1 + to;
    from = to;
  }
  return { ranks, positive, total: sorted.length * (sorted.length + 1) };
}

/** P[S ≤ sum], where S adds each doubled rank or not, by the fall of a fair coin. Never 0. */
function lowerTail(ranks: Int32Array, sum: number): number {
  if (ranks.length > EXACT_UP_TO) return normalTail(ranks, sum);
  let tail = 0;
  for (const chance of nullDistribution(ranks, sum)) tail += chance;
  return Math.min(1, tail);
}

/**
 * The chance of each sum, up to `most`, of the ranks that come up positive, rank by rank (dynamic programming over the 2ⁿ
 * assignments of signs).
 */
function nullDistribution(ranks: Int32Array, most: number): Float64Array {
  const chances = new Float64Array(most + 1);
  chances[0] = 1;
  let reached = 0;
  for (const rank of ranks) {
    reached = Math.min(most, reached + rank);
    for (let sum = reached; sum >= rank; sum -= 1) chances[sum] = (chances[sum]! + chances[sum - rank]!) / 2;
    for (let sum = Math.min(reached, rank - 1); sum >= 0; sum -= 1) chances[sum]! /= 2;
  }
  return chances;
}

function normalTail(ranks: Int32Array, sum: number): number {
  const { mean, sd } = momentsOf(ranks);
  // Steps are of two where ranks are whole: half a step towards the middle.
  return Math.min(1, Math.max(Number.MIN_VALUE, normalCdf((sum + 1 - mean) / sd)));
}

function momentsOf(ranks: Int32Array): { mean: number; sd: number } {
  let sum = 0;
  let squares = 0;
  for (const rank of ranks) {
    sum += rank;
    squares += rank * rank;
  }
  return { mean: sum / 2, sd: Math.sqrt(squares) / 2 };
}

/**
 * How many Walsh averages lie at or outside a one-sided bound: the largest C with P[T ≤ C − 1] ≤ alpha, where T is the
 * sum of the ranks 1 … n that come up positive. 0 where there is none.
 */
function averagesOutside(n: number, alpha: number): number {
  const ranks = Int32Array.from({ length: n }, (_, index) => index + 1);
  if (n <= EXACT_UP_TO) return withinTail(nullDistribution(ranks, Math.floor(walshCount(n) / 2)), alpha);
  const doubled = ranks.map((rank) => 2 * rank);
  let low = 0;
  let high = Math.ceil(walshCount(n) / 2);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (normalTail(doubled, 2 * (middle - 1)) <= alpha) low = middle;
    else high = middle;
  }
  return low;
}

/** How many sums, from 0 on, have no more than `alpha` of the chances together. */
function withinTail(chances: Float64Array, alpha: number): number {
  let sums = 0;
  let tail = chances[0]!;
  while (tail <= alpha && sums < chances.length - 1) {
    sums += 1;
    tail += chances[sums]!;
  }
  return sums;
}
