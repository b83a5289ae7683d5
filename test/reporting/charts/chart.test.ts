import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logScale } from '../../../src/reporting/charts/chart.ts';
import { funnelStyles } from '../../../src/reporting/charts/funnel.ts';
import { funnelRows } from '../../../src/reporting/funnel.ts';
import { CLASSES } from '../sample-load.ts';

describe('a logarithmic scale', () => {
  it('holds every value between its ends, ticked at round numbers within', () => {
    const values = fc.array(fc.double({ min: 1e-4, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(values, fc.integer({ min: 3, max: 14 }), (sample, mostTicks) => {
        const { domain, ticks } = logScale(sample, mostTicks);
        expect(domain[0]).toBeLessThanOrEqual(Math.min(...sample));
        expect(domain[1]).toBeGreaterThanOrEqual(Math.max(...sample));
        expect(ticks.length).toBeGreaterThan(0);
        for (const tick of ticks) expect(tick >= domain[0] && tick <= domain[1]).toBe(true);
      }),
    );
  });

  it('ticks at 1, 2 and 5 where there is room, at powers of ten where there is not', () => {
    expect(logScale([3, 80], 12)).toEqual({ domain: [2, 100], ticks: [2, 5, 10, 20, 50, 100] });
    expect(logScale([3, 80], 4).ticks).toEqual([10, 100]);
  });

  it('survives values that have no logarithm', () => {
    expect(logScale([0, -1], 5).domain).toEqual([1, 10]);
  });
});

describe('colours of the funnel', () => {
  it('differ between any two classes', () => {
    const styles = funnelStyles(funnelRows(Object.fromEntries(CLASSES.map((name) => [name, 1]))));
    expect(new Set(styles.map(({ colour, opacity }) => `${colour}/${opacity}`)).size).toBe(CLASSES.length);
  });
});
