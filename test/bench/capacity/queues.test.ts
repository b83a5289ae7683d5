import { describe, expect, it } from 'vitest';
import { lateShare, type Queue, queuesOf, saturationOf, simulate } from '../../../bench/capacity/queues.ts';
import { limitAt } from '../../../bench/capacity/searches.ts';
import { seededRandom } from '../../../src/kernel/random.ts';
import { batchShareInterval } from '../../../src/statistics/batch-means.ts';

const QUEUES = queuesOf(100).map((queue) => [queue.name, queue] as const);

/** The share that is late in a long simulation, with an interval that knows that requests share a queue. */
function simulated(queue: Queue, rate: number, limit: number) {
  const { due, end } = simulate(queue, rate, 12_000, seededRandom(`${queue.name}/${rate}`));
  return batchShareInterval(
    due.map((time, index) => (end[index]! - time > limit ? 1 : 0)),
    0.999,
  )!;
}

describe('the known queues', () => {
  it.each(QUEUES)('%s is as late in simulation as in theory', (_, queue) => {
    for (const utilisation of [0.5, 0.8, 0.9]) {
      const limit = limitAt(queue, utilisation, 0.05);
      const { low, high } = simulated(queue, utilisation * 100, limit);
      expect(low).toBeLessThanOrEqual(0.05);
      expect(high).toBeGreaterThanOrEqual(0.05);
    }
  });

  it('M/M/1 has exponential sojourn times', () => {
    const queue = QUEUES[0]![1];
    expect(lateShare(queue, 80, 0.15)).toBeCloseTo(Math.exp(-20 * 0.15), 12);
  });

  it('M/D/1 agrees with Crommelin, whose terms alternate', () => {
    const queue = QUEUES[2]![1];
    const crommelin = (rate: number, waiting: number) => {
      let within = 0;
      let factorial = 1;
      for (let k = 0; k <= Math.floor(waiting * 100); k += 1) {
        if (k > 0) factorial *= k;
        const x = rate * (waiting - k / 100);
        within += ((-x) ** k / factorial) * Math.exp(x);
      }
      return 1 - (1 - rate / 100) * within;
    };
    for (const rate of [30, 60, 90]) {
      for (const waiting of [0.004, 0.013, 0.027, 0.055]) {
        expect(lateShare(queue, rate, waiting + 0.01)).toBeCloseTo(crommelin(rate, waiting), 9);
      }
    }
  });

  it.each(QUEUES)('%s is later at higher rates, and always beyond what it can do', (_, queue) => {
    const shares = [20, 40, 60, 80, 95].map((rate) => lateShare(queue, rate, 0.1));
    expect(shares.toSorted((a, b) => a - b)).toEqual(shares);
    expect(lateShare(queue, saturationOf(queue), 0.1)).toBe(1);
  });

  it('draws as many arrivals as the rate says, each served after it is due', () => {
    const { due, end } = simulate(QUEUES[1]![1], 50, 1000, seededRandom(4));
    expect(due.length / 50_000).toBeCloseTo(1, 1);
    expect(due.every((time, index) => end[index]! > time && (index === 0 || time >= due[index - 1]!))).toBe(
      true,
    );
  });
});
