import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cliffsDelta } from '../../src/statistics/cliffs-delta.ts';

const group = fc.array(fc.integer({ min: -6, max: 6 }), { minLength: 1, maxLength: 25 });

describe("Cliff's delta", () => {
  it('is the published one', () => {
    // Cliff, Ordinal Methods for Behavioral Data Analysis, 1996, p. 129.
    const treated = [10, 10, 20, 20, 20, 30, 30, 30, 40, 50];
    const control = [10, 20, 30, 40, 40, 50];
    expect(cliffsDelta(treated, control)).toBe(-0.25);
  });

  it('is the share of pairs that the first wins, less those it loses', () => {
    fc.assert(
      fc.property(group, group, (a, b) => {
        const signs: number[] = a.flatMap((one) => b.map((other) => Math.sign(one - other)));
        expect(cliffsDelta(a, b)).toBeCloseTo(signs.reduce((sum, sign) => sum + sign, 0) / signs.length, 12);
      }),
    );
  });

  it('turns with the groups, lies within ±1, and sees only the order', () => {
    fc.assert(
      fc.property(group, group, (a, b) => {
        const delta = cliffsDelta(a, b)!;
        expect(Math.abs(cliffsDelta(b, a)! + delta)).toBe(0);
        expect(Math.abs(delta)).toBeLessThanOrEqual(1);
        const bent = (value: number): number => Math.exp(value) + 7;
        expect(cliffsDelta(a.map(bent), b.map(bent))).toBe(delta);
      }),
    );
  });

  it('is ±1 where the groups do not meet, 0 where they are alike, and none for an empty one', () => {
    expect(cliffsDelta([4, 5], [1, 2, 3])).toBe(1);
    expect(cliffsDelta([1], [2, 3])).toBe(-1);
    expect(cliffsDelta([1, 2], [2, 1])).toBe(0);
    expect(cliffsDelta([], [1])).toBeNull();
    expect(cliffsDelta([1], [])).toBeNull();
    expect(() => cliffsDelta([Number.NaN], [1])).toThrow(RangeError);
  });
});
