import type { RequestColumns } from '../records/columns.ts';
import type { PhaseRecord, RunRecord } from '../records/schema.ts';
import { measuredPhases } from './phases.ts';
import { failureInterval, phaseRows } from './series.ts';

/** What changes with the rate: one point for each phase that had a rate of its own. */

export type Ends = readonly [number, number] | null;

/** A point without its place among the others. */
type LoadRun = Omit<LoadPoint, 'onLine'>;

export interface LoadPoint {
  readonly phase: PhaseRecord;
  /** Per second; offered is null for closed loops. */
  readonly achieved: number;
  readonly offered: number | null;
  /** 95 % interval of the error rate; null where it cannot be had. */
  readonly errorEnds: Ends;
  /** False for all but the last valid one of several phases at one rate: a line through the points passes them by. */
  readonly onLine: boolean;
}

/** Rates that differ by less than this share are one rate: arrivals by chance never come at exactly what was asked for. */
const SAME_RATE = 0.02;

/**
 * The measured phases as points, by rising rate. None where fewer than two rates were driven. The intervals of the error
 * rate need the request columns. A capacity search's closed loops are left out: their rate is the target's, not ours.
 */
export function loadPoints(record: RunRecord, columns?: RequestColumns): LoadPoint[] {
  const phases = (record.load?.phases ?? []).map((phase, index) => ({ phase, index }));
  const shown = phases.filter(({ phase }) => !phase.warmup && (!record.capacity || phase.loop === 'open'));
  const points = shown
    .map(({ phase, index }) => ({
      phase,
      achieved: phase.achievedRate,
      offered: phase.offeredRate,
      errorEnds: columns ? failureInterval(columns, phaseRows(columns, index)) : null,
    }))
    .toSorted((a, b) => rateOf(a) - rateOf(b));
  const last = points.at(-1);
  if (!last || rateOf(last) - rateOf(points[0]!) < SAME_RATE * rateOf(last)) return [];
  return points.map((point, index) => {
    const hides = (other: LoadRun, place: number): boolean =>
      other.phase.valid === point.phase.valid ? place > index : other.phase.valid;
    const isHidden = points.some((other, place) => isSameRate(other, point) && hides(other, place));
    return { ...point, onLine: !isHidden };
  });
}

function isSameRate(a: LoadRun, b: LoadRun): boolean {
  const [one, other] = [rateOf(a), rateOf(b)];
  return Math.abs(one - other) < SAME_RATE * Math.max(one, other);
}

function rateOf({ offered, achieved }: Pick<LoadPoint, 'offered' | 'achieved'>): number {
  return offered ?? achieved;
}

export interface Estimate {
  readonly value: number | null;
  readonly ends: Ends;
}

export interface Curve {
  readonly name: string;
  readonly of: (point: LoadPoint) => Estimate;
}

/** Right, right in time, failed: as shares of arrivals. `deadline` is its words. */
export function answerCurves(deadline: string): Curve[] {
  return [
    { name: 'right at any time', of: ({ phase }) => ({ value: phase.right, ends: phase.rightCi95 }) },
    {
      name: `right within ${deadline}`,
      of: ({ phase }) => ({ value: phase.attainment, ends: phase.attainmentCi95 }),
    },
    { name: 'errors', of: ({ phase, errorEnds }) => ({ value: phase.errorRate, ends: errorEnds }) },
  ];
}

/** Every measure that any phase took. */
export function measureCurves(record: RunRecord): Curve[] {
  const names = new Set(measuredPhases(record).flatMap(({ measures }) => measures.map(({ name }) => name)));
  return [...names].map((name) => ({
    name,
    of: ({ phase }) => {
      const found = phase.measures.find((measure) => measure.name === name);
      return { value: found?.mean ?? null, ends: found?.ci95 ?? null };
    },
  }));
}

export function latencyCurves(): Curve[] {
  return (['p50', 'p95', 'p99'] as const).map((name) => ({
    name,
    of: ({ phase }) => ({ value: phase.latencyMs[name], ends: phase.latencyCi95[name] }),
  }));
}

export function goodputCurves(): Curve[] {
  return [
    {
      name: 'goodput',
      of: ({ phase }) => ({ value: phase.goodputPerSecond, ends: phase.goodputCi95 }),
    },
    { name: 'answered', of: ({ phase }) => ({ value: phase.throughputPerSecond, ends: null }) },
  ];
}
