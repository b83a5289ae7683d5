import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LATENCY_BOUNDS } from '../../src/load/events.ts';
import { LatencyBuckets } from '../../src/load/latency-buckets.ts';
import { CATALOGUE } from '../../src/telemetry/catalogue.ts';

const latencies = fc.array(fc.double({ min: 0, max: 60_000, noNaN: true }), { maxLength: 50 });

function countedIn(values: readonly number[]): LatencyBuckets {
  const buckets = new LatencyBuckets();
  for (const value of values) buckets.record(value);
  return buckets;
}

describe('latencies in buckets', () => {
  it('are counted once each, below the bound that they do not exceed', () => {
    fc.assert(
      fc.property(latencies, (values) => {
        const { counts, sumMs } = countedIn(values).counts();
        for (const [bucket, bound] of LATENCY_BOUNDS.entries()) {
          const below = counts.slice(0, bucket + 1).reduce((sum, count) => sum + count, 0);
          expect(below).toBe(values.filter((value) => value <= bound).length);
        }
        expect(counts.reduce((sum, count) => sum + count, 0)).toBe(values.length);
        expect(sumMs).toBeCloseTo(
          values.reduce((sum, value) => sum + value, 0),
          5,
        );
      }),
    );
  });

  it('add up to those of all of them together', () => {
    fc.assert(
      fc.property(latencies, latencies, (one, other) => {
        const both = countedIn(one);
        both.add(countedIn(other).counts());
        expect(both.counts().counts).toEqual(countedIn([...one, ...other]).counts().counts);
      }),
    );
  });

  it('heed no NaN, count what a clock set back as 0, and are none once cleared', () => {
    const buckets = countedIn([Number.NaN, -5, Number.POSITIVE_INFINITY]);
    expect(buckets.counts().counts[0]).toBe(1);
    expect(buckets.counts().counts.at(-1)).toBe(1);
    const before = buckets.counts();
    buckets.clear();
    expect(buckets.counts()).toEqual({ counts: new Array(LATENCY_BOUNDS.length + 1).fill(0), sumMs: 0 });
    expect(before.counts[0]).toBe(1);
  });

  it('are those of the metric', () => {
    expect(CATALOGUE.loadDuration.buckets).toEqual(LATENCY_BOUNDS.map((ms) => ms / 1000));
  });
});
