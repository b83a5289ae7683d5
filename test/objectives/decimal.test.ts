import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { complement, isDecimal, readDecimal, writeDecimal } from '../../src/objectives/decimal.ts';

const positive = fc.double({ min: 0, max: Number.MAX_VALUE, noNaN: true }).map((value) => value + 0);

describe('decimal digits', () => {
  it.each([
    [0.999, 2, '99.9'],
    [0.07, 2, '7'],
    [200, 0, '200'],
    [1500, -3, '1.5'],
    [1, -3, '0.001'],
    [1e-7, 0, '0.0000001'],
    [1.5e21, 0, '1500000000000000000000'],
    [0, 2, '0'],
  ])('of %d, shifted by %d, are %s', (value, places, digits) => {
    expect(writeDecimal(value, places)).toBe(digits);
  });

  it('are read back as the same number after a shift either way', () => {
    fc.assert(
      fc.property(positive, fc.integer({ min: -6, max: 6 }), (value, places) => {
        const digits = writeDecimal(value, places);
        expect(digits).toMatch(/^(?:0|[1-9]\d*)(?:\.\d*[1-9])?$/);
        expect(readDecimal(digits, -places)).toBe(value);
      }),
      { numRuns: 1000 },
    );
  });

  it.each(['200', '.8', '5.', '1e3', '1.5E-3', '007'])('%s are some', (text) => {
    expect(isDecimal(text)).toBe(true);
  });

  it.each(['', '.', '1.2.3', '-1', '+1', '1e', 'e3', '0x10', '١', '1 000'])('%j are none', (text) => {
    expect(isDecimal(text)).toBe(false);
  });
});

describe('the complement of a share', () => {
  it.each([
    [0.95, 0.05],
    [0.9, 0.1],
    [0.99, 0.01],
    [0.999, 0.001],
    [0.9999, 0.0001],
    [0.5, 0.5],
    [0.057, 0.943],
  ])('%d is %d, where subtracting may miss', (share, rest) => {
    expect(complement(share)).toBe(rest);
  });

  it('is exact in decimals, however many there are', () => {
    const places = fc.integer({ min: 1, max: 15 });
    fc.assert(
      fc.property(places, fc.double({ min: 0, max: 1, noNaN: true }), (digits, at) => {
        const one = 10 ** digits;
        const part = Math.min(one - 1, Math.max(1, Math.floor(at * one)));
        expect(complement(Number(`${part}e-${digits}`))).toBe(Number(`${one - part}e-${digits}`));
      }),
      { numRuns: 1000 },
    );
  });
});
