import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allocate, sampleQuestions } from '../../src/datasets/sample.ts';
import { seededRandom } from '../../src/kernel/random.ts';
import { checked, type Written } from './checks/made-set.ts';

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

describe('dividing a sample among strata', () => {
  it.each([
    [[60, 60, 60], 30, [10, 10, 10]],
    [[50, 30, 20], 10, [5, 3, 2]],
    [[100, 1], 10, [9, 1]],
    [[1000, 1, 1], 3, [1, 1, 1]],
    [[1000, 1, 1], 2, [2, 0, 0]],
    [[3, 3, 3], 4, [2, 1, 1]],
    [[5], 5, [5]],
  ])('%j into %i', (counts, size, shares) => {
    expect(allocate(counts, size)).toEqual(shares);
  });

  it('gives each its share to within one, at least one where that can be, and no more than it has', () => {
    const counts = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(counts, fc.double({ min: 0, max: 1, noNaN: true }), (sizes, part) => {
        const total = sum(sizes);
        const size = Math.max(1, Math.round(part * total));
        const shares = allocate(sizes, size);
        expect(sum(shares)).toBe(size);
        for (const [at, share] of shares.entries()) {
          expect(share).toBeLessThanOrEqual(sizes[at]!);
          if (size >= sizes.length) expect(share).toBeGreaterThanOrEqual(1);
          // Whoever got one by right of existing may have taken it from those above their quota, never more.
          const quota = (size * sizes[at]!) / total;
          if (sizes.every((count) => (size * count) / total >= 1)) {
            expect(Math.abs(share - quota)).toBeLessThan(1);
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('a sample of questions', () => {
  const set = (written: readonly Written[]) => written.map((one, at) => checked(one, at + 1));
  const kinds = set(
    Array.from({ length: 40 }, (_, at) => ({
      kind: at % 4 === 0 ? 'rare' : 'common',
      tags: at % 2 ? ['x'] : [],
    })),
  );
  const sample = (questions: typeof kinds, size: number, seed = 1, by: 'kind' | 'tag' | 'split' = 'kind') =>
    sampleQuestions(questions, { size, by, random: seededRandom(seed) });
  const ids = (questions: readonly (typeof kinds)[number][]): string[] =>
    questions.map(({ question }) => question.id);

  it('has each kind in proportion, in the order of the set', () => {
    const { questions, strata } = sample(kinds, 12);
    expect(strata).toEqual([
      { name: 'common', questions: 30, taken: 9 },
      { name: 'rare', questions: 10, taken: 3 },
    ]);
    const order = ids(questions).map((id) => Number(id.slice(1)));
    expect(order).toEqual(order.toSorted((a, b) => a - b));
  });

  it('is the same for a seed whatever the order of the set, and another for another seed', () => {
    const first = ids(sample(kinds, 12).questions);
    expect(ids(sample(kinds.toReversed(), 12).questions).sort()).toEqual(first.toSorted());
    expect(ids(sample(kinds, 12, 2).questions)).not.toEqual(first);
  });

  it('keeps those without a kind as a stratum of their own, told last', () => {
    const { strata } = sample(set([{}, { kind: 'z' }, { kind: 'a' }]), 3);
    expect(strata.map(({ name }) => name)).toEqual(['a', 'z', null]);
  });

  it('counts a question of several tags or splits once', () => {
    const tagged = set([{ tags: ['b', 'a'] }, { tags: ['a', 'b'] }, { tags: ['a'] }]);
    expect(sample(tagged, 3, 1, 'tag').strata).toEqual([
      { name: 'a', questions: 1, taken: 1 },
      { name: 'a+b', questions: 2, taken: 2 },
    ]);
    const split = set([{ splits: ['test', 'dev'] }, { splits: ['dev'] }]);
    expect(sample(split, 2, 1, 'split').strata.map(({ name }) => name)).toEqual(['dev', 'dev+test']);
  });

  it.each([0, 41, 1.5, Number.NaN])('refuses a size of %d', (size) => {
    expect(() => sample(kinds, size)).toThrow(/cannot be taken of 40 questions/);
  });
});
