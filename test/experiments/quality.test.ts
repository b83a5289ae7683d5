import { describe, expect, it } from 'vitest';
import { Judge } from '../../src/experiments/judge.ts';
import { runQualityPass } from '../../src/experiments/quality.ts';
import type { RunSetup } from '../../src/experiments/setup.ts';
import { GroundspeedError } from '../../src/kernel/errors.ts';
import type { Target } from '../../src/load/target.ts';
import { qualitySchema, questionSchema } from '../../src/records/schema.ts';
import { type AskingTarget, asking } from '../load/fake-target.ts';
import { MADE_SET, setupOf } from './made-set.ts';
import { madeTarget } from './made-target.ts';

const { questions: QUESTIONS, corpus: CORPUS } = MADE_SET;

async function pass(target: Target, overrides: Partial<RunSetup> = {}, options: object = {}) {
  const setup = { ...setupOf({ indexFolder: '', options }), ...overrides };
  const result = await runQualityPass(setup, target, {
    judge: new Judge(setup.golden.corpus, setup.options.quality.k),
  });
  for (const question of result.questions) questionSchema.parse(JSON.parse(JSON.stringify(question)));
  qualitySchema.parse(JSON.parse(JSON.stringify(result.quality)));
  const meanOf = (name: string) => result.quality.measures.find((measure) => measure.name === name)!;
  return { ...result, meanOf };
}

/** Answers with the golden answer, from the relevant document; abstains where there is none. */
const knowing = madeTarget(({ question }) => {
  const { answers, relevant } = QUESTIONS[question]!;
  const ids = [...relevant.keys()];
  return {
    answer: answers[0] ?? 'I do not know.',
    abstained: answers.length === 0,
    passages: ids.map((documentId) => ({
      documentId,
      text: CORPUS!.find(({ id }) => id === documentId)!.text,
    })),
    contextSize: ids.length,
    citations: ids.map((_, index) => index),
    ranking: { ids, scores: ids.map(() => 1) },
  };
});

const failing = (isFailing: (question: number) => boolean, target: AskingTarget = knowing): AskingTarget =>
  asking(async (request, onFirstToken) => {
    if (isFailing(request.question)) throw new GroundspeedError('generation.failed', 'no answer today');
    return target.ask(request, onFirstToken);
  });

