import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calendarAt } from '../../../src/telemetry/tracing/write-spans.ts';

const time = fc.double({ min: 0, max: 1e8, noNaN: true });

describe('the calendar of a trace', () => {
  it('keeps the order and the distance of moments, whatever the calendar did meanwhile', () => {
    fc.assert(
      fc.property(time, time, fc.integer({ min: 0, max: 2e12 }), (one, other, epoch) => {
        const calendar = calendarAt(one, epoch);
        const nanoseconds = (at: number): bigint => {
          const [seconds, rest] = calendar(at);
          expect(Number.isInteger(seconds) && Number.isInteger(rest) && rest >= 0 && rest <= 1e9).toBe(true);
          return BigInt(seconds) * 1_000_000_000n + BigInt(rest);
        };
        expect(Number(nanoseconds(one)) / 1e6).toBeCloseTo(epoch, 2);
        // A double holds a date to a quarter of a microsecond.
        expect(Number(nanoseconds(other) - nanoseconds(one)) / 1e6).toBeCloseTo(other - one, 2);
      }),
    );
  });
});
