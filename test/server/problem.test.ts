import { expect, it } from 'vitest';
import { CATALOGUE, type ErrorCode, GroundspeedError } from '../../src/kernel/errors.ts';
import { problemResponse } from '../../src/server/problem.ts';

const answered = (code: ErrorCode) =>
  problemResponse(new GroundspeedError(code, 'the key sk-canary is wrong'), 'r1');

it.each([
  ['dependency.failed', 502, undefined],
  ['dependency.timeout', 504, undefined],
  ['dependency.open', 503, '1'],
  ['dependency.busy', 503, '1'],
] as const)('answers %s with %i, and says when to ask again where that helps', (code, status, retryAfter) => {
  const response = answered(code);
  expect(response.status).toBe(status);
  expect(response.headers['retry-after']).toBe(retryAfter);
});

it('tells the particulars of nothing that the service is to blame for', () => {
  for (const code of Object.keys(CATALOGUE) as ErrorCode[]) {
    const { status, body } = answered(code);
    expect(body.error.code).toBe(code);
    if (status >= 500) expect(JSON.stringify(body), code).not.toContain('sk-canary');
  }
});
