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

  it('calls steady noise steady', () => {
    expect(mser5(noise(500))!.steady).toBe(true);
  });

  it('finds no warm-up where all batches are alike, whatever their level', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-4, max: 1e4, noNaN: true }),
        fc.integer({ min: 10, max: 300 }),
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
    expect(mser5(noise(49))).toBeNull();
    expect(steadyStateOf([0, 10], [1, 1], { duration: 20 })).toBeNull();
  });

  it('batches latencies by time', () => {
    const times = Array.from({ length: 4000 }, (_, index) => index);
    const latencies = times.map((time) => (time < 1000 ? 50 : 5) + normal(random));
    const { truncatedShare } = steadyStateOf(times, latencies, { duration: 4000 })!;
    expect(truncatedShare).toBeGreaterThanOrEqual(0.25);
    expect(truncatedShare).toBeLessThan(0.5);
  });
});
