import { describe, expect, it } from 'vitest';
import { commonQuestions } from '../../../src/experiments/gate/common-questions.ts';
import { flipsOf } from '../../../src/experiments/gate/flips.ts';
import type { QuestionRecord } from '../../../src/records/schema.ts';
import { question, questions, record } from './made-records.ts';

const flips = (before: QuestionRecord[], after: QuestionRecord[]) =>
  flipsOf(commonQuestions(record(before), record(after)).pairs);

describe('questions that changed', () => {
  it('come with both sides, those no longer right first, pinned ones at their head', () => {
    const before = [
      question(0),
      question(1),
      question(2),
      question(3, { must: true }),
      question(4, { right: 'wrong' }),
    ];
    const after = [
      question(0, { ranking: ['other', 'd0'] }),
      question(1, { right: 'wrong', answer: 'no' }),
      question(2),
      question(3, { right: 'wrong', error: 'timed out', must: true }),
      question(4),
    ];
    const changed = flips(before, after);
    expect(changed.map(({ id, before: was, after: is }) => `${id} ${was} ${is}`)).toEqual([
      'q3 right wrong',
      'q1 right wrong',
      'q4 wrong right',
      'q0 right right',
    ]);
    expect(changed[0]).toMatchObject({
      must: true,
      answerBefore: 'answer 3',
      answerAfter: null,
      topAfter: [],
    });
    expect(changed[3]).toMatchObject({ topBefore: ['d0', 'other'], topAfter: ['other', 'd0'] });
  });

  it('are none among questions that a load never came to', () => {
    const unasked = questions(10).map((one) => ({
      ...one,
      returned: null,
      right: 'unscored' as const,
      scores: {},
    }));
    expect(flips(questions(10), unasked)).toEqual([]);
  });

  it('are all there when they are thousands, with their answers cut short', () => {
    const long = (word: string) => questions(600, () => ({ answer: word.repeat(1000) }));
    const changed = flips(long('a'), long('b'));
    expect(changed).toHaveLength(600);
    expect(changed[0]!.answerAfter!.length).toBeLessThan(310);
    expect(flips(long('a').slice(0, 20), long('b').slice(0, 20))[0]!.answerAfter).toHaveLength(1000);
  });
});
