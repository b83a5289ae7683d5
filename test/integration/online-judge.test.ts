import { afterEach, describe, expect, it } from 'vitest';
import { onlineJudge } from '../../src/cli/online-judge.ts';
import type { Answer } from '../../src/engine/answer.ts';
import { engineSchema } from '../../src/engine/options.ts';
import { judgingSchema } from '../../src/judging/options.ts';
import type { Clock } from '../../src/kernel/clock.ts';
import { dayOf } from '../../src/server/analytics/fact.ts';
import { type JudgeSpending, ownSpending } from '../../src/server/analytics/judge-spending.ts';
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

interface Judging {
  readonly clock?: Clock;
  readonly spending?: JudgeSpending;
  readonly processes?: number;
}

async function judging(
  answer: () => JudgeAnswer,
  judge: object = {},
  { clock = systemClock, spending, processes = 1 }: Judging = {},
) {
  const service = await startJudgingService(answer);
  ends.push(() => service.close());
  const warned: object[] = [];
  const spent: JudgeSpending = spending ?? ownSpending(() => dayOf(clock.epoch()));
  const within = await onlineJudge({
    judge: judgingSchema.parse({
      judge: { baseUrl: service.baseUrl, model: 'judge-1', retries: 0, ...judge },
    }).judge,
    engine: engineSchema.parse({ generation: { prices: { 'judge-1': { input: 1, output: 1 } } } }),
    seed: 1,
    clock,
    processes,
    log: { info: () => undefined, warn: (fields) => warned.push(fields) },
  });
  return { ask: within(spent), service, warned };
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
    expect(warned).toHaveLength(1);
  });

  it('has its budget for a day (UTC), whoever else spends of it, and begins anew with the next', async () => {
    const usage = { prompt_tokens: 100_000, completion_tokens: 100_000 };
    let epoch = Date.UTC(2026, 0, 1, 23);
    const clock: Clock = { ...systemClock, epoch: () => epoch };
    const spent = new Map<number, number>();
    const spending: JudgeSpending = {
      isShared: true,
      spentUsd: (day) => spent.get(day) ?? 0,
      spend: async (usd) => void spent.set(dayOf(epoch), (spent.get(dayOf(epoch)) ?? 0) + usd),
    };
    const judge = { maxCostUsd: 0.5, maxTokens: 100 };
    const made = () => judging(() => ({ content: CLAIMS, usage }), judge, { clock, spending, processes: 2 });
    const first = await made();
    expect(await first.ask(LIVE)).toBe(1);
    expect(await first.ask(LIVE)).toBe(1);
    // In place of one that has ended.
    const second = await made();
    expect(await second.ask(LIVE)).toBe(1);
    expect(await second.ask(LIVE)).toBeNull();
    expect(await first.ask(LIVE)).toBeNull();
    expect(first.service.requests.length + second.service.requests.length).toBe(3);
    epoch += 3_600_000;
    expect(await second.ask(LIVE)).toBe(1);
  });

  it('has a share of the budget where each process keeps its own account', async () => {
    const usage = { prompt_tokens: 100_000, completion_tokens: 100_000 };
    const { ask } = await judging(
      () => ({ content: CLAIMS, usage }),
      { maxCostUsd: 0.8, maxTokens: 100 },
      { processes: 4 },
    );
    expect(await ask(LIVE)).toBe(1);
    expect(await ask(LIVE)).toBeNull();
  });

  it('is refused before any answer where its bound could not be kept', async () => {
    await expect(judging(() => ({}), { model: 'unpriced', maxCostUsd: 1 })).rejects.toMatchObject({
      code: 'config.invalid',
    });
  });
});
