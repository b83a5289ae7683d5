import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exponential, type Random, seededRandom } from '../../src/kernel/random.ts';
import { inFlightBlocks, trendOf } from '../../src/statistics/trend.ts';

/** Requests in flight of an M/M/1 queue with service rate 1, in twenty blocks, after a warm-up of a tenth. */
function blocksOf(utilisation: number, requests: number, random: Random): Float64Array {
  const due = new Float64Array(Math.round(1.1 * requests));
  const end = new Float64Array(due.length);
  let time = 0;
  let free = 0;
  for (let index = 0; index < due.length; index += 1) {
    time += exponential(random) / utilisation;
    free = Math.max(time, free) + exponential(random);
    due[index] = time;
    end[index] = free;
  }
  return inFlightBlocks(due, end, { from: time / 11, to: time });
}

function alarms(utilisation: number, requests: number, trials = 300): number {
  const random = seededRandom(`trend/${utilisation}/${requests}`);
  let rising = 0;
  for (let trial = 0; trial < trials; trial += 1) {
    if (trendOf(blocksOf(utilisation, requests, random))!.rising) rising += 1;
  }
  return rising / trials;
}

describe('a trend of requests in flight', () => {
  it.each([
    [0.5, 1000],
    [0.9, 500],
    [0.9, 3000],
    [0.95, 2000],
  ])('is not seen in a queue that keeps up, at utilisation %s over %s requests', (utilisation, requests) => {
    expect(alarms(utilisation, requests)).toBeLessThanOrEqual(0.02);
  });

  it.each([
    [1.05, 10_000, 0.7],
    [1.1, 5000, 0.9],
    [1.2, 2000, 0.9],
    [1.5, 500, 0.95],
  ])(
    'is seen in a queue that does not, at %s times its capacity within %s requests',
    (utilisation, requests, power) => {
      expect(alarms(utilisation, requests, 150)).toBeGreaterThanOrEqual(power);
    },
  );

  it('is certain of a series that climbs like a ruler, and of none that stands still or falls', () => {
    const ruler = Float64Array.from({ length: 20 }, (_, index) => 3 + index);
    expect(trendOf(ruler)).toEqual({ perBlock: 1, t: Number.POSITIVE_INFINITY, rising: true, blocks: 20 });
    expect(trendOf(new Float64Array(20).fill(4))).toMatchObject({ perBlock: 0, rising: false });
    expect(trendOf(ruler.toReversed())!.rising).toBe(false);
  });

  it('does not depend on the unit, nor on the level', () => {
    const series = fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 8, maxLength: 40 });
    fc.assert(
      fc.property(
        series,
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 0, max: 500 }),
        (levels, unit, base) => {
          const plain = trendOf(levels)!;
          const changed = trendOf(levels.map((level) => base + unit * level))!;
          expect(changed.rising).toBe(plain.rising);
          expect(changed.perBlock).toBeCloseTo(unit * plain.perBlock, 6);
        },
      ),
    );
  });

  it('can not be told from fewer than eight blocks', () => {
    expect(trendOf([1, 2, 3, 4, 5, 6, 7])).toBeNull();
  });
});

describe('requests in flight by blocks of time', () => {
  it('counts each request for the part of a block that it was there', () => {
    const levels = inFlightBlocks([0, 5, 12], [10, 15, Number.NaN], { from: 0, to: 20, blocks: 2 });
    expect([...levels]).toEqual([1.5, 1.3]);
  });

  it('leaves out what lies before and after', () => {
    const levels = inFlightBlocks([-5, 19, 40], [5, 50, 60], { from: 0, to: 20, blocks: 4 });
    expect([...levels]).toEqual([1, 0, 0, 0.2]);
  });

  it('adds up to the time that requests spent within, whatever the blocks', () => {
    const request = fc.tuple(
      fc.double({ min: 0, max: 100, noNaN: true }),
      fc.double({ min: 0, max: 50, noNaN: true }),
    );
    fc.assert(
      fc.property(
        fc.array(request, { maxLength: 30 }),
        fc.integer({ min: 1, max: 20 }),
        (requests, blocks) => {
          const due = requests.map(([begin]) => begin);
          const end = requests.map(([begin, length]) => begin + length);
          const window = { from: 10, to: 90, blocks };
          const sum = inFlightBlocks(due, end, window).reduce((all, level) => all + level, 0) * (80 / blocks);
          const within = requests.reduce(
            (all, [begin, length]) => all + Math.max(0, Math.min(90, begin + length) - Math.max(10, begin)),
            0,
          );
          expect(sum).toBeCloseTo(within, 6);
        },
      ),
    );
  });
});
