import type { PhaseRecord } from '../records/schema.ts';
import { quantile, sortInPlace } from '../statistics/quantiles.ts';
import { toldIn } from './distribution.ts';
import type { PhaseRecorder } from './recorder.ts';

/** Fewer requests have no middle and no tail to tell apart. */
const LEAST_REQUESTS = 40;

/** The slowest are those from p99 up, but never fewer than this. */
const LEAST_SLOWEST = 10;

interface StageTimes {
  /** By row; NaN where there is none. */
  readonly latency: Float64Array;
  /** As long as there are rows, for whatever use. */
  readonly room: Float64Array;
  readonly names: readonly string[];
}

/**
 * Mean milliseconds by stage of typical requests (p45 to p55) and of the slowest, among those whose response tells of
 * its stages. `waiting` is latency less all stages: the wait for a turn, and what lies between the stages. Null where
 * too few tell.
 */
export function stageShare(
  rows: PhaseRecorder,
  { latency, room, names }: StageTimes,
): PhaseRecord['stageShare'] {
  if (!rows.stages.some((stage) => stage.isTold)) return null;
  const isTold = (row: number): boolean => rows.stages.some((stage) => !Number.isNaN(stage.at(row)));
  const sorted = sortInPlace(toldIn(room, rows.rows, (row) => (isTold(row) ? latency[row]! : Number.NaN)));
  if (sorted.length < LEAST_REQUESTS) return null;
  const meansBetween = (from: number, to: number): Record<string, number> => {
    const sums = new Float64Array(names.length + 1);
    let count = 0;
    for (let row = 0; row < rows.rows; row += 1) {
      const value = latency[row]!;
      if (!(value >= from && value <= to && isTold(row))) continue;
      let waiting = value;
      for (let stage = 0; stage < names.length; stage += 1) {
        const spent = rows.stages[stage]!.at(row);
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
