import { isInTime } from '../../load/in-time.ts';
import type { RunPhase } from '../../load/phase.ts';
import type { PhaseVerdicts } from '../../load/phase-setting.ts';
import { DEGRADATION_CODES, OUTCOMES, RIGHT_CODES } from '../../records/columns.ts';

/** What a drill knows of each arrival, in the order of due times. Equal indexes, the same arrival. */
export interface DrillArrivals {
  readonly length: number;
  /** Milliseconds on the timeline. */
  readonly due: Float64Array;
  /** End − due, timeouts at their value; NaN for errors and drops, whose end says nothing about speed. */
  readonly latency: Float64Array;
  /** 1 where a real answer came: no error, timeout or drop, and no last resort. */
  readonly available: Uint8Array;
  /** 1 where that was the full pipeline's. */
  readonly full: Uint8Array;
  /** DEGRADATION_CODES of answers; that of `unknown` where none came. */
  readonly degraded: Uint8Array;
  /** 1 right, 0 wrong, NaN unscored. */
  readonly right: Float64Array;
  /** 1 right and in time, 0 not, NaN unscored. */
  readonly good: Float64Array;
  readonly measures: readonly { readonly name: string; readonly values: Float64Array }[];
}

const COMPLETED = OUTCOMES.indexOf('completed');
const TIMEOUT = OUTCOMES.indexOf('timeout');
const UNKNOWN = DEGRADATION_CODES.indexOf('unknown');
const NONE = DEGRADATION_CODES.indexOf('none');
const LAST_RESORT = DEGRADATION_CODES.indexOf('last-resort');
const RIGHT = RIGHT_CODES.indexOf('right');
const UNSCORED = RIGHT_CODES.indexOf('unscored');

/** The rows of a phase as a drill reads them. */
export function drillArrivals({ rows, setting }: RunPhase, verdicts: PhaseVerdicts): DrillArrivals {
  const length = rows.rows;
  const latency = new Float64Array(length).fill(Number.NaN);
  const available = new Uint8Array(length);
  const full = new Uint8Array(length);
  const degraded = new Uint8Array(length).fill(UNKNOWN);
  const right = new Float64Array(length).fill(Number.NaN);
  const good = new Float64Array(length).fill(Number.NaN);
  for (let row = 0; row < length; row += 1) {
    const outcome = rows.outcome[row]!;
    const completed = outcome === COMPLETED;
    if (completed || outcome === TIMEOUT) latency[row] = rows.end[row]! - rows.due[row]!;
    if (completed) {
      const level = rows.degraded[row]!;
      degraded[row] = level;
      if (level !== LAST_RESORT) available[row] = 1;
      // A target that never tells is taken at its word: what it answers is all it has.
      if (level === NONE || level === UNKNOWN) full[row] = 1;
    }
    const verdict = verdicts.right[row]!;
    if (verdict === UNSCORED) continue;
    right[row] = verdict === RIGHT ? 1 : 0;
    good[row] = verdict === RIGHT && completed && isInTime(rows, row, setting) ? 1 : 0;
  }
  return {
    length,
    due: rows.due.slice(0, length),
    latency,
    available,
    full,
    degraded,
    right,
    good,
    measures: (verdicts.measures ?? []).map(({ name, ofRow }) => ({
      name,
      values: Float64Array.from({ length }, (_, row) => ofRow(row)),
    })),
  };
}
