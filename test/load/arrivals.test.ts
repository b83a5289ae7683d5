import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/kernel/random.ts';
import { ratePerSecond } from '../../src/kernel/units.ts';
import {
  constantArrivals,
  evenArrivals,
  expectedArrivals,
  poissonArrivals,
  type RateSegment,
  randomArrivals,
  rateWithin,
} from '../../src/load/arrivals.ts';

const phase = fc.record({
  rate: fc.integer({ min: 1, max: 2000 }).map(ratePerSecond),
  duration: fc.integer({ min: 1, max: 5000 }),
});

describe('arrivals at one rate', () => {
  it('ascend and stay within the phase, whatever the rate and the seed', () => {
    fc.assert(
      fc.property(phase, fc.integer(), (options, seed) => {
        for (const { due } of [constantArrivals(options), poissonArrivals(options, seededRandom(seed))]) {
          expect(due.every((time, index) => time >= (due[index - 1] ?? 0) && time < options.duration)).toBe(
            true,
          );
        }
      }),
    );
  });

  it('are evenly spaced where constant, as many as rate times duration', () => {
    expect([...constantArrivals({ rate: ratePerSecond(4), duration: 1000 }).due]).toEqual([0, 250, 500, 750]);
    expect(constantArrivals({ rate: ratePerSecond(1), duration: 1500 }).due).toHaveLength(1);
  });

  it('have Poisson counts whose mean and variance are both rate times duration', () => {
    const counts = Array.from(
      { length: 2000 },
      (_, seed) =>
        poissonArrivals({ rate: ratePerSecond(50), duration: 1000 }, seededRandom(seed)).due.length,
    );
    const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
    const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / (counts.length - 1);
    expect(mean).toBeGreaterThan(49.3); // 50 less four standard errors
    expect(mean).toBeLessThan(50.7);
    expect(variance / 50).toBeGreaterThan(0.87);
    expect(variance / 50).toBeLessThan(1.13);
  });

  it('are the same for the same seed', () => {
    const schedule = () => poissonArrivals({ rate: ratePerSecond(100), duration: 500 }, seededRandom(5)).due;
    expect(schedule()).toEqual(schedule());
  });
});

/** Up to six adjoining stretches: slopes, jumps and pauses. */
const profile = fc
  .array(
    fc.record({
      length: fc.double({ min: 0.5, max: 2000, noNaN: true }),
      fromRate: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 2000, noNaN: true })),
      toRate: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 2000, noNaN: true })),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((stretches) => {
    let at = 0;
    return stretches.map(({ length, fromRate, toRate }): RateSegment => {
      const fromMs = at;
      at += length;
      return { fromMs, toMs: at, fromRate, toRate };
    });
  });

const lengthOf = (segments: readonly RateSegment[]): number => segments.at(-1)!.toMs;

const ascendingWithin = (due: Float64Array, segments: readonly RateSegment[]): boolean =>
  due.every((time, index) => time >= (due[index - 1] ?? 0) && time < lengthOf(segments));

