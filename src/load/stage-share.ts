import type { PhaseRecord } from '../records/schema.ts';
import { quantile, sortSamples } from '../statistics/quantiles.ts';
import type { PhaseRecorder } from './recorder.ts';

/** Fewer requests have no middle and no tail to tell apart. */
const LEAST_REQUESTS = 40;

/** The slowest are those from p99 up, but never fewer than this. */
const LEAST_SLOWEST = 10;

/**
 * Mean milliseconds by stage of typical requests (p45 to p55) and of the slowest, among those whose response tells of
 * its stages. `waiting` is latency less all stages: the wait for a turn, and what lies between the stages. Null where
 * too few tell.
 */
export function stageShare(
  rows: PhaseRecorder,
  latency: Float64Array,
  names: readonly string[],
): PhaseRecord['stageShare'] {
  const told = latency.map((value, row) =>
    rows.stages.some((stage) => !Number.isNaN(stage[row]!)) ? value : Number.NaN,
  );
  const sorted = sortSamples(told);
  if (sorted.length < LEAST_REQUESTS) return null;
  const meansBetween = (from: number, to: number): Record<string, number> => {
    const sums = new Float64Array(names.length + 1);
    let count = 0;
    for (let row = 0; row < told.length; row += 1) {
      const value = told[row]!;
      if (!(value >= from && value <= to)) continue;
      let waiting = value;
      for (let stage = 0; stage < names.length; stage += 1) {
        const spent = rows.stages[stage]![row]!;
        if (Number.isNaN(spent)) continue;
        sums[stage]! += spent;
        waiting -= spent;
      }
      // Stages are kept in single precision, which may round one up beyond the whole.
      sums[names.length]! += Math.max(0, waiting);
      count += 1;
    }
    return Object.fromEntries([...names, 'waiting'].map((name, stage) => [name, sums[stage]! / count]));
  };
  const slowFrom = Math.min(quantile(sorted, 0.99), sorted[sorted.length - LEAST_SLOWEST]!);
  return {
    typical: meansBetween(quantile(sorted, 0.45), quantile(sorted, 0.55)),
    slowest: meansBetween(slowFrom, Number.POSITIVE_INFINITY),
  };
}
