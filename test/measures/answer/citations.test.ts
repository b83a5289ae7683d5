import { describe, expect, it } from 'vitest';
import { question, returned, scoresOf } from '../golden-cases.ts';

const TEXT = 'Adults pay 4.50 euros. Children under five travel free. Dogs need a lead on deck.';
const documentText = (id: string) => (id === 'fares' || id === 'notice' ? TEXT : undefined);
const passage = (quote: string, documentId = 'fares') => {
  const start = TEXT.indexOf(quote);
  return { documentId, start, end: start + quote.length };
};

const golden = question({
  evidence: [[{ document: 'fares', quote: 'Adults pay 4.50 euros.' }]],
  relevant: new Map([['fares', 1]]),
});
const answered = returned({
  answer: '4.50 euros',
  passages: [
    passage('Dogs need a lead on deck.'),
    passage('Adults pay 4.50 euros. Children'),
    passage('Adults pay 4.50 euros.', 'notice'),
    passage('4.50 euros. Children under five'),
  ],
  contextSize: 3,
});
const scores = (measure: string, fields: object, of = golden) =>
  scoresOf(measure, [{ question: of, returned: { ...answered, ...fields }, documentText }])[0];

describe('citation-precision', () => {
  it.each([
    ['the passage that shows the quote', [1], 1],
    ['one passage of the right document that shows something else', [0, 1], 1 / 2],
    ['the same words in another document', [2], 0],
    ['half of the quote and more', [3], 1],
    ['a passage twice', [1, 1, 0], 1 / 2],
    ['a passage that was not there', [1, 17], 1 / 2],
  ])('when citing %s', (_what, citations, expected) => {
    expect(scores('citation-precision', { citations })).toBe(expected);
  });

  it('takes the passages of relevant documents where there are no quotes', () => {
    const judged = question({ relevant: new Map([['notice', 1]]) });
    expect(scores('citation-precision', { citations: [1, 2] }, judged)).toBe(1 / 2);
  });

  it.each([
    ['an answer that cites nothing', { citations: [] }],
    ['an abstention', { citations: [1], abstained: true }],
    ['a last resort', { citations: [1], lastResort: true }],
    ['a target that hides its citations', { citations: undefined }],
  ])('says nothing of %s', (_what, fields) => {
    expect(scores('citation-precision', fields)).toBeNull();
  });

  it('says nothing of a question that failed', () => {
    expect(scoresOf('citation-precision', [{ question: golden, returned: undefined, documentText }])).toEqual(
      [null],
    );
  });
});

describe('citation-recall', () => {
  it('is the share of the relevant passages in the context that were cited', () => {
    expect(scores('citation-recall', { citations: [0, 1] })).toBe(1);
    expect(scores('citation-recall', { citations: [0] })).toBe(0);
    expect(scores('citation-recall', { citations: [1], contextSize: undefined })).toBe(1 / 2);
  });

  it('says nothing when no relevant passage was in the context', () => {
    expect(scores('citation-recall', { citations: [0], contextSize: 1 })).toBeNull();
  });
});
