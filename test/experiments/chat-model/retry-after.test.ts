import { describe, expect, it } from 'vitest';
import { retryAfterOf } from '../../../src/experiments/chat-model/retry-after.ts';

const NOW = Date.UTC(2026, 0, 1, 12, 0, 0);
const read = (headers: Record<string, string>) => retryAfterOf(new Headers(headers), NOW);

describe('how long a service asks to be left alone', () => {
  it.each<[Record<string, string>, number | undefined]>([
    [{ 'retry-after': '17' }, 17_000],
    [{ 'retry-after': '1.5' }, 1500],
    [{ 'retry-after-ms': '250', 'retry-after': '1' }, 250],
    [{ 'retry-after': 'Thu, 01 Jan 2026 12:00:30 GMT' }, 30_000],
    [{ 'retry-after': 'Thu, 01 Jan 2026 11:00:00 GMT' }, 0],
    [{ 'retry-after': 'soon' }, undefined],
    [{ 'retry-after': '-5 apples' }, undefined],
    [{ 'retry-after': '' }, undefined],
    [{}, undefined],
  ])('is read from %j as %s', (headers, expected) => {
    expect(read(headers)).toBe(expected);
  });

  it('is not known without headers', () => {
    expect(retryAfterOf(undefined, NOW)).toBeUndefined();
  });
});
