import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineWriter } from '../../src/reporting/csv/line-writer.ts';

function written(write: (lines: LineWriter) => void, size?: number): string {
  const lines = new LineWriter(size);
  write(lines);
  return lines.take();
}

describe('line writer', () => {
  it('writes thousandths as JavaScript prints them', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e12, max: 1e12, noNaN: true }), (value) => {
        const rounded = Math.round(value * 1000) / 1000;
        expect(written((lines) => lines.thousandths(value))).toBe(String(rounded));
      }),
      { examples: [[0], [-0], [0.001], [0.1], [999.9995], [1e12], [-0.0004], [1.1], [10], [100.05]] },
    );
  });

  it('writes whole numbers', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }), (value) => {
        expect(written((lines) => lines.whole(value))).toBe(String(value));
      }),
      { examples: [[0], [9], [10], [2 ** 32], [Number.MAX_SAFE_INTEGER]] },
    );
  });

  it('leaves out what did not happen', () => {
    expect(written((lines) => lines.thousandths(Number.NaN))).toBe('');
  });

  it('grows where it is too small, and is empty once it was taken', () => {
    const lines = new LineWriter(4);
    lines.text(Buffer.from('é, a text longer than four bytes,'));
    lines.whole(123_456);
    expect(lines.length).toBe(40);
    expect(lines.take()).toBe('é, a text longer than four bytes,123456');
    expect(lines.length).toBe(0);
    expect(lines.take()).toBe('');
  });
});
