import type { EngineOptions } from '../engine/options.ts';
import { prepareJudge } from '../experiments/llm-judge/prepare.ts';
import type { JudgingOptions } from '../judging/options.ts';
import type { Clock } from '../kernel/clock.ts';
import type { JudgeLive } from '../server/analytics/online-evaluation.ts';
import { liveCase } from '../server/analytics/online-scores.ts';

export interface OnlineJudgeSetting {
  readonly judge: JudgingOptions['judge'];
  readonly engine: Pick<EngineOptions, 'openai' | 'generation'>;
  readonly seed: number;
  readonly clock: Clock;
  readonly warn: (message: string) => void;
}

/**
 * A model that judges how faithful live answers are, until judge.maxCostUsd is spent. Replies are not kept: they hold what people
 * asked. Throws `config.invalid` for settings that cannot work.
 */
export async function onlineJudge(setting: OnlineJudgeSetting): Promise<JudgeLive> {
  const { judge, engine, seed, clock, warn } = setting;
  let spentUsd = 0;
  let stopped = false;
  const { maxCostUsd } = judge;
  const settingsFor = (left: number | undefined) => ({
    judge: {
      ...judge,
      measures: ['faithfulness' as const],
      cache: false,
      concurrency: 1,
      ...(left !== undefined && { maxCostUsd: left }),
    },
    openai: engine.openai,
    prices: engine.generation.prices,
    seed,
    clock,
    onEvent: () => undefined,
  });
  await prepareJudge(settingsFor(maxCostUsd));
  return async ({ question, answer }) => {
    const left = maxCostUsd === undefined ? undefined : maxCostUsd - spentUsd;
    if (stopped || (left !== undefined && left <= 0)) return null;
    const judging = await prepareJudge(settingsFor(left));
    const { record, questions } = await judging([liveCase(question, answer)]);
    spentUsd += record.costUsd ?? 0;
    const result = questions[0]?.faithfulness;
    if (result?.status === 'failed') throw new Error('the judge failed');
    if (result?.status === 'not-reached') {
      stopped = true;
      warn(`live answers are judged no more: ${record.stopped}`);
    }
    return result?.score ?? null;
  };
}
