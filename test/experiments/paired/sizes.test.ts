import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { detectableInWords, questionsFor, sizesFor } from '../../../src/experiments/paired/sizes.ts';

const FACTS = {
  arms: 2,
  arrangement: 'all',
  rate: 1000,
  launchSeconds: 1,
  budgetSeconds: undefined,
} as const;

describe('the size of a comparison', () => {
  it('is the recipe’s unless somebody wishes otherwise', () => {
    expect(sizesFor({}, FACTS)).toMatchObject({ launches: 10, pairs: 3, blockSeconds: 3 });
    expect(sizesFor({ launches: 4, pairs: 2, block: 500 }, FACTS)).toMatchObject({
      launches: 4,
      pairs: 2,
      blockSeconds: 0.5,
    });
  });

  it('makes blocks long enough for a thousand requests', () => {
    expect(sizesFor({}, { ...FACTS, rate: 100 }).blockSeconds).toBe(10);
  });

  it('fits a budget, with launches of three pairs where these fit', () => {
    const { launches, pairs, seconds } = sizesFor({}, { ...FACTS, budgetSeconds: 600 });
    expect(pairs).toBe(3);
    expect(launches).toBeGreaterThan(10);
    expect(seconds).toBeLessThanOrEqual(600);
  });

  it('never plans for more than the budget', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1, max: 5000, noNaN: true }),
        fc.integer({ min: 2, max: 20 }),
        fc.double({ min: 0.1, max: 30, noNaN: true }),
        fc.double({ min: 20, max: 20_000, noNaN: true }),
        (budgetSeconds, arms, launchSeconds, rate) => {
          const arrangement = arms > 6 ? 'against-first' : 'all';
          try {
            const sizes = sizesFor({}, { arms, arrangement, rate, launchSeconds, budgetSeconds });
            expect(sizes.seconds).toBeLessThanOrEqual(budgetSeconds);
            expect(sizes.launches).toBeGreaterThan(0);
            expect(sizes.pairs).toBeLessThanOrEqual(3);
          } catch (thrown) {
            expect(thrown).toMatchObject({ code: 'usage.argument', where: '--budget' });
          }
        },
      ),
    );
  });

  it('says what can be detected, and that few pairs detect nothing', () => {
    expect(detectableInWords(30)).toMatch(/^30 pairs: .* changes of \d\.\d % in p50 and \d+\.\d % in p95/);
    expect(detectableInWords(1)).toMatch(/^1 pair: too few/);
    expect(detectableInWords(7)).toMatch(/8 at least/);
  });

  it('asks slow targets all questions, or as many as fit', () => {
    const facts = { questions: 100, arms: 2, answerSeconds: 2, budgetSeconds: undefined };
    expect(questionsFor(facts)).toEqual({ asked: 100, seconds: 404 });
    expect(questionsFor({ ...facts, budgetSeconds: 100 })).toEqual({ asked: 24, seconds: 100 });
    expect(() => questionsFor({ ...facts, budgetSeconds: 5 })).toThrow(/budget/);
  });
});
