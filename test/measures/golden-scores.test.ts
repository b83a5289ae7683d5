import { describe, expect, it } from 'vitest';
import type { Returned } from '../../src/judging/returned.ts';
import type { MeasuredReturn } from '../../src/measures/case.ts';
import { question, returned, scoresOf } from './golden-cases.ts';

const judged = question({ relevant: new Map([['a', 1]]) });
const ranked = (...ids: string[]) => returned({ ranking: { ids } });

describe('scoreQuestions', () => {
  it('takes retrieval measures over answerable questions with a relevant document', () => {
    expect(
      scoresOf('mrr', [
        { question: judged, returned: ranked('b', 'a') },
        { question: question({ relevant: new Map([['a', 0]]) }), returned: ranked('a') },
        { question: question({ relevant: new Map([['a', 1]]), answerable: false }), returned: ranked('a') },
      ]),
    ).toEqual([0.5, null, null]);
  });

  it('counts a question that failed as 0', () => {
    expect(
      scoresOf('success@5', [
        { question: judged, returned: undefined },
        { question: judged, returned: ranked('a') },
      ]),
    ).toEqual([0, 1]);
  });

  it('ranks documents by their first passage where there is no ranking', () => {
    const passages = ['b', 'b', 'a'].map((documentId) => ({ documentId }));
    expect(scoresOf('mrr', [{ question: judged, returned: returned({ passages }) }])).toEqual([0.5]);
  });

  it('says nothing where the target hides ranking and passages', () => {
    expect(
      scoresOf('mrr', [
        { question: judged, returned: returned({ answer: 'x' }) },
        { question: judged, returned: undefined },
      ]),
    ).toEqual([null, null]);
  });

  it('reads what judging calls a return', () => {
    const whole: Returned = { ...returned(), ranking: { ids: ['a'], scores: [1] } };
    const measured: MeasuredReturn = whole;
    expect(scoresOf('mrr', [{ question: judged, returned: measured }])).toEqual([1]);
  });
});
