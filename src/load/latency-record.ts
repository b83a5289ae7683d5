import type { PhaseRecord, QuantilesRecord } from '../records/schema.ts';
import { batchMeanInterval, batchQuantileInterval } from '../statistics/batch-means.ts';
import type { Distribution } from './distribution.ts';

/** Durations as the record has them: null where the samples are too few to carry a quantile. */
export function quantilesOf(distribution: Distribution): QuantilesRecord {
  const none = distribution.count === 0;
  return {
    p50: distribution.carried(0.5),
    p90: distribution.carried(0.9),
    p95: distribution.carried(0.95),
    p99: distribution.carried(0.99),
    mean: none ? null : distribution.mean,
    max: none ? null : distribution.max,
  };
}

/** Intervals by batch means, of the durations in the order in which they came and the distribution of the same. */
export function latencyIntervals(
  inTimeOrder: Float64Array,
  distribution: Distribution,
): PhaseRecord['latencyCi95'] {
  const quantileAt = (p: number): number => distribution.quantile(p);
  const at = (p: number): [number, number] | null =>
    bounds(batchQuantileInterval(inTimeOrder, p, { quantileAt }));
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), mean: bounds(batchMeanInterval(inTimeOrder)) };
}

export function bounds(interval: { low: number; high: number } | null): [number, number] | null {
  return interval === null ? null : [interval.low, interval.high];
}
