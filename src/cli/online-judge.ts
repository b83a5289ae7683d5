import type { EngineOptions } from '../engine/options.ts';
import { prepareJudge } from '../experiments/llm-judge/prepare.ts';
import type { JudgingOptions } from '../judging/options.ts';
import type { Clock } from '../kernel/clock.ts';
import { dayOf } from '../server/analytics/fact.ts';
import type { JudgeWithin } from '../server/analytics/observing.ts';
import { liveCase } from '../server/analytics/online-scores.ts';
import type { Log } from '../telemetry/logging/logger.ts';

export interface OnlineJudgeSetting {
  readonly judge: JudgingOptions['judge'];
  readonly engine: Pick<EngineOptions, 'openai' | 'generation'>;
  readonly seed: number;
  readonly clock: Clock;
  readonly log: Log;
  /** Of the service: where each keeps an account of its own, each may spend its share. By default one. */
  readonly processes?: number;
}

const SPENT = 'judge.maxCostUsd is spent';

/**
 * A model that judges how faithful live answers are, until judge.maxCostUsd is spent for the day (UTC). What a judgement costs is known
 * once it is made: processes that judge side by side may together go past the bound, by a judgement each. Replies are not kept: they
 * hold what people asked. Throws `config.invalid` for settings that cannot work.
 */
export async function onlineJudge(setting: OnlineJudgeSetting): Promise<JudgeWithin> {
  const { judge, engine, seed, clock, log, processes = 1 } = setting;
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
  return (spending) => {
    const most = maxCostUsd === undefined || spending.isShared ? maxCostUsd : maxCostUsd / processes;
    let stoppedOn = Number.NaN;
    return async ({ question, answer }) => {
      const day = dayOf(clock.epoch());
      if (stoppedOn === day) return null;
      const left = most === undefined ? undefined : most - spending.spentUsd(day);
      const stop = (why: string): null => {
        stoppedOn = day;
        log.warn({ event: 'judge.stopped', reason: why }, 'live answers are judged no more today (UTC)');
        return null;
      };
      if (left !== undefined && left <= 0) return stop(SPENT);
      const judging = await prepareJudge(settingsFor(left));
      const { record, questions } = await judging([liveCase(question, answer)]);
      if (record.costUsd !== null && record.costUsd > 0) await spending.spend(record.costUsd);
      const result = questions[0]?.faithfulness;
      if (result?.status === 'failed') throw new Error('the judge failed');
      if (result?.status === 'not-reached') {
        // What the judge's service said may hold what people asked.
        return stop(record.stopped?.startsWith('judge.maxCostUsd') ? SPENT : 'it takes no more requests');
      }
      return result?.score ?? null;
    };
  };
}
