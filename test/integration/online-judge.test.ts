import { afterEach, describe, expect, it } from 'vitest';
import { onlineJudge } from '../../src/cli/online-judge.ts';
import type { Answer } from '../../src/engine/answer.ts';
import { engineSchema } from '../../src/engine/options.ts';
import { judgingSchema } from '../../src/judging/options.ts';
import { systemClock } from '../../src/system/clock.ts';
import { type JudgeAnswer, startJudgingService } from '../servers/judging-service.ts';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const LIVE = {
  question: 'What does a kayak cost?',
  answer: {
    text: 'It costs five pounds.',
    abstained: false,
    passages: [{ documentId: 'kayak', text: 'A kayak costs five pounds.', score: 1 }],
    contextSize: 1,
    citations: [],
  } as unknown as Answer,
};

async function judging(answer: () => JudgeAnswer, judge: object = {}) {
  const service = await startJudgingService(answer);
  ends.push(() => service.close());
  const warned: string[] = [];
  const ask = await onlineJudge({
    judge: judgingSchema.parse({
      judge: { baseUrl: service.baseUrl, model: 'judge-1', retries: 0, ...judge },
    }).judge,
    engine: engineSchema.parse({ generation: { prices: { 'judge-1': { input: 1, output: 1 } } } }),
    seed: 1,
    clock: systemClock,
    warn: (message) => warned.push(message),
  });
  return { ask, service, warned };
}

const CLAIMS = { claims: [{ claim: 'It costs five pounds.', reason: 'Stated.', supported: true }] };

describe('a model that judges live answers', () => {
  it('tells how faithful they are, and is asked nothing of abstentions', async () => {
    const { ask, service } = await judging(() => ({ content: CLAIMS }));
    expect(await ask(LIVE)).toBe(1);
    expect(await ask({ ...LIVE, answer: { ...LIVE.answer, abstained: true } })).toBeNull();
    expect(service.requests).toHaveLength(1);
  });

  it('fails where its reply cannot be understood', async () => {
    const { ask } = await judging(() => ({ content: 'nonsense' }));
    await expect(ask(LIVE)).rejects.toThrow('the judge failed');
  });

  it('is asked no more once its budget is spent, which is said once', async () => {
    const usage = { prompt_tokens: 400_000, completion_tokens: 100_000 };
    const { ask, service, warned } = await judging(() => ({ content: CLAIMS, usage }), {
      maxCostUsd: 0.5,
      maxTokens: 100,
    });
    expect(await ask(LIVE)).toBe(1);
    expect(await ask(LIVE)).toBeNull();
    expect(await ask(LIVE)).toBeNull();
    expect(service.requests).toHaveLength(1);
    expect(warned.length).toBeLessThanOrEqual(1);
  });

  it('is refused before any answer where its bound could not be kept', async () => {
    await expect(judging(() => ({}), { model: 'unpriced', maxCostUsd: 1 })).rejects.toMatchObject({
      code: 'config.invalid',
    });
  });
});
