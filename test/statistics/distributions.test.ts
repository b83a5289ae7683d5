import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  binomialCdf,
  incompleteBeta,
  logGamma,
  normalCdf,
  normalQuantile,
  studentCdf,
  studentQuantile,
} from '../../src/statistics/distributions.ts';

describe('distributions', () => {
  it('agrees with factorials and Γ(1/2)', () => {
    expect(logGamma(11)).toBeCloseTo(Math.log(3_628_800), 10);
    expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.sqrt(Math.PI)), 12);
  });

  it('agrees with tables of the normal and of Student’s distribution', () => {
    expect(normalCdf(1.959963984540054)).toBeCloseTo(0.975, 12);
    expect(normalCdf(-5)).toBeCloseTo(2.866515718791939e-7, 15);
    expect(normalQuantile(0.995)).toBeCloseTo(2.5758293035489004, 10);
    expect(studentQuantile(0.975, 1)).toBeCloseTo(12.706204736432095, 8);
    expect(studentQuantile(0.975, 19)).toBeCloseTo(2.093024054408263, 9);
    expect(studentCdf(-2.093024054408263, 19)).toBeCloseTo(0.025, 10);
  });

  it('sums binomial probabilities as the definition does', () => {
    const choose = (n: number, k: number): number => (k === 0 ? 1 : (choose(n, k - 1) * (n - k + 1)) / k);
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 0, max: 40 }),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        (n, k, p) => {
          let sum = 0;
          for (let i = 0; i <= Math.min(k, n); i += 1) sum += choose(n, i) * p ** i * (1 - p) ** (n - i);
          expect(binomialCdf(k, n, p)).toBeCloseTo(sum, 10);
        },
      ),
    );
  });

  it('is symmetric in the incomplete beta function', () => {
    const parameter = fc.double({ min: 0.2, max: 500, noNaN: true });
    fc.assert(
      fc.property(fc.double({ min: 0.001, max: 0.999, noNaN: true }), parameter, parameter, (x, a, b) => {
        expect(incompleteBeta(x, a, b) + incompleteBeta(1 - x, b, a)).toBeCloseTo(1, 9);
      }),
    );
  });
});
