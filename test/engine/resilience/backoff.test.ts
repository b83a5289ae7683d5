import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoffDelay, delayCeiling } from '../../../src/engine/resilience/backoff.ts';
import { seededRandom } from '../../../src/kernel/random.ts';

const growths = fc.record({
  baseMs: fc.double({ min: 0, max: 10_000, noNaN: true }),
  factor: fc.double({ min: 1, max: 10, noNaN: true }),
  capMs: fc.double({ min: 0, max: 120_000, noNaN: true }),
});

describe('the delay before a retry', () => {
  it('has an upper end that grows by the factor, up to the cap', () => {
    const growth = { baseMs: 1000, factor: 2, capMs: 60_000 };
    const ends = Array.from({ length: 9 }, (_, retry) => delayCeiling(growth, retry));
    expect(ends).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000]);
  });

  it('lies between 0 and min(cap, base · factor^n)', () => {
    fc.assert(
      fc.property(growths, fc.nat(30), fc.nat(), (growth, retry, seed) => {
        const delay = backoffDelay(growth, retry, seededRandom(seed));
        expect(delay).toBeGreaterThanOrEqual(0);
        expect(delay).toBeLessThanOrEqual(Math.min(growth.capMs, growth.baseMs * growth.factor ** retry));
      }),
    );
  });

  it('is the upper end itself without jitter', () => {
    const growth = { baseMs: 100, factor: 3, capMs: 5000, jitter: 'none' } as const;
    const random = seededRandom('no jitter');
    const delays = [0, 1, 2, 9].map((retry) => backoffDelay(growth, retry, random));
    expect(delays).toEqual([100, 300, 900, 5000]);
  });

  it('is uniform over that range: full jitter', () => {
    const growth = { baseMs: 100, factor: 3, capMs: 5000 };
    const random = seededRandom('full jitter');
    for (const retry of [0, 2, 6]) {
      const end = delayCeiling(growth, retry);
      const tenths = new Array<number>(10).fill(0);
      const draws = 20_000;
      for (let draw = 0; draw < draws; draw += 1) {
        const tenth = Math.floor((backoffDelay(growth, retry, random) / end) * 10);
        tenths[tenth] = tenths[tenth]! + 1;
      }
      const expected = draws / 10;
      const chiSquare = tenths.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
      // The 99.9 % point of χ² with nine degrees of freedom.
      expect(chiSquare).toBeLessThan(27.88);
    }
  });
});
