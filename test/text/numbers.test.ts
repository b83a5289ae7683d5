import { describe, expect, it } from 'vitest';
import { numberValue } from '../../src/text/numbers.ts';

describe('numberValue', () => {
  it.each([
    ['1000', '1000'],
    ['1,000', '1000'],
    ['1 000', '1000'],
    ['1’000’000.50', '1000000.5'],
    ['1.000.000', '1000000'],
    ['1.234,50', '1234.5'],
    ['1 234,5', '1234.5'],
    ['1.000', '1'],
    ['4,50', '4.5'],
    ['0,125', '0.125'],
    ['.50', '0.5'],
    ['007', '7'],
    ['0.0', '0'],
    ['12345678901234567890', '12345678901234567890'],
  ])('reads %s as %s', (written, value) => {
    expect(numberValue(written)).toBe(value);
  });

  it.each(['1,2,3', '1.2.3', '1,00,0', '192.168.0.1'])('finds no single number in %s', (written) => {
    expect(numberValue(written)).toBeUndefined();
  });
});
