import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GoldenQuestion } from '../../src/datasets/golden.ts';
import { type Arrival, classify } from '../../src/judging/funnel.ts';
import { FUNNEL, type FunnelClass, type Returned } from '../../src/judging/returned.ts';
import { judgeRight } from '../../src/judging/right.ts';
import { documentText, FARE, passage, question, REFUND, ranking, returned, TEXTS } from './golden.ts';

const KNOWN = { answers: ['12 euros'], evidence: [[FARE]], relevant: new Map([['fares', 1]]) };
const HOPS = {
  answers: ['12 euros'],
  evidence: [[FARE], [REFUND]],
  relevant: new Map([
    ['fares', 1],
    ['refunds', 1],
  ]),
};
const found = [passage('pets'), passage('fares')];
const inTexts = (id: string): boolean => id in TEXTS;
const WRONG = {
  answer: '15 euros',
  ranking: ranking('pets', 'fares', 'refunds'),
  passages: found,
  contextSize: 2,
};

function arrival(
  known: Partial<GoldenQuestion>,
  shown: Partial<Returned>,
  rest: Partial<Arrival> = {},
): Arrival {
  const judged = { question: question(known), returned: returned(shown), documentText };
  return {
    ...judged,
    outcome: 'completed',
    inTime: true,
    right: judgeRight(judged),
    inCorpus: inTexts,
    ...rest,
  };
}

type Row = [sentence: string, arrival: Arrival, expected: FunnelClass, why: RegExp, rank?: number];

