import { DurationHistogram } from '../statistics/histogram.ts';
import { canCarry, mean, quantile, sortInPlace } from '../statistics/quantiles.ts';

/** Up to so many samples quantiles come from the samples themselves, past it from a histogram in microseconds. */
export const RAW_SAMPLES = 1_000_000;

/** The quantiles of some durations, however they are kept. */
export interface Distribution {
  readonly count: number;
  /** NaN for no samples, as are the other two. */
  readonly mean: number;
  readonly max: number;
  quantile(p: number): number;
  /** The quantile, or null when the samples are too few to carry it. */
  carried(p: number): number | null;
}

/** Durations in milliseconds; NaN stands for "did not happen" and is left out. */
export function distributionOf(values: Float64Array): Distribution {
  return values.length > RAW_SAMPLES ? fromHistogram(values) : fromSamples(values.slice());
}

/** The same of values that nobody needs any more: it takes their array over, and holds only as long as that is left alone. */
export function distributionIn(values: Float64Array): Distribution {
  return values.length > RAW_SAMPLES ? fromHistogram(values) : fromSamples(values);
}

/**
 * The values of so many rows without those that did not happen (NaN), in the order of the rows. They stand in `room`,
 * which is used for one figure after the other: an array for each would leave a hundred megabytes behind for a million rows.
 */
export function toldIn(room: Float64Array, rows: number, figure: (row: number) => number): Float64Array {
  let count = 0;
  for (let row = 0; row < rows; row += 1) {
    const value = figure(row);
    if (!Number.isNaN(value)) room[count++] = value;
  }
  return room.subarray(0, count);
}

function fromSamples(values: Float64Array): Distribution {
  const sorted = sortInPlace(values);
  return withCarried({
    count: sorted.length,
    mean: mean(sorted),
    max: sorted.length === 0 ? Number.NaN : sorted[sorted.length - 1]!,
    quantile: (p) => quantile(sorted, p),
  });
}

function fromHistogram(values: Float64Array): Distribution {
  const histogram = new DurationHistogram();
  histogram.recordMany(values);
  const { count, mean: average, max } = histogram;
  return withCarried({ count, mean: average, max, quantile: (p) => histogram.quantile(p) });
}

function withCarried(distribution: Omit<Distribution, 'carried'>): Distribution {
  const carried = (p: number): number | null =>
    canCarry(distribution.count, p) ? distribution.quantile(p) : null;
  return { ...distribution, carried };
}
