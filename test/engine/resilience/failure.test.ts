import { describe, expect, it } from 'vitest';
import {
  DependencyError,
  failureCauseOf,
  judge,
  retryAfterMsOf,
} from '../../../src/engine/resilience/failure.ts';
import { ServiceError } from '../../../src/engine/service-error.ts';
import { type ErrorCode, GroundspeedError } from '../../../src/kernel/errors.ts';

const withCode = (code: string): Error => Object.assign(new Error(code), { code });
const withStatus = (status: number): Error =>
  new ServiceError('embedding.failed', `status ${status}`, { status });
const ofCode = (code: ErrorCode): Error => new GroundspeedError(code, code);
const malformed = new ServiceError('embedding.failed', 'no vectors', { malformed: true });

describe('what may be tried again, and what counts for the breaker', () => {
  it.each<[string, unknown]>([
    ...[408, 425, 429, 500, 502, 503, 504, 529].map(
      (status) => [String(status), withStatus(status)] as [string, unknown],
    ),
    ...['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_SOCKET'].map(
      (code) => [code, withCode(code)] as [string, unknown],
    ),
    [
      'a failed connection behind "fetch failed"',
      new TypeError('fetch failed', { cause: withCode('ECONNREFUSED') }),
    ],
    ['a timeout of Node', new DOMException('late', 'TimeoutError')],
    ['a service that gave no status', ofCode('generation.failed')],
    ['a dependency that failed', ofCode('dependency.failed')],
    ['a shared cache that is away', ofCode('cache.failed')],
    ['an attempt that took too long', new DependencyError('embedder', 'timeout')],
  ])('both: %s', (_, error) => {
    expect(judge(error)).toEqual({ retryable: true, counts: true });
  });

  it.each<[string, unknown]>([
    ...[400, 401, 403, 404, 409, 413, 422].map(
      (status) => [String(status), withStatus(status)] as [string, unknown],
    ),
    ['a question that was withdrawn', ofCode('query.aborted')],
    ['a question that is too long', ofCode('query.tooLong')],
    ['a wrong setting', ofCode('config.invalid')],
    ['an engine that has been closed', ofCode('engine.closed')],
    ['an abort', new DOMException('gone', 'AbortError')],
    ['a breaker that is open', new DependencyError('embedder', 'open')],
    ['a bulkhead that is full', new DependencyError('embedder', 'busy')],
    ['a deadline that left no time', new DependencyError('embedder', 'deadline')],
  ])('neither: %s', (_, error) => {
    expect(judge(error)).toEqual({ retryable: false, counts: false });
  });

  it.each<[string, unknown]>([
    ['an answer that makes no sense', malformed],
    ['a vector with NaN in it', ofCode('embedding.notFinite')],
    ['a damaged store', ofCode('store.corrupt')],
    ['a fault in an adapter', new TypeError('x is undefined')],
    ['whatever is thrown', 'a string'],
    ['nothing at all', undefined],
    ['a deadline that was long enough', new DependencyError('embedder', 'deadline', { counts: true })],
  ])('not tried again, but counted: %s', (_, error) => {
    expect(judge(error)).toEqual({ retryable: false, counts: true });
  });
});

describe('the cause of a failure', () => {
  it.each<[string, unknown]>([
    ['timeout', new DependencyError('cache', 'timeout')],
    ['deadline', new DependencyError('cache', 'deadline')],
    ['open', new DependencyError('cache', 'open')],
    ['busy', new DependencyError('cache', 'busy')],
    ['timeout', ofCode('dependency.timeout')],
    ['timeout', withStatus(504)],
    ['timeout', new ServiceError('generation.failed', 'late', { late: true })],
    ['timeout', new TypeError('fetch failed', { cause: withCode('UND_ERR_HEADERS_TIMEOUT') })],
    ['error', withStatus(500)],
    ['error', new Error('no')],
    ['error', undefined],
  ])('is %s', (cause, error) => {
    expect(failureCauseOf(error)).toBe(cause);
  });
});

describe('the time for which a dependency asks to be left alone', () => {
  it('stands on the error', () => {
    expect(
      retryAfterMsOf(new ServiceError('embedding.failed', '', { status: 429, retryAfterMs: 1500 })),
    ).toBe(1500);
    expect(retryAfterMsOf(Object.assign(new Error(), { retryAfterMs: 0 }))).toBe(0);
  });

  it('is unknown where it is no duration', () => {
    for (const retryAfterMs of [-1, Number.NaN, '3', undefined]) {
      expect(retryAfterMsOf(Object.assign(new Error(), { retryAfterMs }))).toBeUndefined();
    }
    expect(retryAfterMsOf(undefined)).toBeUndefined();
  });
});
