import { STATUS_CODES } from 'node:http';
import { type ErrorCode, GroundspeedError } from '../../../kernel/errors.ts';
import type { StreamKind } from '../../options.ts';
import { excerptOf } from './malformed.ts';
import { withoutCredentials } from './secrets.ts';
import type { TargetDescription } from './target-description.ts';

/** A response that is no answer, whatever its body says. */
export interface RefusedResponse {
  readonly status: number;
  readonly headers: ResponseHeaders;
  /** Its first bytes. */
  readonly body: Uint8Array;
}

/** The few headers that are looked at; undefined where a response has none. */
export interface ResponseHeaders {
  readonly contentType: string | undefined;
  readonly contentEncoding: string | undefined;
  readonly retryAfter: string | undefined;
  readonly location: string | undefined;
}

interface Shown {
  readonly target: Pick<TargetDescription, 'name' | 'stream'>;
  readonly secrets: readonly string[];
}

/** The failure that a status means. Never shows a header, but for Retry-After and the place that a redirect names. */
export function statusFailure(
  { status, headers, body }: RefusedResponse,
  { target, secrets }: Shown,
): GroundspeedError {
  const code = codeOf(status, headers);
  const said = `${target.name} answered ${status} ${STATUS_CODES[status] ?? ''}`.trimEnd();
  const detail = code === 'target.redirect' ? placeOf(headers) : waitOf(code, headers);
  const shown = body.length === 0 ? '' : `: ${excerptOf(body, secrets)}`;
  const hint = hintFor(status, code);
  return new GroundspeedError(code, `${said}${detail}${shown}`, hint === undefined ? {} : { hint });
}

function codeOf(status: number, { retryAfter }: ResponseHeaders): ErrorCode {
  if (status === 429 || (status === 503 && retryAfter !== undefined)) return 'target.rateLimited';
  if (status >= 500) return 'target.http5xx';
  return status >= 400 ? 'target.http4xx' : 'target.redirect';
}

function placeOf({ location }: ResponseHeaders): string {
  return location === undefined ? '' : ` to ${withoutCredentials(location).slice(0, 200)}`;
}

function waitOf(code: ErrorCode, { retryAfter }: ResponseHeaders): string {
  if (code !== 'target.rateLimited' || retryAfter === undefined) return '';
  const seconds = secondsUntil(retryAfter);
  return seconds === undefined ? '' : ` (Retry-After: ${seconds} s)`;
}

/** Retry-After is a number of seconds, or a date (RFC 9110, 10.2.3). */
function secondsUntil(retryAfter: string): number | undefined {
  if (/^\s*\d+\s*$/.test(retryAfter)) return Number(retryAfter);
  const at = Date.parse(retryAfter);
  return Number.isNaN(at) ? undefined : Math.max(0, Math.ceil((at - Date.now()) / 1000));
}

function hintFor(status: number, code: ErrorCode): string | undefined {
  if (code === 'target.redirect')
    return 'Set target.url to the place it names: redirects are not followed, they would stand in the measured time.';
  if (code === 'target.rateLimited') return 'Lower the rate, or ask for a higher limit.';
  if (status === 401 || status === 403) return 'Are the credentials in target.headers there, and right?';
  if (status === 404 || status === 405) return 'Are path and method right? See target.url and target.method.';
  if (status === 400 || status === 422 || status === 415) return 'Does target.body say what the API wants?';
  return undefined;
}

const JSON_TYPES =
  /^(application\/([\w.+-]+\+)?json|text\/json|application\/(x-)?(ndjson|jsonlines)|application\/jsonl)$/;
/** What services say that do not care. */
const ANY_TYPES: ReadonlySet<string> = new Set([
  '',
  'text/plain',
  'application/octet-stream',
  'binary/octet-stream',
]);

/** Whether a response of this content type may be what was asked for. */
export function isExpectedType(contentType: string | undefined, stream: StreamKind): boolean {
  const type = (contentType ?? '').split(';')[0]!.trim().toLowerCase();
  if (ANY_TYPES.has(type)) return true;
  return stream === 'sse' ? type === 'text/event-stream' : JSON_TYPES.test(type);
}

const EXPECTED: Readonly<Record<StreamKind, string>> = {
  none: 'JSON',
  sse: 'an event stream',
  ndjson: 'an object a line',
};

export function typeFailure(
  { status, headers, body }: RefusedResponse,
  { target, secrets }: Shown,
): GroundspeedError {
  const type = (headers.contentType ?? '').slice(0, 80);
  const isStream = /^text\/event-stream\b/i.test(type);
  const hint = isStream
    ? 'It streams: set target.stream to sse.'
    : JSON_TYPES.test(type.split(';')[0]!.trim())
      ? 'It does not stream: set target.stream to none, or ask for a stream in target.body.'
      : 'A page instead of an answer: is target.url the address of the API, and is it open without a login?';
  return new GroundspeedError(
    'target.contentType',
    `${target.name} answered ${status} with ${type} instead of ${EXPECTED[target.stream]}: ${excerptOf(body, secrets)}`,
    { hint },
  );
}

export function codingFailure({ headers }: RefusedResponse, { target }: Shown): GroundspeedError {
  return new GroundspeedError(
    'target.contentType',
    `${target.name} answered packed as ${(headers.contentEncoding ?? '').slice(0, 40)}, which cannot be unpacked`,
    { hint: 'Leave accept-encoding out of target.headers: by default nothing packed is asked for.' },
  );
}

export function sizeFailure({ name, maxBodyBytes }: TargetDescription): GroundspeedError {
  return new GroundspeedError('target.tooLarge', `${name} answered with more than ${maxBodyBytes} bytes`, {
    hint: 'Raise target.maxBodyBytes where such responses are meant.',
  });
}
