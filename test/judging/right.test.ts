import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GoldenQuestion } from '../../src/datasets/golden.ts';
import type { Returned, Right } from '../../src/judging/returned.ts';
import { judgeRight } from '../../src/judging/right.ts';
import { documentText, FARE, passage, question, REFUND, ranking, returned } from './golden.ts';

const ANSWERED = { answers: ['12 euros', '€12'] };
const JUDGED = {
  relevant: new Map([
    ['fares', 1],
    ['pets', 0],
  ]),
};
const QUOTED = { evidence: [[FARE]], relevant: new Map([['fares', 1]]) };
const HOPS = { evidence: [[FARE], [REFUND]] };
const found = [passage('fares')];
const others = Array.from({ length: 5 }, () => passage('pets'));

type Row = [sentence: string, known: Partial<GoldenQuestion>, shown: Partial<Returned>, right: Right];

describe('judgeRight', () => {
  it.each<Row>([
    ['an answer that holds an alias is right', ANSWERED, { answer: 'It costs 12 Euros.' }, 'right'],
    ['numbers match by value', ANSWERED, { answer: 'It costs 12.00 euros.' }, 'right'],
    ['an answer without an alias is wrong', ANSWERED, { answer: 'It costs 15 euros.' }, 'wrong'],
    ['an alias within a longer number is none', ANSWERED, { answer: 'It costs 112 euros.' }, 'wrong'],
    [
      'an answer with a forbidden value is wrong',
      { ...ANSWERED, forbidden: ['10 euros'] },
      { answer: '12 euros, once 10 euros.' },
      'wrong',
    ],
    ['an empty answer is wrong', ANSWERED, { answer: '' }, 'wrong'],
    [
      'good passages do not save a wrong answer',
      { ...ANSWERED, ...QUOTED },
      { answer: '15 euros', passages: found },
      'wrong',
    ],
    [
      'bad passages do not spoil a right answer',
      { ...ANSWERED, ...QUOTED },
      { answer: '12 euros', passages: others },
      'right',
    ],

    ['passages that cover the evidence are right', QUOTED, { passages: found }, 'right'],
    [
      'passages are judged where the question has no answers',
      QUOTED,
      { answer: 'Whatever.', passages: found },
      'right',
    ],
    [
      'passages are judged where the target gives no answer',
      { ...ANSWERED, ...QUOTED },
      { passages: found },
      'right',
    ],
    [
      'the relevant document without its quote is wrong',
      QUOTED,
      { passages: [passage('fares', 'Children')] },
      'wrong',
    ],
    ['evidence below the top five is wrong', QUOTED, { passages: [...others, ...found] }, 'wrong'],
    ['every group of the evidence is needed', HOPS, { passages: found }, 'wrong'],
    ['all groups together are right', HOPS, { passages: [...found, passage('refunds')] }, 'right'],
    ['either of two alternatives will do', { evidence: [[REFUND, FARE]] }, { passages: found }, 'right'],
    ['no passage at all is wrong', QUOTED, { passages: [] }, 'wrong'],

    ['a relevant document among the passages is right', JUDGED, { passages: found }, 'right'],
    ['a document that was judged 0 is not relevant', JUDGED, { passages: others }, 'wrong'],
    ['a relevant document below the top five is wrong', JUDGED, { passages: [...others, ...found] }, 'wrong'],
    [
      'passages without text are judged by their documents',
      QUOTED,
      { passages: [{ documentId: 'fares' }] },
      'right',
    ],
    ['a ranking alone is judged by its top', JUDGED, { ranking: ranking('pets', 'fares') }, 'right'],
    [
      'a ranking has a relevant document too low',
      JUDGED,
      { ranking: ranking('a', 'b', 'c', 'd', 'e', 'fares') },
      'wrong',
    ],
    [
      'passages are judged before the ranking',
      JUDGED,
      { passages: others, ranking: ranking('fares') },
      'wrong',
    ],

    [
      'an abstention is right where there is no answer',
      { answerable: false },
      { answer: 'I do not know.', abstained: true },
      'right',
    ],
    [
      'an answer is wrong where there is none',
      { answerable: false },
      { answer: 'It costs 12 euros.' },
      'wrong',
    ],
    [
      'an apology is no abstention',
      { answerable: false },
      { answer: 'Sorry, something went wrong.' },
      'wrong',
    ],
    [
      'passages alone cannot abstain',
      { answerable: false },
      { passages: found, ranking: ranking('fares') },
      'unscored',
    ],
    [
      'an abstention is wrong where there is an answer',
      ANSWERED,
      { answer: 'I do not know.', abstained: true },
      'wrong',
    ],
    [
      'an abstention is wrong even with the evidence found',
      QUOTED,
      { answer: '', abstained: true, passages: found },
      'wrong',
    ],
    ['an abstention is wrong even with the passages hidden', QUOTED, { abstained: true }, 'wrong'],

    ['a last-resort answer is never right', ANSWERED, { answer: '12 euros', lastResort: true }, 'wrong'],
    [
      'a last-resort answer is no abstention',
      { answerable: false },
      { answer: 'No.', abstained: true, lastResort: true },
      'wrong',
    ],
    [
      'a last-resort answer does not live off its passages',
      QUOTED,
      { answer: 'Ask us.', lastResort: true, passages: found },
      'wrong',
    ],

    ['answers cannot score passages', ANSWERED, { passages: found }, 'unscored'],
    ['evidence cannot score an answer alone', QUOTED, { answer: '12 euros' }, 'unscored'],
    ['quotes cannot score a ranking', { evidence: [[FARE]] }, { ranking: ranking('fares') }, 'unscored'],
    [
      'a question without labels scores nothing',
      {},
      { answer: 'x', passages: found, ranking: ranking('fares') },
      'unscored',
    ],
    ['a question without labels does not score an abstention', {}, { abstained: true }, 'unscored'],
  ])('%s', (_sentence, known, shown, right) => {
    expect(judgeRight({ question: question(known), returned: returned(shown), documentText })).toBe(right);
  });

  it('looks as deep as it is told', () => {
    const judgement = {
      question: question(QUOTED),
      returned: returned({ passages: [...others, ...found] }),
      documentText,
    };
    expect(judgeRight({ ...judgement, k: 6 })).toBe('right');
  });

  it('judges an answer by its words alone, and passages by themselves alone', () => {
    const answer = fc.constantFrom('12 euros', '15 euros', '');
    const passages = fc.constantFrom(undefined, [], found, others);
    fc.assert(
      fc.property(answer, passages, passages, (text, some, more) => {
        const golden = question({ ...ANSWERED, ...QUOTED });
        const judge = (shown: Partial<Returned>): Right =>
          judgeRight({ question: golden, returned: returned(shown), documentText });
        expect(judge({ answer: text, passages: some })).toBe(judge({ answer: text, passages: more }));
        expect(judge({ answer: text, passages: some })).toBe(text === '12 euros' ? 'right' : 'wrong');
        expect(judge({ passages: some })).toBe(
          some === undefined ? 'unscored' : some === found ? 'right' : 'wrong',
        );
      }),
    );
  });
});
