import { exponential, type Random } from '../kernel/random.ts';
import type { RatePerSecond } from '../kernel/units.ts';

export { questionPasses, shuffledPasses, zipfOrder } from './question-order.ts';

/** When requests are due: milliseconds since the phase began, ascending, fixed before the first one is sent. */
export interface ArrivalSchedule {
  readonly due: Float64Array;
  /** Scheduled length of the phase, in milliseconds. */
  readonly duration: number;
}

/** How arrivals are spread along a rate: as independent users make them, or evenly. */
export type ArrivalProcess = 'poisson' | 'constant';

export interface ArrivalOptions {
  readonly rate: RatePerSecond;
  /** Milliseconds. */
  readonly duration: number;
}

/** A stretch of a phase over which the rate moves along a straight line. Rates are per second, never negative. */
export interface RateSegment {
  readonly fromMs: number;
  /** Later than `fromMs`. */
  readonly toMs: number;
  readonly fromRate: number;
  readonly toRate: number;
}

/** Evenly spaced arrivals, the first at 0. */
export function constantArrivals(options: ArrivalOptions): ArrivalSchedule {
  return evenArrivals(flat(options), options.duration);
}

/** A Poisson process: exponential gaps, as independent users make them. The count varies from seed to seed. */
export function poissonArrivals(options: ArrivalOptions, random: Random): ArrivalSchedule {
  return randomArrivals(flat(options), options.duration, random);
}

function flat({ rate, duration }: ArrivalOptions): RateSegment[] {
  return [{ fromMs: 0, toMs: duration, fromRate: rate, toRate: rate }];
}

/** The rate within a segment, per second. */
export function rateWithin({ fromMs, toMs, fromRate, toRate }: RateSegment, atMs: number): number {
  return fromRate === toRate
    ? fromRate
    : fromRate + ((toRate - fromRate) * (atMs - fromMs)) / (toMs - fromMs);
}

/** How many arrivals the segments (adjoining, from 0 on) call for until a time: the integral of their rate. */
export function expectedArrivals(segments: readonly RateSegment[], untilMs: number): number {
  let expected = 0;
  for (const segment of segments) {
    if (segment.fromMs >= untilMs) break;
    expected += expectedBetween(segment, segment.fromMs, Math.min(segment.toMs, untilMs));
  }
  return expected;
}

function expectedBetween(segment: RateSegment, fromMs: number, toMs: number): number {
  return (((rateWithin(segment, fromMs) + rateWithin(segment, toMs)) / 2) * (toMs - fromMs)) / 1000;
}

/**
 * Arrivals evenly spaced in terms of the rate's integral: the k-th, counted from 0, comes when k arrivals were called for
 * (at the end of a pause, where one follows). As many as the integral until `duration`, rounded down.
 */
export function evenArrivals(segments: readonly RateSegment[], duration: number): ArrivalSchedule {
  const expected = expectedArrivals(segments, duration);
  const due = new Float64Array(Math.floor(expected + slackOf(expected)));
  let count = 0;
  let before = 0;
  for (const segment of segments) {
    const after = before + expectedBetween(segment, segment.fromMs, segment.toMs);
    const limit = after - slackOf(after);
    for (; count < due.length && count < limit; count += 1) {
      const time = timeAfter(segment, segment.fromMs, Math.max(count - before, 0));
      due[count] = Math.min(time, segment.toMs);
    }
    before = after;
  }
  return { due, duration };
}

/** 0.1 + 0.2 is above 0.3 in floating point: this keeps a count where arithmetic puts it. */
function slackOf(expected: number): number {
  return Math.max(1e-9, 4 * Number.EPSILON * expected);
}

/**
 * A Poisson process whose rate follows the segments, by inversion: between two arrivals the rate's integral grows by an
 * exponential deviate of mean 1 (Çinlar, Introduction to Stochastic Processes, 1975, §4.7). No draw is thrown away, so a
 * shorter phase is the beginning of a longer one.
 */
export function randomArrivals(
  segments: readonly RateSegment[],
  duration: number,
  random: Random,
): ArrivalSchedule {
  const expected = expectedArrivals(segments, duration);
  let due = new Float64Array(Math.ceil(expected + 6 * Math.sqrt(expected) + 16));
  let count = 0;
  let gap = exponential(random);
  for (const segment of segments) {
    const end = Math.min(segment.toMs, duration);
    let time = segment.fromMs;
    for (;;) {
      const next = timeAfter(segment, time, gap);
      if (!(next < end)) break;
      if (count === due.length) due = enlarged(due);
      due[count++] = next;
      time = next;
      gap = exponential(random);
    }
    gap = Math.max(gap - expectedBetween(segment, time, segment.toMs), 0);
  }
  return { due: due.slice(0, count), duration };
}

function enlarged(values: Float64Array): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(values.length * 2);
  larger.set(values);
  return larger;
}

/**
 * When the segment's rate has called for `arrivals` more since `sinceMs`; at its end or later where it does not come to so
 * many. On a slope that is the root of a quadratic, in the form that subtracts no two nearly equal numbers
 * (Press et al., Numerical Recipes, 3rd ed., §5.6).
 */
function timeAfter(segment: RateSegment, sinceMs: number, arrivals: number): number {
  if (arrivals === 0) return sinceMs;
  const rate = rateWithin(segment, sinceMs);
  if (segment.fromRate === segment.toRate) return sinceMs + (arrivals * 1000) / rate;
  const slope = (segment.toRate - segment.fromRate) / (segment.toMs - segment.fromMs);
  // Below 0 the rate would reach zero first: the clamp then gives a time past the end.
  const root = Math.sqrt(Math.max(rate * rate + 2000 * slope * arrivals, 0));
  return sinceMs + (2000 * arrivals) / (rate + root);
}
