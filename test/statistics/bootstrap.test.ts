import { describe, expect, it } from 'vitest';
import { normal, seededRandom } from '../../src/kernel/random.ts';
import { bootstrapMeanInterval } from '../../src/statistics/bootstrap.ts';
import { wilsonInterval } from '../../src/statistics/proportions.ts';

describe('bootstrap interval of a mean', () => {
  it('covers the mean of normal samples about as often as it says', () => {
    let covered = 0;
    for (let trial = 0; trial < 300; trial += 1) {
      const random = seededRandom(100 + trial);
      const values = Float64Array.from({ length: 80 }, () => 5 + normal(random));
      const [low, high] = bootstrapMeanInterval(values, { random, resamples: 800 })!;
      if (low <= 5 && 5 <= high) covered += 1;
    }
    expect(covered / 300).toBeGreaterThan(0.91);
    expect(covered / 300).toBeLessThan(0.985);
  });

  it('leans towards the long tail of skewed samples', () => {
    const values = [...Array(40).fill(0), ...Array(5).fill(1), 10];
    const centre = values.reduce((sum, value) => sum + value, 0) / values.length;
    const [low, high] = bootstrapMeanInterval(values, { random: seededRandom(1) })!;
    expect(high - centre).toBeGreaterThan(centre - low);
  });

  it('is the same for the same seed', () => {
    const interval = () => bootstrapMeanInterval([1, 2, 3, 5, 8, 13], { random: seededRandom(9) });
    expect(interval()).toEqual(interval());
  });

  it('is a point for equal values, and null for a single one', () => {
    expect(bootstrapMeanInterval([1, 1, 1], { random: seededRandom(1) })).toEqual([1, 1]);
    expect(bootstrapMeanInterval([1], { random: seededRandom(1) })).toBeNull();
  });
});

describe('Wilson interval', () => {
  it('agrees with the worked example of Newcombe (1998): 81 of 263', () => {
    const [low, high] = wilsonInterval(81, 263)!;
    expect(low).toBeCloseTo(0.2553, 4);
    expect(high).toBeCloseTo(0.3662, 4);
  });

  it('stays within [0, 1] and touches its end only when every trial agreed', () => {
    expect(wilsonInterval(0, 10)![0]).toBe(0);
    expect(wilsonInterval(10, 10)![1]).toBe(1);
    expect(wilsonInterval(0, 10)![1]).toBeGreaterThan(0.2);
    expect(wilsonInterval(0, 0)).toBeNull();
  });
});
