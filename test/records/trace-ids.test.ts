import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { requestTrace, traceparent } from '../../src/records/trace-ids.ts';

const key = '00112233aabbccdd';
const request = fc.record({ question: fc.nat(10_000), due: fc.double({ min: 0, max: 1e7, noNaN: true }) });

describe('the trace of a request', () => {
  it('follows from its key, question and due time, and from nothing else', () => {
    fc.assert(
      fc.property(request, (one) => {
        const trace = requestTrace({ key, share: 1 }, one)!;
        expect(requestTrace({ key, share: 1 }, { ...one })).toEqual(trace);
        expect(traceparent(trace)).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
        const other = requestTrace({ key: 'ffeeddcc00112233', share: 1 }, one)!;
        expect(other.traceId).not.toBe(trace.traceId);
        expect(requestTrace({ key, share: 1 }, { ...one, question: one.question + 1 })!.traceId).not.toBe(
          trace.traceId,
        );
      }),
    );
  });

  it('is sampled in the share that was asked for, whatever the questions and the spacing', () => {
    for (const spacing of [1, 10, 0.37]) {
      let sampled = 0;
      for (let row = 0; row < 20_000; row += 1) {
        if (requestTrace({ key, share: 0.1 }, { question: row % 7, due: row * spacing })) sampled += 1;
      }
      // 2,000 ± 42: five standard deviations on either side.
      expect(sampled).toBeGreaterThan(1790);
      expect(sampled).toBeLessThan(2210);
    }
  });

  it('is there for all at a share of 1 and for none at 0; who is sampled at a small share is at a larger one', () => {
    fc.assert(
      fc.property(request, fc.double({ min: 0, max: 1, noNaN: true }), (one, share) => {
        expect(requestTrace({ key, share: 0 }, one)).toBeUndefined();
        expect(requestTrace({ key, share: 1 }, one)).toBeDefined();
        if (requestTrace({ key, share: share / 2 }, one))
          expect(requestTrace({ key, share }, one)).toBeDefined();
      }),
    );
  });
});
