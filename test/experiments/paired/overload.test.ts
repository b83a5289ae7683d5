import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OVERLOAD, overloaded, overloadOf } from '../../../src/experiments/paired/overload.ts';
import { exponential, seededRandom } from '../../../src/kernel/random.ts';
import { OUTCOMES } from '../../../src/records/columns.ts';
import { simulatedBlocks } from '../gate/made-records.ts';

const OPEN = { loop: 'open', duration: 3000 } as const;
const code = (name: (typeof OUTCOMES)[number]): number => OUTCOMES.indexOf(name);

/** Arrivals at `rate` a second to one server that answers `capacity` a second, in order. */
function queue(rate: number, capacity: number, seed: number, { most = Number.POSITIVE_INFINITY } = {}) {
  const random = seededRandom(seed);
  const due: number[] = [];
  for (let at = 0; at < OPEN.duration; at += (1000 / rate) * exponential(random)) due.push(at);
  let free = 0;
  const ends = due.map((at) => {
    if (Math.max(free, at) - at > most) return Number.NaN;
    free = Math.max(free, at) + (1000 / capacity) * exponential(random);
    return free;
  });
  return {
    rows: due.length,
    due: Float64Array.from(due),
    end: Float64Array.from(ends),
    outcome: Uint8Array.from(ends, (end) => code(Number.isNaN(end) ? 'dropped' : 'completed')),
  };
}

describe('the overload of a block', () => {
  it('is what a growing backlog tells: one minus capacity over rate', () => {
    for (const [rate, capacity] of [
      [300, 200],
      [300, 100],
      [500, 450],
    ] as const) {
      const found = Array.from(
        { length: 20 },
        (_, seed) => overloadOf(queue(rate, capacity, seed), OPEN)!,
      ).sort((a, b) => a - b)[10]!;
      expect(Math.abs(found - (1 - capacity / rate))).toBeLessThan(0.05);
    }
  });

  it('is next to nothing at half of the capacity', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        expect(overloadOf(queue(200, 400, seed), OPEN)!).toBeLessThan(0.05);
      }),
      { numRuns: 60, seed: 11 },
    );
  });

  it('is the share that found no room, where that is more', () => {
    const rows = queue(300, 100, 3, { most: 300 });
    const dropped = rows.outcome.filter((outcome) => outcome === code('dropped')).length;
    expect(overloadOf(rows, OPEN)).toBeCloseTo(dropped / rows.rows, 6);
    const hung = { ...rows, outcome: rows.outcome.map(() => code('timeout')) };
    expect(overloadOf(hung, OPEN)).toBe(1);
  });

  it('is null in a closed loop and without arrivals, and 0 of too few', () => {
    expect(overloadOf(queue(300, 200, 1), { ...OPEN, loop: 'closed' })).toBeNull();
    expect(overloadOf({ ...queue(300, 200, 1), rows: 0 }, OPEN)).toBeNull();
    expect(overloadOf({ ...queue(300, 200, 1), rows: 12 }, OPEN)).toBe(0);
  });

  it('is counted over measured blocks', () => {
    const blocks = simulatedBlocks(1, {
      launches: 4,
      pairs: 1,
      change: ({ variant, indicators }) =>
        variant === 'candidate' ? { indicators: { ...indicators, [OVERLOAD]: 0.3 } } : {},
    });
    expect(overloaded(blocks)).toEqual({ of: 8, count: 4, share: 0.3 });
  });
});
