import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normal, seededRandom } from '../../src/kernel/random.ts';
import { marginalStandardErrorRule, mser5, steadyStateOf } from '../../src/statistics/steady-state.ts';

describe('steady state', () => {
  const random = seededRandom(42);
  const noise = (length: number, level = 10) => Array.from({ length }, () => level + normal(random));

  it('cuts off a warm-up that is plainly there', () => {
    const { truncatedShare, steady } = marginalStandardErrorRule([...noise(10, 40), ...noise(40)])!;
    expect(truncatedShare).toBeGreaterThanOrEqual(0.2);
    expect(truncatedShare).toBeLessThan(0.3);
    expect(steady).toBe(true);
  });

  it('finds no steady state in a series that climbs to its end', () => {
    expect(marginalStandardErrorRule(Array.from({ length: 60 }, (_, index) => index ** 2))!.steady).toBe(
      false,
    );
  });

  it('calls steady noise steady, but for a few series in a hundred', () => {
    expect(mser5(noise(500))!.steady).toBe(true);
    const skewed = () => Float64Array.from({ length: 60 }, () => Math.exp(0.5 * normal(random)));
    const alarms = Array.from({ length: 300 }, () => marginalStandardErrorRule(skewed())!).filter(
      ({ steady }) => !steady,
    ).length;
    expect(alarms).toBeLessThanOrEqual(24);
  });

  it('finds a level that shifted late', () => {
    for (let trial = 0; trial < 50; trial += 1) {
      expect(marginalStandardErrorRule([...noise(39, 16), ...noise(21)])!.steady).toBe(false);
    }
  });

  it('finds no warm-up where all batches are alike, whatever their level', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-4, max: 1e4, noNaN: true }),
        fc.integer({ min: 20, max: 300 }),
        (level, count) => {
          const rule = marginalStandardErrorRule(new Float64Array(count).fill(level));
          expect(rule).toEqual({ truncatedShare: 0, steady: true });
        },
      ),
    );
  });

  it('cuts the same, however far from zero the series lies', () => {
    const series = Float64Array.from({ length: 60 }, () => Math.round(normal(random) * 1024) / 1024);
    const raised = series.map((value) => value + 4096);
    expect(marginalStandardErrorRule(raised)).toEqual(marginalStandardErrorRule(series));
  });

  it('says nothing about series too short to tell', () => {
    expect(mser5(noise(99))).toBeNull();
    expect(steadyStateOf([0, 10], [1, 1], { duration: 20 })).toBeNull();
  });

  it('batches latencies by time', () => {
    const times = Array.from({ length: 8000 }, (_, index) => index);
    const latencies = times.map((time) => (time < 2000 ? 50 : 5) + normal(random));
    const { truncatedShare } = steadyStateOf(times, latencies, { duration: 8000 })!;
    expect(truncatedShare).toBeGreaterThanOrEqual(0.25);
    expect(truncatedShare).toBeLessThan(0.5);
  });
});
