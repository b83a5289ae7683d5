import { describe, expect, it } from 'vitest';
import { QuestionNumbers } from '../../src/load/question-numbers.ts';
import { MATCHED_OTHER } from '../../src/records/columns.ts';

describe('the number of a matched question', () => {
  const numbers = new QuestionNumbers(['When?', ' Where? ', 'When?', 'Café?']);

  it('is its place among the golden questions, plus one, however it is spaced or composed', () => {
    expect(numbers.columnValue(0, 'Where?')).toBe(2);
    expect(numbers.columnValue(0, 'Cafe\u0301?')).toBe(4);
  });

  it('is that of the asked one, of several with the same words', () => {
    expect(numbers.columnValue(2, 'When?')).toBe(3);
    expect(numbers.columnValue(1, 'When?')).toBe(1);
  });

  it('says so where it is none of them', () => {
    expect(numbers.columnValue(0, 'Why?')).toBe(MATCHED_OTHER);
    expect(Math.fround(MATCHED_OTHER)).toBe(MATCHED_OTHER);
  });
});
