import { GroundspeedError } from '../../kernel/errors.ts';
import type { Dependency } from './options.ts';
import type { FailureCause } from './policy.ts';

/** How each dependency is called in messages. */
export const DEPENDENCY_NAMES: Readonly<Record<Dependency, string>> = {
  embedder: 'embedder',
  vectors: 'vector index',
  keywords: 'keyword index',
  generator: 'generator',
  cache: 'cache',
  store: 'document store',
};

type PolicyCause = Exclude<FailureCause, 'error'>;

/** A call that its policy ended or spared. */
export class DependencyError extends GroundspeedError {
  readonly dependency: Dependency;
  readonly failure: PolicyCause;
  /** Whether it says something about the dependency's health. */
  readonly counts: boolean;

  constructor(dependency: Dependency, failure: PolicyCause, details: { ms?: number; counts?: boolean } = {}) {
    const { code, words, hint, where } = WORDS[failure];
    super(code, `The ${DEPENDENCY_NAMES[dependency]} ${words(details.ms ?? 0)}`, { hint, where });
    this.dependency = dependency;
    this.failure = failure;
    this.counts = details.counts ?? failure === 'timeout';
  }
}

const WORDS = {
  timeout: {
    code: 'dependency.timeout',
    words: (ms: number) => `did not answer within ${Math.round(ms)} ms`,
    where: 'resilience.timeoutMs',
    hint: 'Find out what keeps it busy, or raise resilience.timeoutMs (and openai.timeoutMs, where that is lower).',
  },
  deadline: {
    code: 'dependency.timeout',
    words: () => 'did not answer before the deadline of the question',
    where: 'resilience.deadlineMs',
    hint: 'Allow the question more time.',
  },
  open: {
    code: 'dependency.open',
    words: () => 'has failed so often of late that it is not asked for a while',
    where: 'resilience.breaker',
    hint: 'It is tried again by itself after resilience.breaker.resetSeconds.',
  },
  busy: {
    code: 'dependency.busy',
    words: () => 'has too many calls waiting already',
    where: 'resilience.bulkhead',
    hint: 'Ask again in a moment, or raise resilience.bulkhead.concurrent or queued.',
  },
} as const;

/** What an error says to whoever might ask again, and to the breaker. */
export interface Judgement {
  /** The same call may work the next time. */
  readonly retryable: boolean;
  /** The dependency is at fault. */
  readonly counts: boolean;
}

const TRANSIENT: Judgement = { retryable: true, counts: true };
/** It failed, and would do so again: an answer that makes no sense, a damaged index, a fault in an adapter. */
const LASTING: Judgement = { retryable: false, counts: true };
/** It did what it should: the request was wrong, or is no longer wanted. */
const BLAMELESS: Judgement = { retryable: false, counts: false };

const TRANSIENT_CODES: ReadonlySet<string> = new Set([
  'embedding.failed',
  'generation.failed',
  'cache.failed',
  'dependency.failed',
  'dependency.timeout',
]);
/** Sections of the catalogue whose errors are the caller's own. */
const CALLERS_OWN = /^(config|usage|query|engine)\./;

/** Codes of failed connections: Node's, and those of its HTTP client. */
const CONNECTION =
  /^(ECONNRESET|ECONNREFUSED|ECONNABORTED|EPIPE|ETIMEDOUT|EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|ENETDOWN|ENETRESET|ENOTFOUND|EAI_AGAIN|EAI_FAIL|UND_ERR_SOCKET|UND_ERR_(CONNECT|HEADERS|BODY)_TIMEOUT|SQLITE_BUSY)/;
const LATE = /^(ETIMEDOUT|UND_ERR_(CONNECT|HEADERS|BODY)_TIMEOUT)$/;

/**
 * Retryable: timeouts, failed connections, and the statuses 408, 425, 429 and 5xx. Not: other statuses, answers that make no
 * sense, what a policy spared. A breaker counts whatever is the dependency's fault: not other statuses of 4xx, which answer
 * a wrong request, nor what was withdrawn.
 */
export function judge(error: unknown): Judgement {
  if (error instanceof DependencyError) {
    if (error.failure === 'timeout') return TRANSIENT;
    return error.counts ? LASTING : BLAMELESS;
  }
  if (nameOf(error) === 'AbortError') return BLAMELESS;
  if (nameOf(error) === 'TimeoutError') return TRANSIENT;
  const status = numberOf(error, 'status');
  if (status !== undefined) return judgeStatus(status);
  if (malformed(error)) return LASTING;
  const code = textOf(error, 'code');
  if (error instanceof GroundspeedError) {
    if (TRANSIENT_CODES.has(error.code)) return TRANSIENT;
    return CALLERS_OWN.test(error.code) ? BLAMELESS : LASTING;
  }
  if (code !== undefined && CONNECTION.test(code)) return TRANSIENT;
  const cause = causeOf(error);
  return cause === undefined ? LASTING : judge(cause);
}

function judgeStatus(status: number): Judgement {
  if (status === 408 || status === 425 || status === 429 || status >= 500) return TRANSIENT;
  return status >= 400 ? BLAMELESS : LASTING;
}

/** Why a call came to nothing, as events, health and `degraded.reason` name it. */
export function failureCauseOf(error: unknown): FailureCause {
  if (error instanceof DependencyError) return error.failure;
  if (error instanceof GroundspeedError) {
    if (error.code === 'dependency.open') return 'open';
    if (error.code === 'dependency.busy') return 'busy';
    if (error.code === 'dependency.timeout') return 'timeout';
  }
  const status = numberOf(error, 'status');
  const late =
    (error as { late?: unknown } | null)?.late === true ||
    status === 408 ||
    status === 504 ||
    nameOf(error) === 'TimeoutError' ||
    LATE.test(textOf(error, 'code') ?? '');
  if (late) return 'timeout';
  const cause = causeOf(error);
  return cause === undefined ? 'error' : failureCauseOf(cause);
}

/** Milliseconds for which the dependency asked to be left alone; undefined where it did not say. */
export function retryAfterMsOf(error: unknown): number | undefined {
  const ms = numberOf(error, 'retryAfterMs');
  return ms !== undefined && ms >= 0 ? ms : undefined;
}

function malformed(error: unknown): boolean {
  return (error as { malformed?: unknown } | null)?.malformed === true;
}

function nameOf(error: unknown): string | undefined {
  return textOf(error, 'name');
}

function causeOf(error: unknown): Error | undefined {
  return error instanceof Error && error.cause instanceof Error ? error.cause : undefined;
}

function textOf(error: unknown, name: string): string | undefined {
  const value = propertyOf(error, name);
  return typeof value === 'string' ? value : undefined;
}

function numberOf(error: unknown, name: string): number | undefined {
  const value = propertyOf(error, name);
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function propertyOf(error: unknown, name: string): unknown {
  return typeof error === 'object' && error !== null ? (error as Record<string, unknown>)[name] : undefined;
}
