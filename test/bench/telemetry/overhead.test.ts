import { describe, expect, it } from 'vitest';
import { costOf } from '../../../bench/telemetry/overhead.ts';
import { seededRandom } from '../../../src/kernel/random.ts';

describe('what instrumentation costs', () => {
  it('is the geometric mean of the ratios by round, with an interval around it', () => {
    const off = [1, 2, 4, 1, 2, 4];
    const own = off.map((median, round) => median * (round % 2 === 0 ? 1.1 : 1 / 1.1));
    const { percent, interval } = costOf(own, off, seededRandom(1));
    expect(percent).toBeCloseTo(0, 9);
    expect(interval![0]).toBeLessThan(0);
    expect(interval![1]).toBeGreaterThan(0);
  });

  it('is the same in each round where it is: a point', () => {
    const { percent, interval } = costOf([1.02, 2.04], [1, 2], seededRandom(1));
    expect(percent).toBeCloseTo(2, 9);
    expect(interval![0]).toBeCloseTo(2, 9);
    expect(interval![1]).toBeCloseTo(2, 9);
  });
});