describe('arrivals along a changing rate', () => {
  it('are expected as the integral of the rate says', () => {
    fc.assert(
      fc.property(profile, fc.double({ min: 0, max: 1.2, noNaN: true }), (segments, share) => {
        const until = lengthOf(segments) * share;
        let integral = 0;
        for (const segment of segments) {
          const step = (Math.min(segment.toMs, Math.max(until, segment.fromMs)) - segment.fromMs) / 100;
          for (let part = 0; part < 100; part += 1) {
            integral += (rateWithin(segment, segment.fromMs + (part + 0.5) * step) * step) / 1000;
          }
        }
        expect(expectedArrivals(segments, until)).toBeCloseTo(integral, 6);
      }),
    );
  });

  it('come evenly where the integral reaches 0, 1, 2 and so on, as often as it does', () => {
    fc.assert(
      fc.property(profile, (segments) => {
        const { due, duration } = evenArrivals(segments, lengthOf(segments));
        const expected = expectedArrivals(segments, duration);
        expect(due.length).toBe(Math.floor(expected + 1e-9));
        expect(ascendingWithin(due, segments)).toBe(true);
        due.forEach((time, index) => {
          expect(Math.abs(expectedArrivals(segments, time) - index)).toBeLessThan(1e-8);
        });
      }),
    );
  });

  it('ascend and stay within the phase where random', () => {
    fc.assert(
      fc.property(profile, fc.integer(), (segments, seed) => {
        const { due } = randomArrivals(segments, lengthOf(segments), seededRandom(seed));
        expect(ascendingWithin(due, segments)).toBe(true);
      }),
    );
  });

  it('begin a longer phase as a shorter one of the same seed', () => {
    fc.assert(
      fc.property(
        profile,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.integer(),
        (segments, share, seed) => {
          const shorter = lengthOf(segments) * share;
          const whole = randomArrivals(segments, lengthOf(segments), seededRandom(seed)).due;
          const begun = randomArrivals(segments, shorter, seededRandom(seed));
          expect(begun.due).toEqual(whole.filter((time) => time < shorter));
          expect(begun.duration).toBe(shorter);
          const even = evenArrivals(segments, shorter).due;
          expect(even).toEqual(evenArrivals(segments, lengthOf(segments)).due.slice(0, even.length));
        },
      ),
    );
  });

  it('never fall into a pause, and go on at its end', () => {
    const segments = [
      { fromMs: 0, toMs: 1000, fromRate: 10, toRate: 10 },
      { fromMs: 1000, toMs: 3000, fromRate: 0, toRate: 0 },
      { fromMs: 3000, toMs: 4000, fromRate: 10, toRate: 10 },
    ];
    const even = [...evenArrivals(segments, 4000).due];
    expect(even.slice(8, 12)).toEqual([800, 900, 3000, 3100]);
    for (let seed = 0; seed < 100; seed += 1) {
      const { due } = randomArrivals(segments, 4000, seededRandom(seed));
      expect(due.some((time) => time >= 1000 && time < 3000)).toBe(false);
    }
  });

  it('go on at the end of a pause though the sum before it is off in its last digit', () => {
    for (let parts = 1; parts <= 60; parts += 1) {
      const before = Array.from({ length: parts }, (_, index) => ({
        fromMs: 1000 * (index / parts),
        toMs: 1000 * ((index + 1) / parts),
        fromRate: 10,
        toRate: 10,
      }));
      const pause = { fromMs: 1000, toMs: 2000, fromRate: 0, toRate: 0 };
      const after = { fromMs: 2000, toMs: 3000, fromRate: 10, toRate: 10 };
      const { due } = evenArrivals([...before, pause, after], 3000);
      expect(due).toHaveLength(20);
      expect(due[9]).toBeCloseTo(900, 6);
      expect(due[10]).toBeCloseTo(2000, 6);
    }
  });

  it('keep their places up to the very end of a rate that falls to 0', () => {
    const segments = [{ fromMs: 0, toMs: 60_000, fromRate: 2000, toRate: 0 }];
    const { due } = evenArrivals(segments, 60_000);
    expect(due).toHaveLength(60_000);
    // With n still to come of N, (t/T)² of them lie in the last share t/T.
    for (const left of [1, 2, 10, 1000]) {
      expect(60_000 - due[60_000 - left]!).toBeCloseTo(60_000 * Math.sqrt(left / 60_000), 3);
    }
  });
});

/** √n times the largest distance between the values' distribution and the uniform one on [0, 1) (Kolmogorov–Smirnov). */
function uniformDistance(values: Float64Array): number {
  const sorted = values.slice().sort();
  let largest = 0;
  sorted.forEach((value, index) => {
    largest = Math.max(largest, (index + 1) / sorted.length - value, value - index / sorted.length);
  });
  return largest * Math.sqrt(sorted.length);
}

describe('random arrivals, on a clock that runs as fast as the rate', () => {
  const profiles: Record<string, RateSegment[]> = {
    'one rate': [{ fromMs: 0, toMs: 10_000, fromRate: 500, toRate: 500 }],
    'up from 0': [{ fromMs: 0, toMs: 10_000, fromRate: 0, toRate: 1000 }],
    'down to 0': [{ fromMs: 0, toMs: 10_000, fromRate: 1000, toRate: 0 }],
    'many short steps, shorter than a gap': Array.from({ length: 1000 }, (_, index) => ({
      fromMs: index * 10,
      toMs: (index + 1) * 10,
      fromRate: (index % 7) * 30,
      toRate: ((index * 3) % 5) * 40,
    })),
    'a spike': [
      { fromMs: 0, toMs: 4000, fromRate: 50, toRate: 50 },
      { fromMs: 4000, toMs: 5000, fromRate: 3000, toRate: 3000 },
      { fromMs: 5000, toMs: 10_000, fromRate: 50, toRate: 50 },
    ],
  };

  it.each(Object.keys(profiles))('are a Poisson process of rate 1: %s', (name) => {
    const segments = profiles[name]!;
    const total = expectedArrivals(segments, 10_000);
    for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
      const { due } = randomArrivals(segments, 10_000, seededRandom(seed));
      const places = due.map((time) => expectedArrivals(segments, time));
      // Gaps of a unit Poisson process are exponential; given their number, its places are uniform; and so is a gap's
      // share of the two gaps that meet at an arrival, where gaps are independent.
      const gaps = places.map((place, index) => place - (places[index - 1] ?? 0));
      const shares = gaps
        .filter((_, index) => index % 2 === 1)
        .map((gap, index) => gap / (gap + gaps[2 * index]!));
      for (const uniform of [
        gaps.map((gap) => -Math.expm1(-gap)),
        places.map((place) => place / total),
        shares,
      ]) {
        expect(uniformDistance(uniform), `seed ${seed}`).toBeLessThan(1.95); // passed by chance once in a thousand
      }
      expect(Math.abs(due.length - total) / Math.sqrt(total), `seed ${seed}`).toBeLessThan(4);
    }
  });
});
