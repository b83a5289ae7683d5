import { describe, expect, it } from 'vitest';
import type { Answer } from '../../../src/engine/answer.ts';
import { ManualClock } from '../../../src/kernel/clock.ts';
import { seededRandom } from '../../../src/kernel/random.ts';
import {
  OnlineEvaluation,
  type OnlineEvaluationSetting,
} from '../../../src/server/analytics/online-evaluation.ts';
import { ruleScores } from '../../../src/server/analytics/online-scores.ts';
import { analyticsOptions } from '../../../src/server/analytics/options.ts';
import { createMetrics } from '../../../src/telemetry/registry.ts';

const PASSAGE = {
  documentId: 'kayak',
  title: '',
  text: 'The crossing for a kayak costs five pounds.',
  score: 0.8,
  start: 0,
  end: 43,
  rank: 1,
};

function answer(more: object = {}): Answer {
  return {
    text: 'The crossing for a kayak costs five pounds.',
    abstained: false,
    passages: [PASSAGE],
    similarity: 0.8,
    contextSize: 1,
    citations: [],
    ranking: { ids: ['kayak'], scores: Float64Array.of(0.8) },
    ...more,
  } as unknown as Answer;
}

const live = (more: object = {}) => ({
  question: 'What does it cost?',
  answer: answer(more),
  trace: undefined,
});

function evaluation(options: object = {}, more: Partial<OnlineEvaluationSetting> = {}) {
  const clock = new ManualClock();
  const metrics = createMetrics({ version: '1', nodeVersion: 'v0' });
  const scored: unknown[] = [];
  const made = new OnlineEvaluation({
    options: analyticsOptions.evaluation.parse({ sampleRate: 1, maxPerSecond: 10, ...options }),
    metrics,
    clock,
    random: seededRandom(7),
    onScored: (results) => scored.push(results),
    ...more,
  });
  const samples = async (evaluator: string): Promise<Record<string, number>> => {
    const reading = (await metrics.snapshot()).find(({ name }) => name === 'rag_eval_samples_total')!;
    return Object.fromEntries(
      reading.values
        .filter(({ labels }) => labels.evaluator === evaluator)
        .map(({ labels, value }) => [labels.result, value]),
    );
  };
  return { made, clock, scored, samples };
}

describe('scores without a golden answer', () => {
  it('tell whether the words stand in the passages, how near the nearest is, and whether there is none', () => {
    expect(ruleScores(live())).toEqual({ lexical_faithfulness: 1, top_score: 0.8, empty_retrieval: 0 });
    expect(ruleScores(live({ text: 'Submarines dive under Antarctica.' })).lexical_faithfulness).toBe(0);
    expect(ruleScores(live({ passages: [], contextSize: 0 })).empty_retrieval).toBe(1);
  });

  it('take the cosine of the question, and no score of a passage beside others', () => {
    expect(ruleScores(live({ passages: [{ ...PASSAGE, score: 1 }], similarity: 0.1 })).top_score).toBe(0.1);
    expect(ruleScores(live({ similarity: -0.2 })).top_score).toBe(0);
    expect(ruleScores(live({ similarity: 1.0000001 })).top_score).toBe(1);
  });

  it('say nothing of abstentions, of canned answers, and of questions whose cosine nobody knows', () => {
    expect(ruleScores(live({ abstained: true })).lexical_faithfulness).toBeNull();
    expect(ruleScores(live({ degraded: { level: 'canned' } })).lexical_faithfulness).toBeNull();
    expect(ruleScores(live({ similarity: undefined })).top_score).toBeNull();
    expect(ruleScores(live({ matched: { question: 'Other words', similarity: 0.95 } })).top_score).toBeNull();
  });
});

describe('online evaluation', () => {
  it('scores nothing until the answer is out, and then one at a time at its own pace', async () => {
    const { made, clock, scored, samples } = evaluation();
    made.offer(live());
    made.offer(live());
    expect(scored).toHaveLength(0);
    await clock.advance(100);
    expect(scored).toEqual([
      [
        { name: 'lexical_faithfulness', score: 1, label: 'pass' },
        { name: 'top_score', score: 0.8, label: undefined },
        { name: 'empty_retrieval', score: 0, label: 'pass' },
      ],
    ]);
    await clock.advance(100);
    await made.settled();
    expect(scored).toHaveLength(2);
    expect(await samples('lexical_faithfulness')).toEqual({ scored: 2, failed: 0, skipped: 0 });
  });

  it('labels an answer by what it has to reach', async () => {
    const { made, clock, scored } = evaluation({ passScore: 0.9 });
    made.offer(live({ text: 'Submarines dive under Antarctica.', passages: [], contextSize: 0 }));
    await clock.advance(100);
    await made.settled();
    expect(scored[0]).toMatchObject([
      { name: 'lexical_faithfulness', label: 'fail' },
      { name: 'top_score' },
      { name: 'empty_retrieval', label: 'fail' },
    ]);
  });

  it('skips, and counts, what it has no room for, and what is left when it stops', async () => {
    const { made, clock, samples } = evaluation({ maxPending: 3 });
    for (let offered = 0; offered < 10; offered += 1) made.offer(live());
    await clock.advance(150);
    await made.stop();
    const { scored, skipped } = await samples('empty_retrieval');
    expect(scored).toBe(1);
    expect(scored! + skipped!).toBe(10);
    made.offer(live());
    expect((await samples('empty_retrieval')).skipped).toBe(skipped! + 1);
  });

  it('takes the share that it was told to', async () => {
    const { made, samples } = evaluation({ sampleRate: 0.2, maxPending: 1 });
    for (let offered = 0; offered < 5000; offered += 1) made.offer(live());
    await made.stop();
    const { skipped } = await samples('empty_retrieval');
    expect(skipped).toBeGreaterThan(850);
    expect(skipped).toBeLessThan(1150);
    const none = evaluation({ sampleRate: 0 });
    none.made.offer(live());
    expect((await none.samples('empty_retrieval')).skipped).toBe(0);
  });

  it('asks the model where there is one; a model that fails takes no other score with it', async () => {
    let asked = 0;
    const judge = async (): Promise<number | null> => {
      asked += 1;
      if (asked === 1) throw new Error('down');
      return asked === 2 ? null : 0.5;
    };
    const { made, clock, scored, samples } = evaluation({}, { judge });
    for (let offered = 0; offered < 3; offered += 1) made.offer(live());
    await clock.advance(400);
    await made.settled();
    expect(await samples('llm_judge')).toEqual({ scored: 1, failed: 1, skipped: 1 });
    expect(await samples('top_score')).toEqual({ scored: 3, failed: 0, skipped: 0 });
    expect(scored[2]).toContainEqual({ name: 'llm_judge', score: 0.5, label: 'pass' });
  });
});
