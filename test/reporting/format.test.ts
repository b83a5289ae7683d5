import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as format from '../../src/reporting/format.ts';

const { bound, bytes, count, duration, interval, micros, MISSING, score, share, significant } = format;

describe('numbers of a report', () => {
  it('writes a dash, never 0, for what could not be had', () => {
    const writers = [bound, bytes, count, duration, micros, score, share, significant, format.perSecond];
    for (const write of writers)
      for (const missing of [null, undefined, Number.NaN, Number.POSITIVE_INFINITY])
        expect(write(missing)).toBe(MISSING);
    expect(interval(null, share)).toBe(MISSING);
    expect(format.shortHash(null)).toBe(MISSING);
  });

  it('writes three significant digits, and groups long whole numbers', () => {
    expect([0, 0.04123, 1.2, 45.67, 99.96, 412.4, 12345.6].map(significant)).toEqual([
      '0',
      '0.0412',
      '1.20',
      '45.7',
      '100',
      '412',
      '12\u202f346',
    ]);
  });

  it('gives durations the unit that suits them', () => {
    expect([0.0123, 15.63, 1234, 12_345, 141_300].map(duration)).toEqual([
      '0.0123 ms',
      '15.6 ms',
      '1\u202f234 ms',
      '12.3 s',
      '2 min 21 s',
    ]);
    expect([100, 2000, 1500, 0.5].map(bound)).toEqual(['100 ms', '2 s', '1.5 s', '0.5 ms']);
    expect([212.4, 1480].map(micros)).toEqual(['212 µs', '1.48 ms']);
  });

  it('does not round a share to an extreme that it did not reach', () => {
    expect([0, 0.0001, 0.931, 0.9999, 1].map(share)).toEqual([
      '0.0 %',
      '< 0.1 %',
      '93.1 %',
      '> 99.9 %',
      '100.0 %',
    ]);
  });

  it('writes the unit of an interval once', () => {
    expect(interval([0.918, 0.942], share)).toBe('91.8–94.2 %');
    expect(interval([0.7712, 0.85], score)).toBe('0.771–0.850');
    expect(interval([900, 1100], micros)).toBe('900 µs–1.10 ms');
  });

  it('shares no unit that belongs to the digits of a long number', () => {
    expect(interval([2069, 2114], format.perSecond)).toBe('2\u202f069–2\u202f114 /s');
    expect(interval([665, 1040], duration)).toBe('665–1\u202f040 ms');
  });

  it('writes what was chosen without needless zeros, and small shares with two digits', () => {
    expect([80, 82.5, 3989].map(format.chosenPerSecond)).toEqual(['80 /s', '82.5 /s', '3\u202f989 /s']);
    expect([0.05, 0.001, 0.9995, 1].map(format.chosenShare)).toEqual(['5 %', '0.1 %', '99.95 %', '100 %']);
    expect([0, 0.0394, 0.00042, 0.9995, 0.5].map(format.fineShare)).toEqual([
      '0.0 %',
      '3.9 %',
      '0.042 %',
      '99.950 %',
      '50.0 %',
    ]);
    expect([0, 0.000503, 0.0421, 1.5, 1204].map(format.usd)).toEqual([
      '$0',
      '$0.000503',
      '$0.0421',
      '$1.50',
      '$1\u202f204.00',
    ]);
    expect([0.5, 30, 141].map(format.seconds)).toEqual(['0.5 s', '30 s', '2 min 21 s']);
  });

  it('keeps a number within half a percent when it is read back', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1e9, noNaN: true }), (value) => {
        const read = Number(significant(value).replaceAll('\u202f', ''));
        expect(Math.abs(read - value)).toBeLessThanOrEqual(value * 0.005 + 1e-12);
      }),
    );
  });
});
