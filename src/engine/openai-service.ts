import type { APIError, OpenAI } from 'openai';
import { GroundspeedError, messageOf } from '../kernel/errors.ts';
import type { EngineOptions } from './options.ts';
import { retryAfterOf } from './retry-after.ts';
import { type ServiceFailure, withoutSecrets } from './service-error.ts';

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
  const { address, authorization } = withoutUser(addressOf(settings));
  return new Client({
    apiKey: settings.apiKey ?? 'none',
    baseURL: address,
    defaultHeaders: authorization,
    organization: null,
    project: null,
    maxRetries: 0,
    logLevel: 'off',
  });
}

/** fetch refuses a URL with a user name or password: they go into the header that they stand for, before any key. */
function withoutUser(address: string): { address: string; authorization: Record<string, string> } {
  const url = new URL(address);
  if (url.username === '' && url.password === '') return { address, authorization: {} };
  const credentials = [url.username, url.password].map(decodeURIComponent).join(':');
  url.username = '';
  url.password = '';
  return {
    address: url.href,
    authorization: { authorization: `Basic ${Buffer.from(credentials, 'utf8').toString('base64')}` },
  };
}

/** The HTTP status of a failure, undefined where there was no answer at all. */
export function statusOf(error: unknown): number | undefined {
  return (error as Partial<APIError>).status;
}

/**
 * What decides whether asking again may help. `late`: the service was given up. A reply that is no JSON stays none.
 */
export function failureOf(error: unknown, late: boolean): ServiceFailure {
  const { headers } = error as Partial<APIError>;
  return {
    status: statusOf(error),
    retryAfterMs: retryAfterOf(headers, Date.now()),
    late: late || LATE.test(String((error as { name?: unknown }).name)),
    malformed: error instanceof SyntaxError,
  };
}

/** Names of the errors with which the client and Node say that time is up. */
const LATE = /^(APIConnectionTimeoutError|TimeoutError)$/;

/**
 * What went wrong, without the key, which services repeat in their messages, and without the credentials of a base URL.
 * The error itself must not be kept as a cause.
 */
export function safeMessage(error: unknown, key: string | undefined): string {
  const [message = '', ...causes] = messagesOf(error);
  const whole = causes.length === 0 ? message : `${message} (${causes.join(': ')})`;
  return withoutSecrets(key === undefined ? whole : whole.replaceAll(key, '***'));
}

/** The message of an error, then of what caused it, down to the root: "fetch failed" alone says nothing. */
function messagesOf(error: unknown): string[] {
  const messages: string[] = [];
  for (let at = error; at !== undefined; at = at instanceof Error ? at.cause : undefined) {
    // Where a name has several addresses, the failures to connect are one error, whose message is empty.
    const message = messageOf(at) || String((at as { code?: unknown }).code ?? '');
    if (message !== '' && !messages.includes(message)) messages.push(message);
  }
  return messages;
}
