import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exponential, normal, seededRandom, shuffle } from '../../src/kernel/random.ts';

describe('seeded random', () => {
  it('repeats itself for the same seed, and not for a neighbouring one', () => {
    const draw = (seed: number) => Array.from({ length: 5 }, seededRandom(seed).next);
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
  });

  it('forks by label, whatever was drawn before', () => {
    const random = seededRandom(1);
    const early = random.fork('a').next();
    random.next();
    expect(random.fork('a').next()).toBe(early);
    expect(random.fork('b').next()).not.toBe(early);
  });

  it('fills [0, 1) evenly: sixteen cells of 100,000 draws pass a χ² test', () => {
    const random = seededRandom(2026);
    const cells = new Float64Array(16);
    for (let draw = 0; draw < 100_000; draw += 1) cells[Math.floor(random.next() * 16)]! += 1;
    const chiSquared = cells.reduce((sum, count) => sum + (count - 6250) ** 2 / 6250, 0);
    expect(chiSquared).toBeLessThan(37.7); // P = 0.001 at 15 degrees of freedom
  });

  it('stays within bounds, whatever the seed', () => {
    fc.assert(
      fc.property(fc.oneof(fc.integer(), fc.string()), fc.integer({ min: 1, max: 1000 }), (seed, bound) => {
        const random = seededRandom(seed);
        for (let draw = 0; draw < 20; draw += 1) {
          const integer = random.integer(bound);
          expect(integer >= 0 && integer < bound && Number.isInteger(integer)).toBe(true);
        }
      }),
    );
  });

  it('draws normal and exponential deviates of the right mean and spread', () => {
    const random = seededRandom(5);
    const moments = (draw: () => number): [number, number] => {
      const values = Array.from({ length: 20_000 }, draw);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      return [mean, values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length];
    };
    const [normalMean, normalVariance] = moments(() => normal(random));
    expect(Math.abs(normalMean)).toBeLessThan(0.03);
    expect(Math.abs(normalVariance - 1)).toBeLessThan(0.05);
    const [exponentialMean, exponentialVariance] = moments(() => exponential(random));
    expect(Math.abs(exponentialMean - 1)).toBeLessThan(0.03);
    expect(Math.abs(exponentialVariance - 1)).toBeLessThan(0.12);
  });

  it('shuffles without losing anything', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.integer(), (items, seed) => {
        expect(shuffle([...items], seededRandom(seed)).sort()).toEqual([...items].sort());
      }),
    );
  });
});
