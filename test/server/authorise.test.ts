import { describe, expect, it } from 'vitest';
import { createAuthoriser, isLoopback, refuseUnsafe } from '../../src/server/authorise.ts';

describe('an address', () => {
  it.each(['127.0.0.1', '127.8.9.1', 'localhost', 'LOCALHOST', '::1', '[::1]', '::ffff:127.0.0.1'])(
    '%s is of this machine alone',
    (host) => {
      expect(isLoopback(host)).toBe(true);
      expect(() => refuseUnsafe({ host })).not.toThrow();
    },
  );

  it.each([
    '0.0.0.0',
    '::',
    '10.0.0.1',
    '192.168.1.2',
    'example.com',
    'localhost.example.com',
    '127.0.0.1.example.com',
    '1127.0.0.1',
    '',
  ])('%j is reached by others, and served with a token only', (host) => {
    expect(isLoopback(host)).toBe(false);
    expect(() => refuseUnsafe({ host })).toThrow(
      expect.objectContaining({
        code: 'server.unsafe',
        exitCode: 2,
        hint: expect.stringContaining('GROUNDSPEED_API_TOKEN'),
      }),
    );
    expect(() => refuseUnsafe({ host, apiToken: 'a-token-of-our-own' })).not.toThrow();
  });
});

describe('a token', () => {
  it('is checked without being told in the refusal', () => {
    const check = createAuthoriser('a-token-of-our-own');
    expect(() => check('Bearer a-token-of-our-own')).not.toThrow();
    try {
      check('Bearer another-token');
      expect.unreachable();
    } catch (error) {
      expect(JSON.stringify(error) + String(error)).not.toMatch(/of-our-own|another/);
    }
  });
});
