import type { EngineOptions } from '../../engine/options.ts';
import type { Clock } from '../../kernel/clock.ts';
import { GroundspeedError } from '../../kernel/errors.ts';
import { createOpenAIChatModel } from '../chat-model/openai-chat-model.ts';
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
  const { model, temperature } = generation;
  const { timeoutMs } = openai;
  return createOpenAIChatModel(
    { model, temperature, maxTokens: MOST_REPLY_TOKENS, timeoutMs },
    openai,
    clock,
  );
}
