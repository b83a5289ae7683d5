import { describe, expect, it } from 'vitest';
import { question, returned, scoresOf } from '../golden-cases.ts';

const scored = (golden: readonly string[], answer: string) =>
  scoresOf('numeric-equality', [
    { question: question({ answers: golden }), returned: returned({ answer }) },
  ])[0];

describe('numeric-equality', () => {
  it.each([
    ['1,000', 'About 1000 people.', 1],
    ['1000', '1 000 passengers', 1],
    ['1,000.50', 'exactement 1 000,5 tonnes', 1],
    ['1,250', '11,250', 0],
    ['20 %', '0.2', 0],
    ['0.2', '20 %', 0],
    ['20 %', '20 percent of them', 1],
    ['20 %', '20', 0],
    ['€4.50', '4.5 euros', 1],
    ['€4.50', '$4.50', 0],
    ['€4.50', '4.50', 0],
    ['12 March 2025', 'Depuis le 12 mars 2025.', 1],
    ['2025-03-12', 'It opened on March 12, 2025.', 1],
    ['2025-03-12', 'It opened on March 13, 2025.', 0],
    ['-5 degrees', '5 degrees', 0],
    ['between 3 and 5 knots', '5 to 3 kn', 1],
    ['between 3 and 5 knots', 'about 3 knots', 0],
    ['08:15', 'It leaves at 8:15.', 1],
  ])('golden %j, answered %j: %d', (golden, answer, expected) => {
    expect(scored([golden], answer)).toBe(expected);
  });

  it('takes the best of the golden answers that hold a value, and no other', () => {
    expect(scored(['twelve', '12', 'a dozen'], 'Twelve of them.')).toBe(0);
    expect(scored(['13', '12'], 'Exactly 12.')).toBe(1);
    expect(scored(['twelve', 'a dozen'], '12')).toBeNull();
  });

  it('is 0 for an abstention or a failure, and says nothing of unanswerable questions', () => {
    const fare = question({ answers: ['4.50'] });
    expect(
      scoresOf('numeric-equality', [
        { question: fare, returned: returned({ answer: '', abstained: true }) },
        { question: fare, returned: undefined },
        { question: question({ answerable: false, answers: ['4'] }), returned: returned({ answer: '4' }) },
      ]),
    ).toEqual([0, 0, null]);
  });

  it('says nothing of a target that hides its answers', () => {
    const hidden = { question: question({ answers: ['4.50'] }), returned: returned({ passages: [] }) };
    expect(scoresOf('numeric-equality', [hidden])).toEqual([null]);
  });
});
