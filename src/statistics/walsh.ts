/**
 * Walsh averages: the means of all pairs of values, each value paired with itself, too (Walsh, Annals of Mathematical
 * Statistics 20, 1949). n values have n(n + 1)/2 of them; the signed-rank statistic of `values − θ` is the number of those above θ.
 */

/** Values in ascending order, all finite, at least one. */
export type WalshSample = Float64Array & { readonly walsh: true };

/** Sorted for `walshAverage`. Null for no values. Throws a RangeError for a value that is not finite. */
export function walshSample(values: ArrayLike<number>): WalshSample | null {
  if (values.length === 0) return null;
  return sortedFinite(values) as WalshSample;
}

/** A sorted copy. Throws a RangeError for a value that is not finite: no rank is right for it. */
export function sortedFinite(values: ArrayLike<number>): Float64Array {
  const sorted = Float64Array.from(values).sort();
  for (const value of sorted) {
    if (!Number.isFinite(value)) throw new RangeError(`${value} cannot be ranked`);
  }
  return sorted;
}

export const walshCount = (n: number): number => (n * (n + 1)) / 2;

/**
 * The Walsh average of that rank, from 1, in ascending order. Found by bisection between Walsh averages, counting at
 * each step in O(n) those on either side: ten thousand values have fifty million averages, which are never made.
 */
export function walshAverage(sample: WalshSample, rank: number): number {
  let low = sample[0]!;
  let high = sample[sample.length - 1]!;
  while (low < high) {
    const centre = low / 2 + high / 2;
    // Between two neighbouring doubles the centre rounds to one of them; the lower one still parts them.
    const split = centre < high ? centre : low;
    const { upTo, last, next } = around(sample, split);
    if (upTo >= rank) high = last;
    else low = next;
  }
  return low;
}

interface Around {
  /** Walsh averages that are at most the split. */
  readonly upTo: number;
  /** The largest of them. */
  readonly last: number;
  /** The smallest beyond. */
  readonly next: number;
}

function around(sample: WalshSample, split: number): Around {
  let upTo = 0;
  let last = Number.NEGATIVE_INFINITY;
  let next = Number.POSITIVE_INFINITY;
  let end = sample.length; // of the partners of the value at `from` whose average is at most the split
  for (let from = 0; from < sample.length; from += 1) {
    while (end > from && average(sample, from, end - 1) > split) end -= 1;
    // Each pair is counted at its smaller value, so partners begin at the value itself.
    const first = Math.max(from, end);
    if (end > from) {
      upTo += end - from;
      last = Math.max(last, average(sample, from, end - 1));
    }
    if (first < sample.length) next = Math.min(next, average(sample, from, first));
  }
  return { upTo, last, next };
}

const average = (sample: WalshSample, one: number, other: number): number =>
  sample[one]! / 2 + sample[other]! / 2;
