import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTimestamp } from '../../src/load/timestamps.ts';

const TEN = Date.UTC(2026, 10, 21, 10);

describe('a time', () => {
  it.each([
    ['2026-11-21T10:00:00Z', TEN, 1000],
    ['2026-11-21T10:00:00.250Z', TEN + 250, 1],
    ['2026-11-21T10:00:00.123456+00:00', TEN + 123.456, 0.001],
    ['2026-11-21T10:00:00.123456789Z', TEN + 123.456_789, 0.001],
    ['2026-11-21 12:00:00,5 +0200', TEN + 500, 100],
    ['2026-11-21t04:30:00-05:30', TEN, 1000],
    ['2026-11-21T12:00:00+02', TEN, 1000],
    ['2026-11-21T10:00', TEN, 60_000],
    ['2026-11-21T09:59:60Z', TEN, 1000],
    ['2024-02-29 00:00:00', Date.UTC(2024, 1, 29), 1000],
  ])('as ISO 8601: %s', (text, ms, resolutionMs) => {
    const time = parseTimestamp(text);
    expect(time?.ms).toBeCloseTo(ms, 3);
    expect(time).toMatchObject({ resolutionMs, notation: 'date and time' });
  });

  it.each([
    ['21/Nov/2026:10:00:00 +0000', TEN, 1000],
    ['21/Nov/2026:12:30:00 +0230', TEN, 1000],
    ['1/Nov/2026:10:00:00.007 -0000', Date.UTC(2026, 10, 1, 10, 0, 0, 7), 1],
  ])('of an access log: %s', (text, ms, resolutionMs) => {
    expect(parseTimestamp(text)).toEqual({ ms, resolutionMs, notation: 'log time' });
  });

  it.each([
    ['0', 0, 1000, 'seconds'],
    ['12.25', 12_250, 10, 'seconds'],
    ['1e-3', 1, 0.001, 'seconds'],
    ['1795255200', TEN, 1000, 'seconds'],
    ['1795255200.5', TEN + 500, 100, 'seconds'],
    ['1795255200000', TEN, 1, 'milliseconds'],
    ['1795255200000.25', TEN + 0.25, 0.01, 'milliseconds'],
    ['1795255200000250', TEN + 0.25, 0.001, 'microseconds'],
    ['1795255200000250000', TEN + 0.25, 0.001, 'nanoseconds'],
  ])('as a number, by its size: %s', (text, ms, resolutionMs, notation) => {
    const time = parseTimestamp(text);
    expect(time?.ms).toBeCloseTo(ms, 3);
    expect(time).toMatchObject({ resolutionMs, notation });
  });

  it.each([
    '',
    'now',
    '-5',
    '0x10',
    'Infinity',
    '1795255200000250000000',
    '2026-11-21',
    '2026-13-01T10:00:00Z',
    '2026-02-29T10:00:00Z',
    '2026-11-00T10:00:00Z',
    '2026-11-21T24:00:00Z',
    '2026-11-21T10:60:00Z',
    '2026-11-21T10:00:61Z',
    '2026-11-21T10:00:00+24:00',
    '2026-11-21T10:00:00Z and more',
    '21/Noe/2026:10:00:00 +0000',
    '31/Nov/2026:10:00:00 +0000',
    '21/Nov/2026:10:00:00',
  ])('is not %j', (text) => {
    expect(parseTimestamp(text)).toBeUndefined();
  });

  it('is what a date writes of itself, whatever the date', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('1970-01-01'), max: new Date('2199-12-31'), noInvalidDate: true }),
        (date) => {
          const ms = date.getTime();
          expect(parseTimestamp(date.toISOString())?.ms).toBe(ms);
        },
      ),
    );
  });
});