describe('classify', () => {
  it.each<Row>([
    [
      'a drop is a drop',
      arrival(KNOWN, {}, { outcome: 'dropped', returned: undefined }),
      'dropped',
      /never sent/,
    ],
    [
      'an error is an error',
      arrival(KNOWN, {}, { outcome: 'error', returned: undefined }),
      'error',
      /failed/,
    ],
    [
      'a timeout is a timeout',
      arrival(KNOWN, {}, { outcome: 'timeout', returned: undefined }),
      'timeout',
      /time ran out/,
    ],
    [
      'right and in time',
      arrival(KNOWN, { ...WRONG, answer: '12 euros' }),
      'right-in-time',
      /within the deadline/,
      2,
    ],
    [
      'right but late',
      arrival(KNOWN, { answer: '12 euros' }, { inTime: false }),
      'right-late',
      /after the deadline/,
    ],
    ['nothing to judge by', arrival({}, WRONG), 'unscored', /says nothing/],
    [
      'an answer where none is',
      arrival({ answerable: false }, WRONG),
      'should-have-abstained',
      /cannot be answered/,
    ],
    [
      'a canned answer where none is',
      arrival({ answerable: false }, { ...WRONG, lastResort: true }),
      'should-have-abstained',
      /last-resort/,
    ],

    [
      'a document that is nowhere',
      arrival({ ...KNOWN, evidence: [[{ document: 'gone', quote: 'x' }]] }, WRONG),
      'not-in-corpus',
      /"gone" is not in the corpus/,
      2,
    ],
    [
      'a document that was not ranked',
      arrival(KNOWN, { ...WRONG, ranking: ranking('pets'), passages: [passage('pets')] }),
      'not-in-top-100',
      /"fares" is not among the 1 documents/,
    ],
    [
      'a document that was ranked below the passages',
      arrival(KNOWN, { ...WRONG, passages: [passage('pets')] }),
      'below-k',
      /"fares" has rank 2/,
      2,
    ],
    [
      'a document whose other passage came',
      arrival(KNOWN, { ...WRONG, passages: [passage('fares', 'Children')] }),
      'below-k',
      /not in the top 1 passages/,
      2,
    ],
    [
      'evidence that did not fit in the context',
      arrival(KNOWN, { ...WRONG, contextSize: 1 }),
      'cut-from-context',
      /came with passage 2, but only 1/,
      2,
    ],
    ['evidence that was misread', arrival(KNOWN, WRONG), 'answered-wrong', /none of the golden answers/, 2],
    [
      'a forbidden value',
      arrival({ ...KNOWN, forbidden: ['15 euros'] }, WRONG),
      'answered-wrong',
      /"15 euros", which is forbidden/,
      2,
    ],
    ['a canned answer', arrival(KNOWN, { ...WRONG, lastResort: true }), 'answered-wrong', /last-resort/, 2],
    [
      'a canned abstention',
      arrival(KNOWN, { ...WRONG, abstained: true, lastResort: true }),
      'answered-wrong',
      /last-resort/,
      2,
    ],
    [
      'an abstention in spite of the evidence',
      arrival(KNOWN, { ...WRONG, abstained: true }),
      'wrongly-abstained',
      /abstained/,
      2,
    ],
    [
      'an abstention for want of evidence is blamed on retrieval',
      arrival(KNOWN, { ...WRONG, abstained: true, passages: [] }),
      'below-k',
      /"fares"/,
      2,
    ],
    [
      'an answer may draw on passages beyond the fifth',
      arrival(KNOWN, {
        ...WRONG,
        passages: [...Array.from({ length: 5 }, () => passage('pets')), ...found],
        contextSize: 7,
      }),
      'answered-wrong',
      /in the context/,
      2,
    ],

    [
      'of several hops the worst counts',
      arrival(HOPS, { ...WRONG, ranking: ranking('pets', 'fares') }),
      'not-in-top-100',
      /"refunds"/,
      2,
    ],
    [
      'several hops that all arrived',
      arrival(HOPS, { ...WRONG, passages: [...found, passage('refunds')], contextSize: 3 }),
      'answered-wrong',
      /in the context/,
      2,
    ],
    [
      'of alternatives the best counts',
      arrival(
        { ...KNOWN, evidence: [[{ document: 'gone', quote: 'x' }, FARE]] },
        { ...WRONG, contextSize: 1 },
      ),
      'cut-from-context',
      /"fares"/,
      2,
    ],
    [
      'without quotes any relevant document counts',
      arrival(
        {
          answers: ['12 euros'],
          relevant: new Map([
            ['refunds', 1],
            ['gone', 2],
          ]),
        },
        WRONG,
      ),
      'below-k',
      /"refunds" has rank 3/,
      3,
    ],

    [
      'passages alone, too low',
      arrival(KNOWN, {
        ...WRONG,
        answer: undefined,
        passages: [...Array.from({ length: 5 }, () => passage('pets')), ...found],
      }),
      'below-k',
      /top 5 passages/,
      2,
    ],
    [
      'a ranking alone, too low',
      arrival(KNOWN, { ranking: ranking('a', 'b', 'c', 'd', 'e', 'fares') }),
      'below-k',
      /rank 6/,
      6,
    ],
    [
      'a ranking alone, without it',
      arrival(KNOWN, { ranking: ranking('a', 'b') }),
      'not-in-top-100',
      /2 documents/,
    ],

    [
      'nothing known of the corpus',
      arrival(KNOWN, { ...WRONG, ranking: ranking('pets'), passages: [] }, { inCorpus: () => undefined }),
      'unknown',
      /hides/,
    ],
    [
      'a hidden ranking',
      arrival(KNOWN, { ...WRONG, ranking: undefined, passages: [passage('pets')] }),
      'unknown',
      /hides/,
    ],
    ['hidden passages', arrival(KNOWN, { ...WRONG, passages: undefined }), 'unknown', /hides/, 2],
    ['a hidden context', arrival(KNOWN, { ...WRONG, contextSize: undefined }), 'unknown', /hides/, 2],
    [
      'a hidden context that does not matter',
      arrival(HOPS, { ...WRONG, contextSize: undefined }),
      'below-k',
      /"refunds"/,
      2,
    ],
    [
      'hiding all does not hide what is not in the corpus',
      arrival({ ...KNOWN, evidence: [[{ document: 'gone', quote: 'x' }]] }, { answer: '15 euros' }),
      'not-in-corpus',
      /"gone"/,
    ],
    [
      'a question that names no evidence',
      arrival({ answers: ['12 euros'] }, WRONG),
      'unknown',
      /names neither/,
    ],
  ])('%s', (_sentence, given, expected, why, rank) => {
    const result = classify(given);
    expect(result).toEqual({
      class: expected,
      why: expect.stringMatching(why),
      firstRelevantRank: rank ?? null,
    });
    expect(result.why).toMatch(/^[A-Z].*\.$/);
  });

  it('puts every arrival in exactly one class, and right ones only where they are right', () => {
    const ids = fc.constantFrom('fares', 'refunds', 'pets', 'gone');
    const shown = fc.record({
      answer: fc.option(fc.constantFrom('12 euros', '15 euros'), { nil: undefined }),
      abstained: fc.boolean(),
      lastResort: fc.boolean(),
      passages: fc.option(
        fc.array(
          ids.map((id) => passage(id)),
          { maxLength: 7 },
        ),
        { nil: undefined },
      ),
      contextSize: fc.option(fc.nat(7), { nil: undefined }),
      ranking: fc.option(
        fc.uniqueArray(ids).map((some) => ranking(...some)),
        { nil: undefined },
      ),
    });
    const known = fc.constantFrom<Partial<GoldenQuestion>>(
      {},
      KNOWN,
      HOPS,
      { answers: ['12 euros'] },
      { relevant: KNOWN.relevant },
      { answerable: false },
    );
    const rest = fc.record({
      outcome: fc.constantFrom('completed', 'completed', 'error', 'timeout', 'dropped'),
      inTime: fc.boolean(),
      inCorpus: fc.constantFrom(
        inTexts,
        () => undefined,
        () => false,
      ),
    });
    fc.assert(
      fc.property(fc.array(fc.tuple(known, shown, rest), { maxLength: 20 }), (rows) => {
        const counts = new Map<FunnelClass, number>(FUNNEL.map((name) => [name, 0]));
        for (const [golden, given, how] of rows) {
          const one = arrival(golden, given, how as Partial<Arrival>);
          const name = classify(one).class;
          expect(FUNNEL).toContain(name);
          counts.set(name, (counts.get(name) ?? 0) + 1);
          const right = one.outcome === 'completed' && one.right === 'right';
          expect(name === 'right-in-time').toBe(right && one.inTime);
          expect(name === 'right-late').toBe(right && !one.inTime);
          expect(name === one.outcome).toBe(one.outcome !== 'completed');
          expect(name === 'unscored').toBe(one.outcome === 'completed' && one.right === 'unscored');
        }
        expect([...counts.values()].reduce((sum, count) => sum + count, 0)).toBe(rows.length);
        expect(counts.size).toBe(FUNNEL.length);
      }),
    );
  });
});
