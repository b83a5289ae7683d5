import type { PhaseSetting } from '../../load/phase-setting.ts';
import type { PhaseRecorder } from '../../load/recorder.ts';
import { OUTCOMES } from '../../records/columns.ts';
import type { BlockRecord } from '../../records/schema.ts';
import { quantile, sortSamples } from '../../statistics/quantiles.ts';

/** What a block calls its share of the load that was more than the target answered. No indicator that a gate judges. */
export const OVERLOAD = 'overload';

/** Above this share a target does not hold the load: its backlog grows for as long as the load lasts. */
export const MOST_OVERLOAD = 0.05;

const COMPLETED = OUTCOMES.indexOf('completed');
const TIMEOUT = OUTCOMES.indexOf('timeout');
const DROPPED = OUTCOMES.indexOf('dropped');

/** Of the schedule, the parts that are held against each other: the first and the last of so many. */
const PARTS = 3;
/** Arrivals that each part must have, for its median to be one. */
const LEAST_ARRIVALS = 10;

/**
 * The share of the offered load that a target did not hold, 0 to 1: of arrivals those that timed out or found no room, or, where that
 * is more, what a growing backlog tells. In an open loop at λ arrivals a second, of which μ are answered, the wait grows by λ/μ − 1
 * seconds a second (a fluid queue; Kleinrock 1976, Queueing Systems II, 2.7); 1 − μ/λ is what is over. The growth is that of the
 * median latency from the first third of the schedule to the last one. Null in a closed loop, which waits for its target.
 */
export function overloadOf(
  rows: Pick<PhaseRecorder, 'rows' | 'due' | 'end' | 'outcome'>,
  { loop, duration }: Pick<PhaseSetting, 'loop' | 'duration'>,
): number | null {
  if (loop !== 'open' || rows.rows === 0) return null;
  let lost = 0;
  const early: number[] = [];
  const late: number[] = [];
  for (let row = 0; row < rows.rows; row += 1) {
    const [outcome, due] = [rows.outcome[row]!, rows.due[row]!];
    if (outcome === TIMEOUT || outcome === DROPPED) lost += 1;
    if (outcome !== COMPLETED && outcome !== TIMEOUT) continue;
    const latency = rows.end[row]! - due;
    if (due < duration / PARTS) early.push(latency);
    else if (due >= duration - duration / PARTS) late.push(latency);
  }
  return Math.max(lost / rows.rows, ofBacklog(early, late, duration * (1 - 1 / PARTS)));
}

/** `between`: milliseconds from the middle of the first part to the middle of the last one. */
function ofBacklog(early: readonly number[], late: readonly number[], between: number): number {
  if (early.length < LEAST_ARRIVALS || late.length < LEAST_ARRIVALS) return 0;
  const median = (values: readonly number[]): number => quantile(sortSamples([...values]), 0.5);
  const growth = Math.max(0, median(late) - median(early)) / between;
  return growth / (1 + growth);
}

/** Of blocks that were measured, those in which their target did not hold the load, and by how much, the median of them. */
export function overloaded(blocks: readonly BlockRecord[]): {
  readonly of: number;
  readonly count: number;
  readonly share: number;
} {
  const measured = blocks.filter(({ warmup, valid }) => !warmup && valid);
  const over = measured.flatMap(({ indicators }) => {
    const share = indicators[OVERLOAD] ?? 0;
    return share > MOST_OVERLOAD ? [share] : [];
  });
  const share = over.length === 0 ? 0 : quantile(sortSamples(over), 0.5);
  return { of: measured.length, count: over.length, share };
}
