import { DEGRADATION_CODES } from '../../records/columns.ts';
import type { DrillArmRecord, DrillWindowRecord } from '../../records/schema.ts';
import { batchShareInterval } from '../../statistics/batch-means.ts';
import { carriedQuantile, mean, sortInPlace } from '../../statistics/quantiles.ts';
import type { DrillArrivals } from './arrivals.ts';

/** When faults begin and end on the timeline, in milliseconds; the same moment twice where there is none. */
export interface FaultSpan {
  readonly fromMs: number;
  readonly toMs: number;
  readonly durationMs: number;
}

export const SECOND = 1000;

/** Before any fault, while they last, after the last one. A window of no length is left out. */
export function drillWindows(arrivals: DrillArrivals, span: FaultSpan): DrillWindowRecord[] {
  const bounds = [
    { name: 'before', fromMs: 0, toMs: span.fromMs },
    { name: 'during', fromMs: span.fromMs, toMs: span.toMs },
    { name: 'after', fromMs: span.toMs, toMs: span.durationMs },
  ] as const;
  return bounds
    .filter(({ fromMs, toMs }) => toMs > fromMs)
    .map(({ name, fromMs, toMs }) => ({ name, fromMs, toMs, ...figuresOf(arrivals, fromMs, toMs) }));
}

/** What of a window its name and bounds do not say. */
export type WindowFigures = Omit<DrillWindowRecord, 'name' | 'fromMs' | 'toMs'>;

/** The figures of the arrivals that were due from `fromMs` until before `toMs`. */
export function figuresOf(arrivals: DrillArrivals, fromMs: number, toMs: number): WindowFigures {
  const from = firstDue(arrivals.due, fromMs);
  const to = firstDue(arrivals.due, toMs);
  const count = to - from;
  const available = arrivals.available.subarray(from, to);
  const good = told(arrivals.good.subarray(from, to));
  const right = told(arrivals.right.subarray(from, to));
  const latency = sortInPlace(told(arrivals.latency.subarray(from, to)));
  const attainment = meanOrNull(good);
  const quantileOf = (p: number): number | null =>
    latency.length === 0 ? null : carriedQuantile(latency, p);
  return {
    arrivals: count,
    availability: meanOrNull(available),
    availabilityCi95: bounds(batchShareInterval(available)),
    goodputPerSecond:
      attainment === null || toMs === fromMs ? null : (attainment * good.length * SECOND) / (toMs - fromMs),
    attainment,
    attainmentCi95: bounds(batchShareInterval(good)),
    right: meanOrNull(right),
    latencyMs: { p50: quantileOf(0.5), p95: quantileOf(0.95), p99: quantileOf(0.99) },
    measures: arrivals.measures.map(({ name, values }) => {
      const known = told(values.subarray(from, to));
      return { name, mean: meanOrNull(known), n: known.length };
    }),
    degraded: levelsIn(arrivals.degraded.subarray(from, to)),
  };
}

/** The timeline second by second, the last one perhaps a part of one. */
export function secondsOf(arrivals: DrillArrivals, durationMs: number): DrillArmRecord['seconds'] {
  return Array.from({ length: Math.ceil(durationMs / SECOND) }, (_, second) => {
    const from = firstDue(arrivals.due, second * SECOND);
    const to = firstDue(arrivals.due, (second + 1) * SECOND);
    const latency = sortInPlace(told(arrivals.latency.subarray(from, to)));
    const available = sum(arrivals.available.subarray(from, to));
    return {
      arrivals: to - from,
      available,
      right: sum(told(arrivals.right.subarray(from, to))),
      degraded: available - sum(arrivals.full.subarray(from, to)),
      // Of a second there are few: the nearest rank, whatever their number, is good enough to look at.
      p95: latency.length === 0 ? null : latency[Math.ceil(0.95 * latency.length) - 1]!,
    };
  });
}

/**
 * Milliseconds from the end of the last fault to the due time from which on every arrival got a full answer; null where
 * that never came. `from` and the arrivals are on one timeline.
 */
export function recoveryAfter(arrivals: DrillArrivals, from: number): number | null {
  const first = firstDue(arrivals.due, from);
  if (first === arrivals.length) return null;
  for (let row = arrivals.length - 1; row >= first; row -= 1) {
    if (arrivals.full[row] === 1) continue;
    const next = row + 1;
    return next === arrivals.length ? null : arrivals.due[next]! - from;
  }
  return 0;
}

/** Arrivals without a real answer. */
export const lostIn = (arrivals: DrillArrivals): number => arrivals.length - sum(arrivals.available);

/**
 * The share of an error budget that so many lost requests use up: the budget is what `target` leaves over of all requests
 * that come at this rate in so many days.
 */
export function budgetBurnt(
  lost: number,
  { rate, target, days }: { readonly rate: number; readonly target: number; readonly days: number },
): number {
  return lost / (rate * days * 86_400 * (1 - target));
}

/** The index of the first arrival that is due then or later. Due times ascend. */
export function firstDue(due: Float64Array, at: number): number {
  let low = 0;
  let high = due.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (due[middle]! < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

function levelsIn(codes: Uint8Array): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const code of codes) {
    const name = DEGRADATION_CODES[code]!;
    if (name !== 'unknown') counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

/** Without what is NaN; always a new array. */
const told = (values: Float64Array): Float64Array => values.filter((value) => !Number.isNaN(value));

const meanOrNull = (values: ArrayLike<number>): number | null => (values.length === 0 ? null : mean(values));

const bounds = (interval: { readonly low: number; readonly high: number } | null): [number, number] | null =>
  interval === null ? null : [interval.low, interval.high];

function sum(values: Uint8Array | Float64Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
