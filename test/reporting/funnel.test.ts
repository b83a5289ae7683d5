import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { funnelRows } from '../../src/reporting/funnel.ts';
import { FUNNEL_ORDER } from '../../src/reporting/words.ts';
import { CLASSES } from './sample-load.ts';
import { sampleRun } from './sample-record.ts';

describe('the funnel', () => {
  it('adds up to all arrivals in every phase', () => {
    for (const phase of sampleRun().record.load!.phases)
      expect(funnelRows(phase.funnel).reduce((sum, row) => sum + row.count, 0)).toBe(phase.arrivals);
  });

  it('has words for every class that judging knows', () => {
    expect([...FUNNEL_ORDER].sort()).toEqual([...CLASSES].sort());
  });

  it('keeps every class and every count, in reading order, known or not', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...CLASSES, 'novel'), fc.nat(1e6)), (funnel) => {
        const rows = funnelRows(funnel);
        expect(Object.fromEntries(rows.map(({ name, count }) => [name, count]))).toEqual({ ...funnel });
        const known = rows.map(({ name }) => FUNNEL_ORDER.indexOf(name)).filter((place) => place >= 0);
        expect(known).toEqual([...known].sort((a, b) => a - b));
        const total = rows.reduce((sum, row) => sum + row.share, 0);
        expect(total === 0 || Math.abs(total - 1) < 1e-9).toBe(true);
      }),
    );
  });

  it('shows an unknown class by its own name', () => {
    expect(funnelRows({ novel: 3 })[0]).toMatchObject({ label: 'novel', count: 3, share: 1 });
  });
});
