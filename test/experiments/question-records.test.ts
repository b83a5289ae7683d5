import { describe, expect, it } from 'vitest';
import { type Judged, questionRecords } from '../../src/experiments/question-records.ts';
import type { TargetResponse } from '../../src/load/target.ts';
import { DEFAULT_MEASURES } from '../../src/measures/registry.ts';
import { questionSchema } from '../../src/records/schema.ts';
import { worstQuestions } from '../../src/records/worst.ts';
import { MADE_SET } from './made-set.ts';

const TEXT = 'A passage that somebody retrieved, of about two kilobytes. '.repeat(34);
const IDS = Array.from({ length: 100 }, (_, index) => `document-${index}`);
const RESPONSE: TargetResponse = {
  answer: TEXT.slice(0, 300),
  abstained: false,
  lastResort: false,
  degraded: undefined,
  confidence: 0.5,
  passages: IDS.slice(0, 5).map((documentId) => ({ documentId, title: 'A title', text: TEXT, score: 0.5 })),
  contextSize: 5,
  citations: [0],
  ranking: { ids: IDS, scores: IDS.map(() => 1) },
  cache: 'off',
  stages: undefined,
  inputTokens: undefined,
  outputTokens: undefined,
  costUsd: undefined,
};

/** Half of them wrong, in one of three ways; scores with all the digits that doubles have. */
function judged(count: number): Judged[] {
  return Array.from({ length: count }, (_, index) => {
    const wrong = index % 2 === 0;
    return {
      question: { ...MADE_SET.questions[index % 16]!, id: `q${index}` },
      response: RESPONSE,
      error: null,
      latency: index / 7,
      right: wrong ? 'wrong' : 'right',
      funnel: wrong
        ? (['answered-wrong', 'below-k', 'not-in-top-100'] as const)[index % 3]!
        : 'right-in-time',
      firstRelevantRank: 1,
      scores: Object.fromEntries(DEFAULT_MEASURES.map((name) => [name, ((index * 37) % 101) / 101])),
    };
  });
}

describe('questions as the record keeps them', () => {
  it('take less than two kilobytes each, and as much again for the passages of the worst', () => {
    const bytes = (count: number): number => JSON.stringify(questionRecords(judged(count))).length;
    const [some, more] = [bytes(4000), bytes(5000)];
    expect(more - some).toBeLessThan(2e6);
    expect(more).toBeLessThan(10e6);
  });

  it('keep all passages of a small set', () => {
    const kept = questionRecords(judged(100));
    expect(kept.every(({ returned }) => returned!.passages!.length === 5)).toBe(true);
    for (const question of kept) expect(() => questionSchema.parse(question)).not.toThrow();
  });

  it('keep those of the worst of a large one, which are the ones that a report shows', () => {
    const kept = questionRecords(judged(1000));
    expect(kept.filter(({ returned }) => returned!.passages !== null).length).toBe(100);
    expect(worstQuestions(kept, 40).every(({ returned }) => returned!.passages !== null)).toBe(true);
    expect(new Set(worstQuestions(kept, 40).map(({ funnel }) => funnel)).size).toBe(3);
  });

  it('keep no more of a passage than can be read', () => {
    const passages = [{ documentId: 'd', text: 'x'.repeat(100_000) }];
    const [question] = questionRecords([{ ...judged(1)[0]!, response: { ...RESPONSE, passages } }]);
    expect(question!.returned!.passages![0]!.text!.length).toBeLessThan(2100);
  });
});
