import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GroundspeedError } from '../../src/kernel/errors.ts';
import { seededRandom } from '../../src/kernel/random.ts';
import { shuffledPasses, zipfOrder } from '../../src/load/arrivals.ts';
import {
  parseOrder,
  type QuestionOrder,
  questionOrder,
  questionSource,
} from '../../src/load/question-order.ts';

const order = fc.oneof(
  fc.constantFrom<QuestionOrder>({ kind: 'uniform' }, { kind: 'sequential' }, { kind: 'shuffled' }),
  fc.double({ min: 0, max: 3, noNaN: true }).map((exponent): QuestionOrder => ({ kind: 'zipf', exponent })),
);
const questions = fc.integer({ min: 1, max: 40 });

describe('the text of an order', () => {
  it.each([
    ['zipf', { kind: 'zipf', exponent: 1 }],
    ['zipf:1.2', { kind: 'zipf', exponent: 1.2 }],
    [' Zipf : 0 ', { kind: 'zipf', exponent: 0 }],
    ['uniform', { kind: 'uniform' }],
    ['sequential', { kind: 'sequential' }],
    ['shuffled', { kind: 'shuffled' }],
  ])('%s', (text, parsed) => {
    expect(parseOrder(text)).toEqual(parsed);
  });

  it.each([
    ['zipf:', 'the exponent must be a number from 0 to 10'],
    ['zipf:-1', 'the exponent must be a number from 0 to 10'],
    ['zipf:11', 'the exponent must be a number from 0 to 10'],
    ['zipf:1:2', 'the exponent must be a number from 0 to 10'],
    ['uniform:3', 'uniform takes no number'],
    ['shufled', 'did you mean shuffled?'],
    ['', 'there is no such order'],
  ])('%s is refused: %s', (text, problem) => {
    try {
      parseOrder(text);
      expect.unreachable();
    } catch (thrown) {
      const { code, where, message, hint } = thrown as GroundspeedError;
      expect(thrown).toBeInstanceOf(GroundspeedError);
      expect([code, where]).toEqual(['usage.argument', '--order']);
      expect(message).toContain(problem);
      expect(hint).toBe('Write zipf (or zipf:1.2), uniform, sequential or shuffled.');
    }
  });
});

describe('every order', () => {
  it('begins a longer list as a shorter one, so that every rate asks the same', () => {
    fc.assert(
      fc.property(
        order,
        questions,
        fc.integer({ min: 0, max: 100 }),
        fc.integer({ min: 0, max: 100 }),
        fc.integer(),
        (kind, count, shorter, more, seed) => {
          const of = (length: number) =>
            questionOrder(kind, { questions: count, count: length, random: seededRandom(seed) });
          expect(of(shorter)).toEqual(of(shorter + more).slice(0, shorter));
        },
      ),
    );
  });

  it('asks the same from a source without end as in a list, and only questions that are there', () => {
    fc.assert(
      fc.property(order, questions, fc.integer(), (kind, count, seed) => {
        const next = questionSource(kind, { questions: count, random: seededRandom(seed) });
        const list = questionOrder(kind, { questions: count, count: 200, random: seededRandom(seed) });
        expect(Uint32Array.from({ length: 200 }, next)).toEqual(list);
        expect(list.every((question) => question < count)).toBe(true);
      }),
    );
  });
});

describe('shuffled', () => {
  it('asks every question once before any is asked again', () => {
    fc.assert(
      fc.property(questions, fc.integer({ min: 0, max: 200 }), fc.integer(), (pool, count, seed) => {
        const asked = [...shuffledPasses(pool, count, seededRandom(seed))];
        for (let start = 0; start + pool <= count; start += pool) {
          expect(new Set(asked.slice(start, start + pool)).size).toBe(pool);
        }
        expect(new Set(asked.slice(count - (count % pool))).size).toBe(count % pool);
      }),
    );
  });
});

describe('sequential', () => {
  it('goes round and round as the file has them', () => {
    const asked = questionOrder({ kind: 'sequential' }, { questions: 3, count: 8, random: seededRandom(1) });
    expect([...asked]).toEqual([0, 1, 2, 0, 1, 2, 0, 1]);
  });
});

const countsOf = (asked: Uint32Array): number[] => {
  const counts: number[] = [];
  for (const question of asked) counts[question] = (counts[question] ?? 0) + 1;
  return counts;
};

describe('uniform', () => {
  it('draws all questions equally often, and each without regard to the one before', () => {
    const pool = 20;
    const asked = questionOrder(
      { kind: 'uniform' },
      { questions: pool, count: 40_000, random: seededRandom(17) },
    );
    const chiSquare = countsOf(asked).reduce((sum, count) => sum + (count - 2000) ** 2 / 2000, 0);
    expect(chiSquare).toBeLessThan(43.8); // 19 degrees of freedom: passed by chance once in a thousand
    const repeats = asked.filter((question, index) => question === asked[index - 1]).length;
    expect(repeats / 40_000).toBeGreaterThan(0.0456); // 1/20 less four standard errors
    expect(repeats / 40_000).toBeLessThan(0.0544);
  });
});

describe('zipf', () => {
  it('makes the most popular question about twice as popular as the second', () => {
    const counts = countsOf(zipfOrder(50, 60_000, seededRandom(11)));
    const [first, second, third] = counts.sort((a, b) => b - a) as [number, number, number];
    expect(first / second).toBeGreaterThan(1.85);
    expect(first / second).toBeLessThan(2.15);
    expect(first / third).toBeGreaterThan(2.7);
    expect(first / third).toBeLessThan(3.3);
  });

  it('gives popularity to other questions under another seed', () => {
    const favourites = [1, 2, 3, 4, 5, 6].map((seed) => {
      const counts = countsOf(zipfOrder(50, 2000, seededRandom(seed)));
      return counts.indexOf(Math.max(...counts.filter((count) => count > 0)));
    });
    expect(new Set(favourites).size).toBeGreaterThan(3);
  });

  it('is the steeper the greater its exponent', () => {
    const shareOfFirst = (exponent: number) => {
      const counts = countsOf(
        questionOrder({ kind: 'zipf', exponent }, { questions: 50, count: 20_000, random: seededRandom(3) }),
      );
      return Math.max(...counts.filter((count) => count > 0)) / 20_000;
    };
    expect(shareOfFirst(0)).toBeLessThan(0.03);
    expect(shareOfFirst(1)).toBeCloseTo(1 / 4.4992, 1); // one over the 50th harmonic number
    expect(shareOfFirst(2)).toBeCloseTo(1 / 1.6251, 1);
  });
});
