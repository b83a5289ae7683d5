import { describe, expect, it } from 'vitest';
import { cacheReadingOf, cacheStateOf } from '../../../../src/load/targets/http/cache-state.ts';
import { networkFailure } from '../../../../src/load/targets/http/network-failures.ts';
import { codingOf } from '../../../../src/load/targets/http/packed-reply.ts';
import { readResponseHeaders } from '../../../../src/load/targets/http/response-headers.ts';
import { maskSecrets, secretsOf, withoutCredentials } from '../../../../src/load/targets/http/secrets.ts';
import { isExpectedType, statusFailure } from '../../../../src/load/targets/http/status-failures.ts';

describe('cacheStateOf', () => {
  it.each([
    [true, 'response'],
    ['HIT', 'response'],
    [false, 'miss'],
    ['miss', 'miss'],
    ['semantic', 'semantic'],
    ['retrieval', 'retrieval'],
    ['bypass', 'off'],
    [null, 'unknown'],
    ['perhaps', 'unknown'],
    [['hit'], 'unknown'],
    [{ response: 'hit', retrieval: 'off' }, 'response'],
    [{ response: 'miss', retrieval: 'hit', embedding: 'hit' }, 'retrieval'],
    [{ response: 'miss', retrieval: 'miss', embedding: 'off' }, 'miss'],
    [{ response: 'off', retrieval: 'off' }, 'off'],
    [{ response: true }, 'response'],
    [{ state: 'hit' }, 'unknown'],
  ])('takes %j for %s', (value, state) => {
    expect(cacheStateOf(value)).toBe(state);
  });

  it.each([
    ['stale', 'response', true],
    ['fresh', 'response', false],
    ['hit', 'response', undefined],
    [true, 'response', undefined],
    ['miss', 'miss', undefined],
    [{ response: 'stale', semantic: 'off', retrieval: 'off', embedding: 'off' }, 'response', true],
    [{ response: 'hit', semantic: 'off', retrieval: 'off', embedding: 'off' }, 'response', false],
    [{ response: 'miss', semantic: 'hit', retrieval: 'off', embedding: 'miss' }, 'semantic', false],
    [{ response: 'miss', semantic: 'miss', retrieval: 'stale', embedding: 'hit' }, 'retrieval', true],
    [{ response: true }, 'response', undefined],
    [{ response: 'miss', semantic: 'miss' }, 'miss', undefined],
    [{ response: 'off', semantic: 'off' }, 'off', undefined],
  ])('takes %j for %s, stale: %s', (value, cache, stale) => {
    expect(cacheReadingOf(value)).toEqual({ cache, stale });
  });
});

describe('networkFailure', () => {
  const of = (error: object): { code: string; message: string; hint: string | undefined } =>
    networkFailure(Object.assign(new Error('as the system says'), error), { name: 'http://h/x' });

  it.each([
    ['ENOTFOUND', 'target.dns'],
    ['EAI_AGAIN', 'target.dns'],
    ['ECONNREFUSED', 'target.connect'],
    ['EHOSTUNREACH', 'target.connect'],
    ['UND_ERR_CONNECT_TIMEOUT', 'target.connect'],
    ['EMFILE', 'target.connect'],
    ['EADDRNOTAVAIL', 'target.connect'],
    ['CERT_HAS_EXPIRED', 'target.tls'],
    ['CERT_NOT_YET_VALID', 'target.tls'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'target.tls'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'target.tls'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'target.tls'],
    ['EPROTO', 'target.tls'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'target.tls'],
    ['ECONNRESET', 'target.reset'],
    ['EPIPE', 'target.reset'],
    ['UND_ERR_SOCKET', 'target.reset'],
    ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'target.reset'],
    ['HPE_INVALID_EOF_STATE', 'target.reset'],
    ['HPE_INVALID_CONSTANT', 'target.malformed'],
    ['UND_ERR_HEADERS_OVERFLOW', 'target.tooLarge'],
    ['EWHATEVER', 'target.failed'],
  ])('takes %s for %s', (code, expected) => {
    const failure = of({ code });
    expect(failure.code).toBe(expected);
    expect(failure.message).toContain('http://h/x');
    expect(failure.message).toContain('as the system says');
  });

  it('looks into an error that stands for several', () => {
    const errors = [Object.assign(new Error('connect ECONNREFUSED ::1:1'), { code: 'ECONNREFUSED' })];
    const failure = networkFailure(Object.assign(new AggregateError(errors), { code: 'ECONNREFUSED' }), {
      name: 'n',
    });
    expect(failure.message).toBe('n takes no connection: connect ECONNREFUSED ::1:1');
  });

  it('keeps OpenSSL’s words, without its source lines', () => {
    const failure = of({
      code: 'EPROTO',
      message:
        '80F0:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:../deps/openssl/ssl/record.c:355:\n',
    });
    expect(failure.message).toBe(
      'http://h/x does not speak TLS there, or none that is understood: wrong version number (EPROTO)',
    );
  });
});

