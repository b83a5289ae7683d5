import type { PriceTable } from '../../engine/generation/cost.ts';
import type { OpenAISettings } from '../../engine/openai-service.ts';
import type { JudgedCase } from '../../judging/llm/judged.ts';
import type { HumanLabel } from '../../judging/llm/labels.ts';
import type { JudgingOptions } from '../../judging/options.ts';
import type { Clock } from '../../kernel/clock.ts';
import { createOpenAIChatModel } from '../chat-model/openai-chat-model.ts';
import type { ExperimentEvent } from '../events.ts';
import { Budget } from './budget.ts';
import { type JudgedAnswers, judgeAnswers } from './judge-answers.ts';
import { JUDGE_FOLDER, openReplyCache } from './reply-cache.ts';
import { judgeService } from './service.ts';

export interface JudgeSetup {
  readonly judge: JudgingOptions['judge'];
  readonly openai: OpenAISettings;
  readonly prices: PriceTable;
  readonly labels?: readonly HumanLabel[] | undefined;
  /** Where replies are kept; `.groundspeed/judge` by default. */
  readonly folder?: string;
  readonly seed: number;
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
  readonly onEvent: (event: ExperimentEvent) => void;
}

/**
 * Makes ready to judge, so that what could not work (no key, no price for a bound on the cost, an unreadable cache) is
 * refused before anything is asked of the target. Throws `config.invalid` and `internal.io`.
 */
export async function prepareJudge(
  setup: JudgeSetup,
): Promise<(cases: readonly JudgedCase[]) => Promise<JudgedAnswers>> {
  const { judge, prices, clock, onEvent } = setup;
  const model = createOpenAIChatModel(judge, judgeService(setup), clock);
  new Budget(prices, judge);
  const cache = judge.cache ? await openReplyCache(setup.folder ?? JUDGE_FOLDER, judge.model) : undefined;
  const unreadable = cache?.unreadable ?? 0;
  if (unreadable > 0) {
    onEvent({
      type: 'warning',
      message: `${unreadable} lines of the judge's cache cannot be read: what they held is asked for anew`,
    });
  }
  return (cases) => judgeAnswers({ ...setup, cases, model, cache });
}
