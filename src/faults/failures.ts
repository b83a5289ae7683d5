import { type ErrorCode, GroundspeedError } from '../kernel/errors.ts';
import type { ErrorClass, Target } from './fault.ts';
import type { Failure } from './injector.ts';

/** What a port throws where a fault makes it. Its code is the one that the port's adapters have for such failures. */
export class InjectedFailure extends GroundspeedError {
  /** As a service would have answered; undefined where none was reached. */
  readonly status: number | undefined;
  /** What a service asked for with Retry-After. */
  readonly retryAfterMs: number | undefined;
  /** There was an answer, which makes no sense, and would make none the next time. */
  readonly malformed: boolean;

  constructor(
    code: ErrorCode,
    message: string,
    more: { status?: number; retryAfterMs?: number; malformed?: boolean; cause?: unknown } = {},
  ) {
    super(code, `${message} (an injected fault)`, more.cause === undefined ? {} : { cause: more.cause });
    this.name = 'InjectedFailure';
    this.status = more.status;
    this.retryAfterMs = more.retryAfterMs;
    this.malformed = more.malformed ?? false;
  }
}

/** How each target is named in messages, and the code of its failures. */
const SUBJECTS: Readonly<Partial<Record<Target, readonly [ErrorCode, string]>>> = {
  embedder: ['embedding.failed', 'The embedding service'],
  generator: ['generation.failed', 'The generation service'],
  vectors: ['dependency.failed', 'The vector index'],
  keywords: ['dependency.failed', 'The keyword index'],
  cache: ['cache.failed', 'The cache'],
  store: ['store.unwritable', 'The store'],
  disk: ['store.unwritable', 'The disk'],
};

/** Statuses of the classes that name none: what services answer when asked wrongly, and when in trouble. */
export const STATUSES = { http4xx: 400, http5xx: 503 } as const;

/** Codes of the operating system and of SQLite, with the words that come with them. */
const CAUSES: Readonly<Partial<Record<ErrorClass, readonly [code: string, words: string]>>> = {
  connect: ['ECONNREFUSED', 'refuses connections'],
  dns: ['ENOTFOUND', 'has a name that cannot be resolved'],
  reset: ['ECONNRESET', 'closed the connection'],
};

/** The error that a port throws, for every failure but the one that never comes. */
export function failureOf(target: Target, failure: Exclude<Failure, { kind: 'timeout' }>): InjectedFailure {
  const [code, subject] = SUBJECTS[target] ?? ['dependency.failed', target];
  if (failure.kind === 'full') {
    const cause = systemError('SQLITE_FULL', 'database or disk is full');
    return new InjectedFailure('store.unwritable', 'The index cannot be written: the disk is full', {
      cause,
    });
  }
  if (failure.kind === '429') {
    const retryAfterMs = failure.retryAfterMs === null ? {} : { retryAfterMs: failure.retryAfterMs };
    return new InjectedFailure(code, `${subject} failed with status 429`, { status: 429, ...retryAfterMs });
  }
  const { error } = failure;
  if (target === 'store' && error === 'busy') {
    return new InjectedFailure('store.locked', 'Another program is writing to the index', {
      cause: systemError('SQLITE_BUSY', 'database is locked'),
    });
  }
  if (error === 'corrupt') {
    const cause = systemError('SQLITE_CORRUPT', 'database disk image is malformed');
    return new InjectedFailure(
      target === 'store' ? 'store.corrupt' : code,
      `${subject} is damaged`,
      target === 'store' ? { cause } : { malformed: true },
    );
  }
  if (error === 'http4xx' || error === 'http5xx') {
    const status = failure.status ?? STATUSES[error];
    return new InjectedFailure(code, `${subject} failed with status ${status}`, { status });
  }
  const known = CAUSES[error];
  if (known === undefined) return new InjectedFailure(code, `${subject} failed`);
  return new InjectedFailure(code, `${subject} ${known[1]}`, { cause: systemError(known[0], known[1]) });
}

/** The connection torn down in the middle of a reply. */
export const resetOf = (target: Target): InjectedFailure =>
  failureOf(target, { kind: 'error', error: 'reset', status: null });

/** What an adapter says of a reply that is not what it should be. */
export function malformedReply(target: Target): InjectedFailure {
  const [code, subject] = SUBJECTS[target] ?? ['dependency.failed', target];
  return new InjectedFailure(code, `${subject} sent what makes no sense`, { malformed: true });
}

/** What an adapter says of a stream that lacks its end. */
export function cutReply(target: Target): InjectedFailure {
  const [code, subject] = SUBJECTS[target] ?? ['dependency.failed', target];
  return new InjectedFailure(code, `${subject} broke off its answer before the end`);
}

function systemError(code: string, words: string): Error {
  return Object.assign(new Error(words), { code });
}
