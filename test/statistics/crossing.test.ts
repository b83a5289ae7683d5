import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normal, type Random, seededRandom } from '../../src/kernel/random.ts';
import { crossingOf, type Dose } from '../../src/statistics/crossing.ts';

const logistic = (eta: number) => 1 / (1 + Math.exp(-eta));

/** A run of independent requests, of which so many fail at the dose. */
function run(x: number, share: number, size: number, random: Random): Dose {
  let failed = 0;
  for (let request = 0; request < size; request += 1) if (random.next() < share) failed += 1;
  return { x, estimate: failed / size, size, variance: 1 };
}

const RATES = [80, 88, 93, 97, 100, 103, 107, 112, 120];

describe('the dose at which a share crosses its bound', () => {
  const shareAt = (x: number) => logistic(Math.log(0.05 / 0.95) + (12 * (x - 100)) / 100);
  const trials = 200;

  it('lies within the interval as often as it says', () => {
    const random = seededRandom('crossing');
    let [low, high, sum] = [0, 0, 0];
    for (let trial = 0; trial < trials; trial += 1) {
      const doses = RATES.map((x) => run(x, shareAt(x), 200, random));
      const found = crossingOf(doses, 0.05, { kind: 'share' })!;
      if (found.low !== null && found.low <= 100) low += 1;
      if (found.high === null || found.high >= 100) high += 1;
      sum += found.estimate;
    }
    // .975 each; two hundred trials see .94 of that but once in a hundred series.
    expect(low / trials).toBeGreaterThanOrEqual(0.94);
    expect(high / trials).toBeGreaterThanOrEqual(0.94);
    expect(sum / trials / 100).toBeCloseTo(1, 1.7);
  });

  it('is found as well where some fail at any dose', () => {
    const random = seededRandom('natural');
    let held = 0;
    for (let trial = 0; trial < trials; trial += 1) {
      const doses = RATES.map((x) => run(x, 0.1 + 0.9 * shareAt(x), 400, random));
      const { low, high } = crossingOf(doses, 0.1 + 0.9 * 0.05, { kind: 'share', natural: 0.1 })!;
      if ((low ?? 0) <= 100 && (high ?? Number.POSITIVE_INFINITY) >= 100) held += 1;
    }
    expect(held / trials).toBeGreaterThanOrEqual(0.9);
  });

  it('lies between the doses between which a share jumps', () => {
    const jump = [50, 70, 90, 98, 102, 110].map((x) => ({
      x,
      estimate: x < 100 ? 0 : 0.6,
      size: 2000,
      variance: 10,
    }));
    const { low, high, estimate } = crossingOf(jump, 0.05, { kind: 'share' })!;
    expect(low!).toBeGreaterThan(97.9);
    expect(high!).toBeLessThan(102.1);
    expect(estimate).toBeGreaterThan(97);
    expect(estimate).toBeLessThan(103);
  });

  it('is not bounded by a share that does not depend on the dose', () => {
    const flat = (estimate: number) => RATES.map((x) => ({ x, estimate, size: 5000, variance: 1 }));
    expect(crossingOf(flat(0.02), 0.05, { kind: 'share' })!.high).toBeNull();
    expect(crossingOf(flat(0.2), 0.05, { kind: 'share' })!.low).toBeNull();
    expect(crossingOf(flat(0.05), 0.05, { kind: 'share' })).toMatchObject({ low: null, high: null });
  });

  it('never lies above doses at which none failed, if those are enough, nor is bounded above where none failed at all', () => {
    const none = RATES.map((x) => ({ x, estimate: 0, size: 3000, variance: 20 }));
    const { low, high } = crossingOf(none, 0.05, { kind: 'share' })!;
    expect(low!).toBeGreaterThan(110);
    expect(high).toBeNull();
  });

  it('does not believe a lucky run more than the others', () => {
    const doses = RATES.map((x) => ({ x, estimate: shareAt(x), size: 3000, variance: 60 }));
    const lucky = [...doses, { x: 107, estimate: 0.01, size: 3000, variance: 2 }];
    const plain = [...doses, { x: 107, estimate: 0.01, size: 3000, variance: 60 }];
    const [trusting, sober] = [lucky, plain].map(
      (runs) => crossingOf(runs, 0.05, { kind: 'share' })!.estimate,
    );
    expect(trusting! / sober!).toBeCloseTo(1, 2);
  });

  it('is less certain where the runs scatter more than they say', () => {
    const scatter = (factor: number) =>
      RATES.map((x, index) => ({
        x,
        estimate: shareAt(x) * (index % 2 === 0 ? factor : 1 / factor),
        size: 3000,
        variance: 10,
      }));
    const width = (factor: number) => {
      const { low, high } = crossingOf(scatter(factor), 0.05, { kind: 'share' })!;
      return (high ?? Number.POSITIVE_INFINITY) - (low ?? 0);
    };
    expect(width(2)).toBeGreaterThan(2 * width(1));
  });

  it('moves with the unit of the dose, and with nothing else', () => {
    const random = seededRandom('unit');
    const doses = RATES.map((x) => run(x, shareAt(x), 300, random));
    const found = crossingOf(doses, 0.05, { kind: 'share' })!;
    fc.assert(
      fc.property(fc.double({ min: 1e-3, max: 1e3, noNaN: true }), (unit) => {
        const scaled = crossingOf(
          doses.map((dose) => ({ ...dose, x: dose.x * unit })),
          0.05,
          { kind: 'share' },
        )!;
        expect(scaled.estimate / unit / found.estimate).toBeCloseTo(1, 6);
        expect(scaled.low! / unit / found.low!).toBeCloseTo(1, 5);
        expect(scaled.high! / unit / found.high!).toBeCloseTo(1, 5);
      }),
      { numRuns: 20 },
    );
  });

  it('can only widen when more certainty is asked for', () => {
    const random = seededRandom('levels');
    const doses = RATES.map((x) => run(x, shareAt(x), 400, random));
    const at = (level: number) =>
      crossingOf(doses, 0.05, { kind: 'share', levels: { low: level, high: level } })!;
    expect(at(0.99).low!).toBeLessThan(at(0.9).low!);
    expect(at(0.99).high!).toBeGreaterThan(at(0.9).high!);
  });

  it('is none without a run, and where the bound is crossed without any dose', () => {
    expect(crossingOf([], 0.05, { kind: 'share' })).toBeNull();
    expect(
      crossingOf([{ x: 1, estimate: 0.1, size: 100, variance: 1 }], 0.05, { kind: 'share', natural: 0.05 }),
    ).toBeNull();
  });
});

describe('the dose at which a mean crosses its bound', () => {
  it('lies within the interval as often as it says', () => {
    const random = seededRandom('mean');
    const meanAt = (x: number) => 20 + 80 * Math.exp((10 * (x - 100)) / 100);
    let held = 0;
    for (let trial = 0; trial < 200; trial += 1) {
      const doses = RATES.map((x) => ({
        x,
        estimate: meanAt(x) + 5 * normal(random),
        size: 1000,
        variance: 25_000,
      }));
      const { low, high } = crossingOf(doses, 100, { kind: 'mean', natural: 20 })!;
      if (low! <= 100 && high! >= 100) held += 1;
    }
    expect(held / 200).toBeGreaterThanOrEqual(0.9);
  });

  it('is exact where the means are', () => {
    const doses = RATES.map((x) => ({
      x,
      estimate: Math.exp((7 * (x - 100)) / 100),
      size: 1000,
      variance: 0,
    }));
    const { low, high } = crossingOf(doses, 1, { kind: 'mean' })!;
    expect(low!).toBeCloseTo(100, 1);
    expect(high!).toBeCloseTo(100, 1);
  });
});