describe('the quality pass', () => {
  it('asks past the caches, in the order of the golden set, and finds a perfect target perfect', async () => {
    const asked: number[] = [];
    const watched = asking(async (request, onFirstToken) => {
      asked.push(request.question);
      expect(request.cache).toBe(false);
      return knowing.ask(request, onFirstToken);
    });
    const { quality, questions, meanOf } = await pass(watched);
    expect(asked).toEqual(QUESTIONS.map((_, index) => index));
    expect(quality.right).toMatchObject({ mean: 1, n: 20 });
    expect(quality.funnel).toEqual({ 'right-in-time': 20 });
    expect(meanOf('ndcg@10')).toMatchObject({ mean: 1, n: 16 });
    expect(meanOf('abstention-recall')).toMatchObject({ mean: 1, n: 4 });
    expect(questions.every(({ scores }) => 'map' in scores)).toBe(true);
  });

  it('scores a failed question zero, and counts it as wrong', async () => {
    const { quality, questions, meanOf } = await pass(failing((question) => question < 4));
    expect(quality.right).toMatchObject({ mean: 0.8, n: 20 });
    expect(quality.funnel).toMatchObject({ error: 4, 'right-in-time': 16 });
    expect(meanOf('ndcg@10')).toMatchObject({ mean: 0.75, n: 16 });
    expect(quality.retrievalAccuracy).toMatchObject({ mean: 0.75, n: 16 });
    expect(questions[0]).toMatchObject({
      returned: null,
      error: 'no answer today',
      right: 'wrong',
      funnel: 'error',
    });
  });

  it('leaves errors out of the latency, and keeps timeouts in at their value', async () => {
    const slow = madeTarget(
      ({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', reject)),
    );
    const failingLater = failing((question) => question > 9);
    const target = asking((request, onFirstToken) =>
      (request.question === 3 ? slow : failingLater).ask(request, onFirstToken),
    );
    const { quality, questions } = await pass(target, {}, { bench: { timeoutMs: 40 } });
    expect(questions[3]).toMatchObject({ funnel: 'timeout', right: 'wrong' });
    expect(quality.latencyMs.max).toBeGreaterThanOrEqual(39);
    expect(quality.latencyMs.max).toBe(questions[3]!.latencyMs);
    expect(quality.funnel).toMatchObject({ error: 10, timeout: 1 });
    const allFail = await pass(failing(() => true));
    expect(allFail.quality.latencyMs).toEqual({ p50: null, p95: null, p99: null, max: null });
    expect(allFail.quality.right.mean).toBe(0);
  });

  it('judges passages alone by their evidence, and leaves unanswerable questions unscored, failed ones too', async () => {
    const passages = madeTarget(({ question }) => ({
      passages: [...QUESTIONS[question]!.relevant.keys(), 'unst'].map((documentId) => ({
        documentId,
        text: CORPUS!.find(({ id }) => id === documentId)!.text,
      })),
    }));
    const { quality, questions, meanOf } = await pass(
      failing((question) => question === 0 || question === 19, passages),
    );
    expect(questions[0]!.right).toBe('wrong');
    expect(questions.slice(16).map(({ right }) => right)).toEqual(Array(4).fill('unscored'));
    expect(quality.right).toMatchObject({ mean: 15 / 16, n: 16 });
    expect(quality.unscoredShare).toBe(0.2);
    expect(meanOf('success@5').mean).toBe(15 / 16);
    expect(meanOf('f1')).toEqual({ name: 'f1', mean: null, ci95: null, n: 0 });
  });

  it('takes retrieval accuracy from success@5, whichever measures are printed', async () => {
    const { quality, questions } = await pass(
      failing((question) => question === 1),
      {},
      { quality: { measures: 'mrr' } },
    );
    expect(quality.measures.map(({ name }) => name)).toEqual(['mrr']);
    expect(quality.retrievalAccuracy).toMatchObject({ mean: 15 / 16, n: 16 });
    expect(Object.keys(questions[0]!.scores)).toEqual(['mrr']);
  });

  it('slices by kind, each question in one slice', async () => {
    const { quality } = await pass(failing((question) => question >= 18));
    expect(quality.slices.map(({ by, value, n, right }) => [by, value, n, right.mean])).toEqual([
      ['kind', 'lookup', 16, 1],
      ['kind', 'unanswerable', 4, 0.5],
    ]);
  });

  it('keeps what was asked when it is interrupted, without waiting for a target that does not answer', async () => {
    const controller = new AbortController();
    const target = asking((request, onFirstToken) => {
      if (request.question < 7) return knowing.ask(request, onFirstToken);
      controller.abort(new Error('enough'));
      return new Promise(() => undefined);
    });
    const { questions, quality } = await pass(target, { signal: controller.signal });
    expect(questions.map(({ id }) => id)).toEqual(QUESTIONS.slice(0, 7).map(({ id }) => id));
    expect(quality.right.n).toBe(7);
  });

  it('is nothing when it is interrupted before the first answer', async () => {
    const interrupted = pass(knowing, { signal: AbortSignal.abort() });
    await expect(interrupted).rejects.toMatchObject({ code: 'run.interrupted', exitCode: 130 });
  });

  it('gives the same intervals for the same seed', async () => {
    const target = failing((question) => question % 3 === 0);
    const withoutTimes = async () => ({ ...(await pass(target)).quality, latencyMs: null });
    expect(await withoutTimes()).toEqual(await withoutTimes());
  });

  it('hands on whole rankings, of which the record keeps the first ten', async () => {
    const ids = Array.from({ length: 100 }, (_, index) => `d${index}`);
    const { questions, rankings } = await pass(
      madeTarget(() => ({ answer: 'x', ranking: { ids, scores: ids.map(() => 1) } })),
    );
    expect(questions[0]!.returned!.ranking).toEqual(ids.slice(0, 10));
    expect(rankings[0]).toMatchObject({ question: 'q0', ids });
  });
});
