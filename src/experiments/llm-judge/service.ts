import type { OpenAISettings } from '../../engine/openai-service.ts';
import type { JudgingOptions } from '../../judging/options.ts';
import { GroundspeedError } from '../../kernel/errors.ts';

/**
 * Which service judges: that of `openai`, unless `judge.baseUrl` names another. The key of `openai` is for its own
 * service alone, and never sent to another. Throws `config.invalid` where OpenAI itself has no key.
 */
export function judgeService({
  judge,
  openai,
}: {
  readonly judge: JudgingOptions['judge'];
  readonly openai: OpenAISettings;
}): OpenAISettings {
  const baseUrl = judge.baseUrl ?? openai.baseUrl;
  const ownService = judge.baseUrl !== undefined && judge.baseUrl !== openai.baseUrl;
  const apiKey = judge.apiKey ?? (ownService ? undefined : openai.apiKey);
  if (apiKey === undefined && baseUrl === undefined) {
    throw new GroundspeedError('config.invalid', 'There is no key for the model that is to judge answers', {
      where: 'judge.apiKey',
      hint: 'Set OPENAI_API_KEY or judge.apiKey, or judge.baseUrl for a service that needs no key.',
    });
  }
  return {
    timeoutMs: judge.timeoutMs,
    ...(apiKey !== undefined && { apiKey }),
    ...(baseUrl !== undefined && { baseUrl }),
  };
}
