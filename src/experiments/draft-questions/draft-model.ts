import type { EngineOptions } from '../../engine/options.ts';
import { judgingSchema } from '../../judging/options.ts';
import type { Clock } from '../../kernel/clock.ts';
import { GroundspeedError } from '../../kernel/errors.ts';
import { createOpenAIJudgeModel } from '../llm-judge/openai-judge-model.ts';
import { type DraftingModel, MOST_REPLY_TOKENS } from './call-model.ts';

/** Whether the settings name a service that could draft. */
export function hasService({ openai }: Pick<EngineOptions, 'openai'>): boolean {
  return openai.apiKey !== undefined || openai.baseUrl !== undefined;
}

/** The chat model of `generation.model` at the service of `openai`. Throws `config.invalid` where none is set. */
export function draftModel(
  options: Pick<EngineOptions, 'generation' | 'openai'>,
  clock: Clock,
): DraftingModel {
  const { generation, openai } = options;
  if (!hasService(options)) {
    throw new GroundspeedError('config.invalid', 'There is no model that could draft questions', {
      where: 'openai.apiKey',
      hint: 'Set OPENAI_API_KEY, or openai.baseUrl for a service that needs no key; or draft without a model: --method cloze.',
    });
  }
  const { judge } = judgingSchema.parse({
    judge: {
      model: generation.model,
      temperature: generation.temperature,
      maxTokens: MOST_REPLY_TOKENS,
      timeoutMs: openai.timeoutMs,
    },
  });
  return createOpenAIJudgeModel({ judge, openai }, clock);
}
