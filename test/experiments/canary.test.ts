import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GoldenSet } from '../../src/datasets/golden.ts';
import { canaryFigures, canaryQuestions, keepAsking } from '../../src/experiments/canary.ts';
import { ManualClock } from '../../src/kernel/clock.ts';
import { milliseconds } from '../../src/kernel/units.ts';
import type { RunRecord } from '../../src/records/schema.ts';

const golden = (count: number): GoldenSet =>
  ({ questions: Array.from({ length: count }, (_, id) => ({ id: `q${id}` })) }) as unknown as GoldenSet;

describe('the questions of a canary', () => {
  it('are different, spread over the set in its order, and the same ones each time (property)', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 300 }), (all, count) => {
        const ids = canaryQuestions(golden(all), count).questions.map(({ id }) => Number(id.slice(1)));
        expect(ids).toHaveLength(Math.min(all, count));
        expect(new Set(ids).size).toBe(ids.length);
        expect([...ids].sort((a, b) => a - b)).toEqual(ids);
        expect(ids[0]).toBe(0);
      }),
    );
  });
});

const question = (right: string, recall: number | null, error: string | null = null) => ({
  right,
  error,
  scores: { 'recall@5': recall },
});

const record = (questions: readonly object[]): RunRecord =>
  ({
    dataset: { name: 'islands' },
    questions,
    quality: {
      measures: [
        { name: 'recall@5', mean: 0.75 },
        { name: 'recall@10', mean: null },
      ],
      retrievalAccuracy: { mean: 0.8 },
      right: { mean: 0.5 },
    },
  }) as unknown as RunRecord;

describe('what a round comes to', () => {
  it('is recall by k, and the scores of each question that has some', () => {
    const asked = [
      question('right', 1),
      question('wrong', 0.5),
      question('unscored', null),
      question('wrong', 0, 'cut'),
    ];
    expect(canaryFigures(record(asked), [5, 10], 7)).toEqual({
      dataset: 'islands',
      at: 7,
      questions: 4,
      failed: 1,
      recall: { '5': 0.75 },
      retrieval_accuracy: 0.8,
      right: 0.5,
      scores: { golden_recall: [1, 0.5, 0], golden_right: [1, 0, 0] },
    });
  });

  it('is nothing where most questions came to nothing: that is no recall of 0', () => {
    const down = [question('wrong', 0, 'refused'), question('wrong', 0, 'refused'), question('right', 1)];
    expect(() => canaryFigures(record(down), [5], 7)).toThrow('2 of 3 golden questions came to nothing');
    expect(() => canaryFigures(record([]), [5], 7)).toThrow('0 of 0');
  });
});

describe('the schedule', () => {
  it('keeps to the beginning of rounds, follows a long one at once, outlives failures, and ends with its signal', async () => {
    const clock = new ManualClock();
    const ending = new AbortController();
    const begun: number[] = [];
    const failed: unknown[] = [];
    const asking = keepAsking({
      everyMs: 1000,
      clock,
      signal: ending.signal,
      round: async () => {
        begun.push(clock.now());
        if (begun.length === 2) throw new Error('down');
        if (begun.length === 3) await clock.sleep(milliseconds(2500));
        else await clock.sleep(milliseconds(300));
      },
      onFailed: (error) => failed.push(error),
    });
    await clock.advance(5600);
    expect(begun).toEqual([0, 1000, 2000, 4500, 5500]);
    expect(failed).toHaveLength(1);
    ending.abort();
    await clock.advance(300);
    await asking;
    expect(clock.sleeping).toBe(0);
  });
});
