import { exponential, type Random, shuffle } from '../kernel/random.ts';
import type { RatePerSecond } from '../kernel/units.ts';

/** When requests are due: milliseconds since the phase began, ascending, fixed before the first one is sent. */
export interface ArrivalSchedule {
  readonly due: Float64Array;
  /** Scheduled length of the phase, in milliseconds. */
  readonly duration: number;
}

export interface ArrivalOptions {
  readonly rate: RatePerSecond;
  /** Milliseconds. */
  readonly duration: number;
}

/** Evenly spaced arrivals, the first at 0. */
export function constantArrivals({ rate, duration }: ArrivalOptions): ArrivalSchedule {
  const count = Math.floor((rate * duration) / 1000 + 1e-9);
  return { due: Float64Array.from({ length: count }, (_, index) => (index * 1000) / rate), duration };
}

/** A Poisson process: exponential gaps, as independent users make them. The count varies from seed to seed. */
export function poissonArrivals({ rate, duration }: ArrivalOptions, random: Random): ArrivalSchedule {
  const expected = (rate * duration) / 1000;
  let due = new Float64Array(Math.ceil(expected + 6 * Math.sqrt(expected) + 16));
  let count = 0;
  for (
    let time = (exponential(random) * 1000) / rate;
    time < duration;
    time += (exponential(random) * 1000) / rate
  ) {
    if (count === due.length) {
      const larger = new Float64Array(due.length * 2);
      larger.set(due);
      due = larger;
    }
    due[count++] = time;
  }
  return { due: due.slice(0, count), duration };
}

/**
 * Which question comes next, without end: passes over all `questions` (one at least), each pass in a new seeded order.
 * No question is asked again before all have been, so that one popular wrong question cannot swing quality.
 */
export function questionPasses(questions: number, random: Random): () => number {
  const order = Uint32Array.from({ length: questions }, (_, index) => index);
  let next = questions;
  return () => {
    if (next === questions) {
      shuffle(order, random);
      next = 0;
    }
    return order[next++]!;
  };
}

/** The questions of `count` arrivals, by such passes. A longer list begins as a shorter one of the same seed does. */
export function shuffledPasses(questions: number, count: number, random: Random): Uint32Array {
  return Uint32Array.from({ length: count }, questionPasses(questions, random));
}

/**
 * Which question each arrival asks, by Zipf's law: the r-th most popular with probability proportional to r^−exponent.
 * Which question has which popularity is shuffled by the seed. Caches then behave as in life.
 */
export function zipfOrder(questions: number, count: number, random: Random, exponent = 1): Uint32Array {
  const byPopularity = shuffle(
    Uint32Array.from({ length: questions }, (_, index) => index),
    random,
  );
  const cumulative = new Float64Array(questions);
  let total = 0;
  for (let rank = 0; rank < questions; rank += 1) {
    total += (rank + 1) ** -exponent;
    cumulative[rank] = total;
  }
  return Uint32Array.from(
    { length: count },
    () => byPopularity[firstAbove(cumulative, random.next() * total)]!,
  );
}

/** Index of the first value above `limit` in an ascending array; the last index when none is. */
function firstAbove(ascending: Float64Array, limit: number): number {
  let low = 0;
  let high = ascending.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle]! > limit) high = middle;
    else low = middle + 1;
  }
  return low;
}
