import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { QuestionRecord } from '../../src/records/schema.ts';
import { isWrong, worstQuestions } from '../../src/records/worst.ts';

const CLASSES = ['answered-wrong', 'below-k', 'error', 'right-in-time'] as const;

const question = fc
  .record({
    funnel: fc.constantFrom(...CLASSES),
    ndcg: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
  })
  .map(
    ({ funnel, ndcg }): QuestionRecord => ({
      id: 'q',
      question: 'What does a crossing cost?',
      kind: null,
      difficulty: null,
      tags: [],
      answerable: true,
      must: false,
      expected: { answers: [], forbidden: [], evidence: [], relevant: [] },
      returned: null,
      error: funnel === 'error' ? 'no' : null,
      right: funnel === 'right-in-time' ? 'right' : 'wrong',
      funnel,
      firstRelevantRank: null,
      scores: { 'ndcg@10': ndcg },
      latencyMs: 1,
    }),
  );
const set = fc.array(question, { maxLength: 60 });
const limit = fc.integer({ min: 0, max: 70 });

describe('the worst questions', () => {
  it('of a lower limit are among those of a higher one', () => {
    fc.assert(
      fc.property(set, limit, limit, (questions, one, other) => {
        const many = new Set(worstQuestions(questions, Math.max(one, other)));
        const few = worstQuestions(questions, Math.min(one, other));
        expect(few.length).toBeLessThanOrEqual(Math.min(one, other));
        expect(few.every((kept) => many.has(kept))).toBe(true);
      }),
    );
  });

  it('show each class before any shows twice, and wrong ones before right ones', () => {
    fc.assert(
      fc.property(set, (questions) => {
        const wrong = questions.filter(isWrong);
        const classes = new Set(wrong.map(({ funnel }) => funnel));
        const shown = worstQuestions(questions, classes.size);
        expect(new Set(shown.map(({ funnel }) => funnel))).toEqual(classes);
        const all = worstQuestions(questions, questions.length);
        expect(all.slice(0, wrong.length).every(isWrong)).toBe(true);
        expect(all.slice(wrong.length).some(isWrong)).toBe(false);
      }),
    );
  });
});
