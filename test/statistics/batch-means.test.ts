import { describe, expect, it } from 'vitest';
import { exponential, type Random, seededRandom } from '../../src/kernel/random.ts';
import {
  batchMeanInterval,
  batchQuantileInterval,
  batchShareInterval,
} from '../../src/statistics/batch-means.ts';

/** Sojourn times of an M/M/1 queue with service rate 1, by Lindley's recursion, after a warm-up that is thrown away. */
function queue(utilisation: number, length: number, random: Random): Float64Array {
  const times = new Float64Array(length);
  let waiting = 0;
  for (let index = -5000; index < length; index += 1) {
    const service = exponential(random);
    if (index >= 0) times[index] = waiting + service;
    waiting = Math.max(0, waiting + service - exponential(random) / utilisation);
  }
  return times;
}

describe('intervals within a run, on a simulated M/M/1 queue at utilisation 0.9', () => {
  const utilisation = 0.9;
  const length = 20_000;
  const trials = 200;
  // Sojourn times are exponential with rate 1 − ρ: an oracle that owes nothing to the code under test.
  const trueQuantile = (p: number) => -Math.log(1 - p) / (1 - utilisation);

  function coverage(covers: (times: Float64Array) => boolean): number {
    let covered = 0;
    for (let trial = 0; trial < trials; trial += 1) {
      if (covers(queue(utilisation, length, seededRandom(7000 + trial)))) covered += 1;
    }
    return covered / trials;
  }

  it('cover the mean in nine runs of ten', () => {
    const share = coverage((times) => {
      const { low, high } = batchMeanInterval(times)!;
      return low <= 10 && 10 <= high;
    });
    expect(share).toBeGreaterThanOrEqual(0.9);
  });

  it('cover the share that is late in nine runs of ten', () => {
    let withheld = 0;
    const share = coverage((times) => {
      const interval = batchShareInterval(times.map((time) => (time > trueQuantile(0.95) ? 1 : 0)));
      if (interval === null) withheld += 1;
      return interval !== null && interval.low <= 0.05 && 0.05 <= interval.high;
    });
    expect(withheld).toBeLessThanOrEqual(trials * 0.05);
    expect(share * (trials / (trials - withheld))).toBeGreaterThanOrEqual(0.9);
  });

  it.each([0.5, 0.9, 0.95])('cover the quantile %s in nine runs of ten', (p) => {
    let withheld = 0;
    const share = coverage((times) => {
      const interval = batchQuantileInterval(times, p);
      if (interval === null) withheld += 1;
      return interval !== null && interval.low <= trueQuantile(p) && trueQuantile(p) <= interval.high;
    });
    expect(withheld).toBeLessThanOrEqual(trials * 0.05);
    expect(share * (trials / (trials - withheld))).toBeGreaterThanOrEqual(0.9);
  });
});

describe('batch intervals', () => {
  const random = seededRandom(3);
  const samples = (length: number) => Float64Array.from({ length }, () => exponential(random));

  it('are withheld for too few samples', () => {
    expect(batchMeanInterval(samples(99))).toBeNull();
    expect(batchQuantileInterval(samples(49_999), 0.99)).toBeNull();
    expect(batchQuantileInterval(samples(50_001), 0.99)).not.toBeNull();
  });

  it('shrink to a point for a mean of constant samples, and are withheld for a share that never varied', () => {
    expect(batchMeanInterval(new Float64Array(400).fill(3))).toEqual({ estimate: 3, low: 3, high: 3 });
    expect(batchShareInterval(new Uint8Array(400).fill(1))).toBeNull();
  });

  it('hold their estimate', () => {
    for (const p of [0.5, 0.9, 0.95]) {
      const { estimate, low, high } = batchQuantileInterval(samples(10_001), p)!;
      expect(low).toBeLessThanOrEqual(estimate);
      expect(high).toBeGreaterThanOrEqual(estimate);
    }
  });
});
