import { describe, expect, it } from 'vitest';
import { normal, seededRandom } from '../../src/kernel/random.ts';
import { varianceInflation } from '../../src/statistics/dependence.ts';

/** An AR(1) process, whose mean is as uncertain as that of n (1 − φ) / (1 + φ) independent values. */
function autoregressive(phi: number, length: number, seed: string): Float64Array {
  const random = seededRandom(seed);
  const values = new Float64Array(length);
  let value = normal(random) / Math.sqrt(1 - phi * phi);
  for (let index = 0; index < length; index += 1) {
    values[index] = value;
    value = phi * value + normal(random);
  }
  return values;
}

describe('the variance inflation of a mean', () => {
  it.each([
    [0, 1],
    [0.5, 3],
    [0.9, 19],
  ])('is (1 + φ) / (1 − φ) for an AR(1) process, φ %s', (phi, truth) => {
    const found = Array.from(
      { length: 60 },
      (_, trial) => varianceInflation(autoregressive(phi, 20_000, `${phi}/${trial}`))!,
    );
    const average = found.reduce((sum, one) => sum + one, 0) / found.length;
    // Never below one, and widened where batches seem correlated by chance: so above the truth rather than below.
    expect(average).toBeGreaterThan(0.85 * truth);
    expect(average).toBeLessThan(1.5 * truth + 0.5);
  });

  it('is one at least, even for values that avoid each other', () => {
    expect(varianceInflation(Array.from({ length: 1000 }, (_, index) => index % 2))).toBe(1);
  });

  it('does not depend on unit and level', () => {
    const values = autoregressive(0.8, 2000, 'unit');
    const changed = values.map((value) => 7 + 3 * value);
    expect(varianceInflation(changed)! / varianceInflation(values)!).toBeCloseTo(1, 9);
  });

  it('can not be told of fewer than a hundred values, nor of values that are all alike', () => {
    expect(varianceInflation(autoregressive(0, 99, 'few'))).toBeNull();
    expect(varianceInflation(new Float64Array(500).fill(2))).toBeNull();
  });
});
