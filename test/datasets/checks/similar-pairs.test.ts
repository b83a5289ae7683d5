import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { similarPairs } from '../../../src/datasets/checks/similar-pairs.ts';
import { seededRandom } from '../../../src/kernel/random.ts';

function bruteForce(sets: readonly ReadonlySet<string>[], threshold: number) {
  const pairs: { first: number; second: number; similarity: number }[] = [];
  for (let first = 0; first < sets.length; first += 1) {
    for (let second = first + 1; second < sets.length; second += 1) {
      const [a, b] = [sets[first]!, sets[second]!];
      if (a.size === 0 || b.size === 0) continue;
      const shared = [...a].filter((feature) => b.has(feature)).length;
      const similarity = shared / (a.size + b.size - shared);
      if (similarity >= threshold) pairs.push({ first, second, similarity });
    }
  }
  return pairs;
}

describe('similar pairs', () => {
  it('are those that comparing all with all finds', () => {
    const features = fc.uniqueArray(fc.constantFrom(...'abcdefgh'), { maxLength: 8 });
    fc.assert(
      fc.property(
        fc.array(features, { maxLength: 25 }),
        fc.constantFrom(0.2, 1 / 3, 0.5, 0.6, 2 / 3, 0.75, 0.8, 0.9, 1),
        (lists, threshold) => {
          const sets = lists.map((list) => new Set(list));
          expect(similarPairs(sets, threshold)).toEqual(bruteForce(sets, threshold));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('are found among thousands without comparing all with all', () => {
    const random = seededRandom(7);
    const sets = Array.from(
      { length: 6000 },
      () => new Set(Array.from({ length: 50 }, () => `t${random.integer(9000)}`)),
    );
    const copies = [3, 777, 5000].map((at) => new Set([...sets[at]!].slice(1)));
    const found = similarPairs([...sets, ...copies], 0.8);
    expect(found.map(({ first, second }) => [first, second])).toEqual([
      [3, 6000],
      [777, 6001],
      [5000, 6002],
    ]);
  });
});
