import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { question, returned, scoresOf } from '../golden-cases.ts';

const fare = question({ answers: ['the €4.50 fare', '4.50 euros'] });
const unanswerable = question({ answerable: false });

const scored = (measure: string, golden: readonly string[], answer: string) =>
  scoresOf(measure, [{ question: question({ answers: golden }), returned: returned({ answer }) }])[0];

describe('exact-match', () => {
  it.each([
    [['The Pier!'], 'pier', 1],
    [['the old pier'], 'the pier', 0],
    [['north pier', 'south pier'], 'South Pier.', 1],
  ])('with golden answers %j, %j scores %d', (golden, answer, expected) => {
    expect(scored('exact-match', golden, answer)).toBe(expected);
  });
});

describe('f1', () => {
  it.each([
    // {old, harbour} of {old, harbour, wall}: precision 2/2, recall 2/3.
    [['the old harbour wall'], 'old harbour', 0.8],
    // One "fast" is golden, two are answered: precision 2/3, recall 2/2.
    [['fast ferry'], 'fast fast ferry', 0.8],
    [['east', 'west pier'], 'the west pier', 1],
    [['east'], 'west', 0],
  ])('with golden answers %j, %j scores %d', (golden, answer, expected) => {
    expect(scored('f1', golden, answer)).toBeCloseTo(expected, 12);
  });

  it('lies between 0 and 1, is 1 for an exact match, and is symmetric', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', 'b', 'c', ' ', 'the ', '.'),
      minLength: 1,
      maxLength: 12,
    });
    fc.assert(
      fc.property(text, text, (one, other) => {
        const value = scored('f1', [one], other);
        fc.pre(value !== null && value !== undefined && scored('f1', [other], one) !== null);
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThanOrEqual(1);
        expect(scored('f1', [other], one)).toBeCloseTo(value, 12);
        if (scored('exact-match', [one], other) === 1) expect(value).toBe(1);
      }),
    );
  });
});

describe('answer-containment', () => {
  it('finds a golden answer in a longer one, by value', () => {
    const answer = 'Since 1 March, adults pay 4.5 euros for the crossing.';
    expect(scoresOf('answer-containment', [{ question: fare, returned: returned({ answer }) }])).toEqual([1]);
    expect(scored('answer-containment', ['1,250'], 'It carries 11,250 people.')).toBe(0);
  });

  it('says nothing of unanswerable questions', () => {
    expect(
      scoresOf('answer-containment', [{ question: unanswerable, returned: returned({ answer: 'x' }) }]),
    ).toEqual([null]);
  });
});

describe.each(['exact-match', 'f1'])('%s', (measure) => {
  it('takes an abstention as right for an unanswerable question and as wrong for another', () => {
    const abstention = returned({ answer: "I can't say.", abstained: true });
    expect(
      scoresOf(measure, [
        { question: unanswerable, returned: abstention },
        { question: unanswerable, returned: returned({ answer: 'Tuesday' }) },
        { question: fare, returned: abstention },
      ]),
    ).toEqual([1, 0, 0]);
  });

  it('never takes a last-resort answer for right', () => {
    const canned = { answer: '4.50 euros', lastResort: true };
    expect(
      scoresOf(measure, [
        { question: fare, returned: returned(canned) },
        { question: unanswerable, returned: returned({ ...canned, abstained: true }) },
      ]),
    ).toEqual([0, 0]);
  });

  it('leaves out questions without golden answers', () => {
    expect(scoresOf(measure, [{ question: question(), returned: returned({ answer: 'x' }) }])).toEqual([
      null,
    ]);
  });

  it('counts a failed question as 0, unless the target never gives answers', () => {
    const failed = { question: fare, returned: undefined };
    expect(
      scoresOf(measure, [failed, { question: fare, returned: returned({ answer: '4.50 euros' }) }]),
    ).toEqual([0, 1]);
    expect(scoresOf(measure, [failed, { question: fare, returned: returned({ passages: [] }) }])).toEqual([
      null,
      null,
    ]);
    expect(scoresOf(measure, [failed])).toEqual([0]);
  });
});

describe('abstention-precision and abstention-recall', () => {
  const abstention = returned({ answer: '', abstained: true });
  const cases = [
    { question: unanswerable, returned: abstention },
    { question: unanswerable, returned: returned({ answer: 'Tuesday' }) },
    { question: unanswerable, returned: undefined },
    { question: fare, returned: abstention },
    { question: fare, returned: returned({ answer: '4.50' }) },
  ];

  it('have the precision and the recall of the set as their means', () => {
    expect(scoresOf('abstention-precision', cases)).toEqual([1, null, null, 0, null]);
    expect(scoresOf('abstention-recall', cases)).toEqual([1, 0, 0, null, null]);
  });

  it('say nothing of a target that returns passages only', () => {
    expect(
      scoresOf('abstention-recall', [{ question: unanswerable, returned: returned({ passages: [] }) }]),
    ).toEqual([null]);
  });
});
