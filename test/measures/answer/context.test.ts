import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { question, returned, scoresOf } from '../golden-cases.ts';

const golden = question({
  relevant: new Map([
    ['a', 2],
    ['b', 1],
    ['z', 0],
  ]),
});
const passages = (ids: string) => [...ids].map((documentId) => ({ documentId }));
const scored = (measure: string, ids: string, of = golden) =>
  scoresOf(measure, [{ question: of, returned: returned({ passages: passages(ids) }) }])[0];

describe('context-precision', () => {
  // ragas' formula by hand: the precision at each relevant rank, over the relevant passages among the first K.
  it.each([
    ['context-precision', 'ab', 1],
    ['context-precision', 'xa', 1 / 2],
    ['context-precision', 'axb', (1 + 2 / 3) / 2],
    ['context-precision', 'xxab', (1 / 3 + 2 / 4) / 2],
    ['context-precision@3', 'xxab', 1 / 3],
    ['context-precision@2', 'xxab', 0],
    ['context-precision', 'zxy', 0],
    ['context-precision', '', 0],
    // Two passages of one document are two passages.
    ['context-precision', 'axa', (1 + 2 / 3) / 2],
  ])('%s of %j is %d', (measure, ids, expected) => {
    expect(scored(measure, ids)).toBeCloseTo(expected, 12);
  });

  it('goes by the golden quotes, where there are some and text is shown', () => {
    const quoted = question({ evidence: [[{ document: 'fares', quote: 'Adults pay 4.50 euros.' }]] });
    const shown = [
      { documentId: 'fares', text: 'Dogs need a lead.' },
      { documentId: 'fares', text: 'Note: Adults pay 4.50 euros. Children' },
    ];
    const given = { question: quoted, returned: returned({ passages: shown }) };
    expect(scoresOf('context-precision', [given])).toEqual([1 / 2]);
  });
});

describe('context-recall', () => {
  it.each([
    ['ab', 1],
    ['xa', 1 / 2],
    ['aa', 1 / 2],
    ['xyz', 0],
    ['', 0],
  ])('of %j is %d', (ids, expected) => {
    expect(scored('context-recall', ids)).toBe(expected);
  });

  it('counts each group of alternative quotes once, as covered by all passages together', () => {
    const quoted = question({
      evidence: [
        [
          { document: 'fares', quote: 'Adults pay 4.50 euros.' },
          { document: 'notice', quote: 'The adult fare is 4.50.' },
        ],
        [{ document: 'fares', quote: 'Children under five travel free.' }],
      ],
    });
    const given = (text: string) => ({
      question: quoted,
      returned: returned({ passages: [{ documentId: 'notice', text }] }),
    });
    expect(scoresOf('context-recall', [given('The adult fare is 4.50.'), given('nothing')])).toEqual([
      1 / 2,
      0,
    ]);
  });
});

describe.each(['context-precision', 'context-precision@5', 'context-recall'])('%s', (measure) => {
  it('says nothing where the target hides its passages, whatever failed beside it', () => {
    const hidden = { question: golden, returned: returned({ answer: '4.50' }) };
    expect(scoresOf(measure, [hidden, { question: golden, returned: undefined }])).toEqual([null, null]);
  });

  it('is 0 for a question that came to nothing, where passages are shown otherwise', () => {
    const shown = { question: golden, returned: returned({ passages: passages('a') }) };
    expect(scoresOf(measure, [shown, { question: golden, returned: undefined }])[1]).toBe(0);
  });

  it('says nothing of questions that cannot be answered, or name nothing relevant', () => {
    expect(scored(measure, 'a', question({ ...golden, answerable: false }))).toBeNull();
    expect(scored(measure, 'a', question())).toBeNull();
    expect(scored(measure, 'a', question({ relevant: new Map([['a', 0]]) }))).toBeNull();
  });

  it('lies between 0 and 1, and is 1 where all that came first is relevant', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', 'b', 'x', 'z'), maxLength: 8 }), (ids) => {
        const value = scored(measure, ids)!;
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThanOrEqual(1);
        expect(scored(measure, `ab${ids.replaceAll(/[xz]/g, '')}`)).toBe(1);
      }),
    );
  });
});