describe('statusFailure', () => {
  const target = { name: 'http://h/x', stream: 'none' } as const;
  const none = {
    contentType: undefined,
    contentEncoding: undefined,
    retryAfter: undefined,
    location: undefined,
  };
  const of = (status: number, headers: object = {}, body = ''): { code: string; message: string } =>
    statusFailure(
      { status, headers: { ...none, ...headers }, body: Buffer.from(body) },
      { target, secrets: ['sesame-1'] },
    );

  it.each([
    [400, {}, 'target.http4xx'],
    [404, {}, 'target.http4xx'],
    [429, {}, 'target.rateLimited'],
    [500, {}, 'target.http5xx'],
    [503, {}, 'target.http5xx'],
    [503, { retryAfter: '3' }, 'target.rateLimited'],
    [301, {}, 'target.redirect'],
    [304, {}, 'target.redirect'],
    [599, {}, 'target.http5xx'],
  ])('takes %i %j for %s', (status, headers, code) => {
    expect(of(status, headers).code).toBe(code);
  });

  it('says status, wait and the beginning of the body, on one line and without secrets', () => {
    expect(of(429, { retryAfter: '30' }, '{"error":\n"key sesame-1 is over its limit"}').message).toBe(
      'http://h/x answered 429 Too Many Requests (Retry-After: 30 s): {"error": "key *** is over its limit"}',
    );
    expect(of(503, { retryAfter: new Date(Date.now() + 61_000).toUTCString() }).message).toMatch(
      /Retry-After: 6\d s/,
    );
    expect(of(302, { location: 'http://u:pass@h/login?token=abc' }).message).toBe(
      'http://h/x answered 302 Found to http://h/login?token=***',
    );
    expect(of(500, {}, 'x'.repeat(1000)).message.length).toBeLessThan(260);
  });
});

describe('isExpectedType', () => {
  it.each([
    [undefined, 'none', true],
    ['application/json; charset=utf-8', 'none', true],
    ['application/problem+json', 'none', true],
    ['text/plain', 'none', true],
    ['text/html', 'none', false],
    ['application/xml', 'none', false],
    ['text/event-stream', 'none', false],
    ['Text/Event-Stream;charset=UTF-8', 'sse', true],
    ['application/json', 'sse', false],
    ['text/html', 'sse', false],
    ['application/x-ndjson', 'ndjson', true],
    ['application/json', 'ndjson', true],
    ['text/html', 'ndjson', false],
  ] as const)('%s for %s: %s', (type, stream, expected) => {
    expect(isExpectedType(type, stream)).toBe(expected);
  });
});

describe('secrets', () => {
  it('are the values of headers, whole and in parts, but for the harmless ones', () => {
    const secrets = secretsOf({
      accept: 'application/json',
      authorization: 'Bearer abc-123-xyz',
      'x-pair': `Basic ${Buffer.from('user:password1').toString('base64')}`,
      'x-short': 'ab',
    });
    const text = 'got abc-123-xyz and password1 in application/json, ab, Bearer';
    expect(maskSecrets(text, secrets)).toBe('got *** and *** in application/json, ab, Bearer');
  });

  it('are hidden in URLs', () => {
    expect(withoutCredentials('https://u:p@h/a@b?x=1&api_key=2&access_token=3#f')).toBe(
      'https://h/a@b?x=1&api_key=***&access_token=***#f',
    );
    expect(withoutCredentials('/login?sig=abc')).toBe('/login?sig=***');
  });
});

describe('headers of a response', () => {
  it('are found whatever their case, and no others', () => {
    const raw = ['Content-TYPE', 'text/html', 'X-Content-Ty', 'no', 'retry-after', '3', 'Date', 'now'].map(
      (text) => Buffer.from(text),
    );
    expect(readResponseHeaders(raw)).toEqual({
      contentType: 'text/html',
      contentEncoding: undefined,
      retryAfter: '3',
      location: undefined,
    });
  });

  it('name codings that can be unpacked, and others', () => {
    expect(['gzip', 'X-GZIP', 'br', 'deflate', 'identity', '', 'zstd'].map(codingOf)).toEqual([
      'gzip',
      'gzip',
      'br',
      'deflate',
      undefined,
      undefined,
      null,
    ]);
  });
});
