import type { APIError, OpenAI } from 'openai';
import { GroundspeedError, messageOf } from '../kernel/errors.ts';
import type { EngineOptions } from './options.ts';

const DEFAULT_BASE_URL = 'https://api.openai.com/v1';

export type OpenAISettings = EngineOptions['openai'];

/** Refuses settings that could not work: OpenAI itself without a key. `setting` is the one that asks for the service. */
export function requireKey({ apiKey, baseUrl }: OpenAISettings, setting: string): void {
  if (apiKey !== undefined || baseUrl !== undefined) return;
  throw new GroundspeedError('config.invalid', `${setting} is openai, but there is no key for it`, {
    where: 'openai.apiKey',
    hint: 'Set OPENAI_API_KEY, or openai.baseUrl for a service that needs no key.',
  });
}

export function addressOf({ baseUrl }: OpenAISettings): string {
  return baseUrl ?? DEFAULT_BASE_URL;
}

/**
 * A client that reads nothing from the environment behind the configuration's back and never tries again by itself:
 * hidden retries would stand in the measured time. The package is loaded on the first call.
 */
export async function connect(settings: OpenAISettings): Promise<OpenAI> {
  const { OpenAI: Client } = await import('openai');
  return new Client({
    apiKey: settings.apiKey ?? 'none',
    baseURL: addressOf(settings),
    organization: null,
    project: null,
    maxRetries: 0,
    logLevel: 'off',
  });
}

/** The HTTP status of a failure, undefined where there was no answer at all. */
export function statusOf(error: unknown): number | undefined {
  return (error as Partial<APIError>).status;
}

/**
 * What went wrong, without the key, which services repeat in their messages, and without the credentials of a base URL.
 * The error itself must not be kept as a cause.
 */
export function safeMessage(error: unknown, key: string | undefined): string {
  const cause = error instanceof Error && error.cause instanceof Error ? ` (${messageOf(error.cause)})` : '';
  const message = `${messageOf(error)}${cause}`;
  return (key === undefined ? message : message.replaceAll(key, '***'))
    .replaceAll(/\b(?:sk|pk)-[\w*-]+/g, '***')
    .replaceAll(/:\/\/[^\s/]+@/g, '://***@');
}
