import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normal, seededRandom } from '../../src/kernel/random.ts';
import { fitScalability, throughputAt } from '../../src/statistics/usl.ts';

const LOADS = [1, 2, 4, 8, 16, 32, 64];

const law = fc.record({
  gamma: fc.double({ min: 1, max: 5000, noNaN: true }),
  alpha: fc.double({ min: 0.005, max: 0.3, noNaN: true }),
  beta: fc.double({ min: 1e-4, max: 5e-3, noNaN: true }),
});

const pointsOf = (parameters: { gamma: number; alpha: number; beta: number }, loads = LOADS) =>
  loads.map((load) => ({ load, perSecond: throughputAt(parameters, load) }));

describe('the Universal Scalability Law', () => {
  it('recovers its parameters from points without noise', () => {
    fc.assert(
      fc.property(law, (parameters) => {
        const found = fitScalability(pointsOf(parameters))!;
        expect(found.gamma / parameters.gamma).toBeCloseTo(1, 3);
        expect(found.alpha).toBeCloseTo(parameters.alpha, 3);
        expect(found.beta / parameters.beta).toBeCloseTo(1, 2);
        expect(found.rSquared).toBeCloseTo(1, 6);
        const peak = Math.sqrt((1 - parameters.alpha) / parameters.beta);
        expect(found.peakLoad! / peak).toBeCloseTo(1, 2);
        expect(found.peakPerSecond! / throughputAt(parameters, peak)).toBeCloseTo(1, 3);
      }),
      { numRuns: 60 },
    );
  });

  it('recovers them nearly from points with 2 % of noise', () => {
    const random = seededRandom('usl');
    const parameters = { gamma: 120, alpha: 0.05, beta: 0.001 };
    for (let trial = 0; trial < 20; trial += 1) {
      const noisy = pointsOf(parameters).map(({ load, perSecond }) => ({
        load,
        perSecond: perSecond * (1 + 0.02 * normal(random)),
      }));
      const found = fitScalability(noisy)!;
      expect(found.gamma).toBeGreaterThan(100);
      expect(found.gamma).toBeLessThan(145);
      expect(found.peakLoad!).toBeGreaterThan(20);
      expect(found.peakLoad!).toBeLessThan(45);
      expect(found.peakPerSecond! / throughputAt(parameters, 30.8)).toBeCloseTo(1, 0.8);
      expect(found.rSquared).toBeGreaterThan(0.98);
    }
  });

  it('has no peak where throughput only levels off, and names what it approaches', () => {
    const found = fitScalability(pointsOf({ gamma: 100, alpha: 0.1, beta: 0 }))!;
    expect(found.beta).toBeLessThan(1e-8);
    expect(found.peakPerSecond === null || found.peakPerSecond > 900).toBe(true);
  });

  it('has none where throughput grows in proportion', () => {
    const found = fitScalability(pointsOf({ gamma: 7, alpha: 0, beta: 0 }))!;
    expect(found.gamma).toBeCloseTo(7, 3);
    expect(found.alpha).toBeLessThan(1e-4);
  });

  it('takes the best fit, not the nearest start: no other law of a grid leaves smaller residuals', () => {
    const random = seededRandom('best');
    const points = pointsOf({ gamma: 50, alpha: 0.2, beta: 0.002 }).map(({ load, perSecond }) => ({
      load,
      perSecond: perSecond * (1 + 0.1 * normal(random)),
    }));
    const loss = (parameters: { gamma: number; alpha: number; beta: number }) =>
      points.reduce((sum, { load, perSecond }) => sum + (perSecond - throughputAt(parameters, load)) ** 2, 0);
    const found = loss(fitScalability(points)!);
    for (const gamma of [30, 40, 50, 60, 80]) {
      for (const alpha of [0, 0.05, 0.1, 0.2, 0.4]) {
        for (const beta of [0, 0.0005, 0.001, 0.002, 0.005]) {
          expect(found).toBeLessThanOrEqual(loss({ gamma, alpha, beta }) * (1 + 1e-9));
        }
      }
    }
  });

  it('is none for fewer than six points, three loads, or what it does not explain', () => {
    expect(fitScalability(pointsOf({ gamma: 1, alpha: 0.1, beta: 0.01 }, [1, 2, 4, 8, 16]))).toBeNull();
    expect(fitScalability(pointsOf({ gamma: 1, alpha: 0.1, beta: 0.01 }, [1, 2, 1, 2, 1, 2]))).toBeNull();
    const random = seededRandom('noise');
    const noise = LOADS.map((load) => ({ load, perSecond: 50 + 40 * random.next() }));
    expect(fitScalability(noise)).toBeNull();
  });
});
