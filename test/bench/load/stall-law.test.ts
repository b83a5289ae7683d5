import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  lawfulLatency,
  lawfulQuantile,
  STALL_LAW,
  type StallLaw,
} from '../../../bench/load/servers/stall-law.ts';
import { quantile, sortSamples } from '../../../src/statistics/quantiles.ts';

describe('the law of the server that stands still', () => {
  it.each([
    ['at the beginning of a cycle', 0, 10],
    ['just before it stops', 2499.9, 10],
    ['as it stops', 2500, 510],
    ['in the middle', 2750, 260],
    ['as it goes on', 3000, 10],
    ['cycles later', 30_000 + 2600, 410],
    ['before it began, as if it had always been so', -100, 110],
  ])('%s', (_, since, latency) => {
    expect(lawfulLatency(STALL_LAW, since)).toBeCloseTo(latency, 6);
  });

  it('gives the quantiles that everybody can work out by hand', () => {
    const at = [0.5, 0.9, 0.95, 0.975, 0.99].map((p) => Math.round(lawfulQuantile(STALL_LAW, p)));
    expect(at).toEqual([10, 210, 360, 435, 480]);
  });

  const laws: fc.Arbitrary<StallLaw> = fc
    .record({
      cycle: fc.integer({ min: 100, max: 5000 }),
      share: fc.double({ min: 0.01, max: 0.9, noNaN: true }),
      service: fc.integer({ min: 0, max: 50 }),
    })
    .map(({ cycle, share, service }) => ({ cycle, stall: Math.ceil(cycle * share), service }));

  it('never lets who comes later leave earlier', () => {
    const moments = fc.double({ min: 0, max: 20_000, noNaN: true });
    fc.assert(
      fc.property(laws, moments, moments, (law, a, b) => {
        const [early, late] = a < b ? [a, b] : [b, a];
        expect(late + lawfulLatency(law, late)).toBeGreaterThanOrEqual(
          early + lawfulLatency(law, early) - 1e-6,
        );
      }),
    );
  });

  it('has the quantiles of arrivals that are spread evenly', () => {
    fc.assert(
      fc.property(laws, fc.double({ min: 0.3, max: 0.995, noNaN: true }), (law, p) => {
        const count = 20_000;
        const step = law.cycle / count;
        const latencies = Float64Array.from({ length: count }, (_, nth) =>
          lawfulLatency(law, (nth + 0.5) * step),
        );
        const found = quantile(sortSamples(latencies), p);
        const byHand = lawfulQuantile(law, p);
        // Where the stall begins, latency leaps from the service time: a sample's rank falls on either side.
        const atLeap = Math.abs(1 - p - law.stall / law.cycle) * count < 2;
        if (!atLeap) expect(Math.abs(found - byHand)).toBeLessThan(3 * step + 1e-6);
      }),
    );
  });
});
