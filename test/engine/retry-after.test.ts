import { describe, expect, it } from 'vitest';
import { retryAfterOf } from '../../src/engine/retry-after.ts';

const NOW = Date.UTC(2026, 0, 1, 12, 0, 0);
const asked = (headers: Record<string, string>) => retryAfterOf(new Headers(headers), NOW);

describe('Retry-After', () => {
  it.each([
    ['seconds', { 'retry-after': '7' }, 7000],
    ['none at all', { 'retry-after': '0' }, 0],
    ['seconds and a part', { 'retry-after': '0.25' }, 250],
    ['milliseconds, which win', { 'retry-after-ms': '40', 'retry-after': '1' }, 40],
    ['a date', { 'retry-after': 'Thu, 01 Jan 2026 12:00:30 GMT' }, 30_000],
    ['a date that is past', { 'retry-after': 'Thu, 01 Jan 2026 11:00:00 GMT' }, 0],
    [
      "a date by the service's own clock",
      { 'retry-after': 'Thu, 01 Jan 2026 09:00:10 GMT', date: 'Thu, 01 Jan 2026 09:00:00 GMT' },
      10_000,
    ],
  ])('is read as %s', (_, headers, expected) => {
    expect(asked(headers as Record<string, string>)).toBe(expected);
  });

  it.each(['soon', ''])('is unknown when it says %j', (text) => {
    expect(asked({ 'retry-after': text })).toBeUndefined();
  });

  it('is unknown without headers', () => {
    expect(retryAfterOf(undefined, NOW)).toBeUndefined();
    expect(asked({})).toBeUndefined();
  });
});
