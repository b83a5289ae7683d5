import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/kernel/random.ts';
import { ratePerSecond } from '../../src/kernel/units.ts';
import { constantArrivals, poissonArrivals, shuffledPasses, zipfOrder } from '../../src/load/arrivals.ts';

const phase = fc.record({
  rate: fc.integer({ min: 1, max: 2000 }).map(ratePerSecond),
  duration: fc.integer({ min: 1, max: 5000 }),
});

describe('arrival schedules', () => {
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

  it('space constant arrivals evenly, as many as rate times duration', () => {
    expect([...constantArrivals({ rate: ratePerSecond(4), duration: 1000 }).due]).toEqual([0, 250, 500, 750]);
  });

  it('make Poisson counts whose mean and variance are both rate times duration', () => {
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

describe('question order', () => {
  it('asks every question once before any is asked again', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 0, max: 200 }),
        fc.integer(),
        (questions, count, seed) => {
          const asked = [...shuffledPasses(questions, count, seededRandom(seed))];
          for (let start = 0; start + questions <= count; start += questions) {
            expect(new Set(asked.slice(start, start + questions)).size).toBe(questions);
          }
          expect(new Set(asked.slice(count - (count % questions))).size).toBe(count % questions);
        },
      ),
    );
  });

  it('begins a longer list as a shorter one, so that every rate asks the same', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 0, max: 100 }),
        fc.integer({ min: 0, max: 100 }),
        fc.integer(),
        (questions, count, more, seed) => {
          for (const order of [shuffledPasses, zipfOrder]) {
            const long = order(questions, count + more, seededRandom(seed));
            expect(order(questions, count, seededRandom(seed))).toEqual(long.slice(0, count));
          }
        },
      ),
    );
  });

  it('makes the most popular question about twice as popular as the second, by Zipf’s law', () => {
    const counts = new Map<number, number>();
    for (const question of zipfOrder(50, 60_000, seededRandom(11))) {
      counts.set(question, (counts.get(question) ?? 0) + 1);
    }
    const [first, second, third] = [...counts.values()].sort((a, b) => b - a) as [number, number, number];
    expect(first / second).toBeGreaterThan(1.85);
    expect(first / second).toBeLessThan(2.15);
    expect(first / third).toBeGreaterThan(2.7);
    expect(first / third).toBeLessThan(3.3);
  });
});
