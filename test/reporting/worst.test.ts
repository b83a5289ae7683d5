import { describe, expect, it } from 'vitest';
import { isWrong, worstQuestions } from '../../src/reporting/worst.ts';
import { sampleRun } from './sample-record.ts';

const questions = sampleRun({ questions: 120 }).record.questions!;

describe('the worst questions', () => {
  it('are the wrong ones first, grouped by class, lowest nDCG first within it', () => {
    const shown = worstQuestions(questions, 200);
    const wrong = questions.filter(isWrong).length;
    expect(shown.slice(0, wrong).every(isWrong)).toBe(true);
    expect(shown.slice(wrong).some(isWrong)).toBe(false);
    const below = shown
      .filter(({ funnel }) => funnel === 'answered-wrong')
      .map(({ scores }) => scores['ndcg@10']!);
    expect(below.length).toBeGreaterThan(1);
    expect(below).toEqual([...below].sort((a, b) => a - b));
  });

  it('show every class even where a big one could fill the list', () => {
    const classes = new Set(questions.filter(isWrong).map(({ funnel }) => funnel));
    const shown = worstQuestions(questions, classes.size);
    expect(new Set(shown.map(({ funnel }) => funnel))).toEqual(classes);
  });

  it('counts a failed question among the wrong ones', () => {
    const failed = { ...questions[20]!, right: 'unscored' as const, returned: null, error: 'timeout' };
    expect(worstQuestions([failed], 5)).toEqual([failed]);
  });
});
