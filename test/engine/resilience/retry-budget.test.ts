import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RetryBudget } from '../../../src/engine/resilience/retry-budget.ts';

describe('a retry budget', () => {
  it('has its reserve at the start, and a share of a retry for every call', () => {
    const budget = new RetryBudget({ share: 0.25, reserve: 2 });
    expect([budget.spend(), budget.spend(), budget.spend()]).toEqual([true, true, false]);
    for (let call = 0; call < 4; call += 1) budget.earn();
    expect([budget.spend(), budget.spend()]).toEqual([true, false]);
  });

  it('saves up no more than its reserve', () => {
    const budget = new RetryBudget({ share: 1, reserve: 3 });
    for (let call = 0; call < 100; call += 1) budget.earn();
    expect(Array.from({ length: 5 }, () => budget.spend())).toEqual([true, true, true, false, false]);
  });

  it('allows no retry with a reserve of 0', () => {
    const budget = new RetryBudget({ share: 1, reserve: 0 });
    budget.earn();
    expect(budget.spend()).toBe(false);
  });

  it('never lets through more than reserve + share · calls, in whatever order they come', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 50, noNaN: true }),
        fc.array(fc.boolean(), { maxLength: 500 }),
        (share, reserve, steps) => {
          const budget = new RetryBudget({ share, reserve });
          let calls = 0;
          let retries = 0;
          for (const isCall of steps) {
            if (isCall) {
              calls += 1;
              budget.earn();
            } else if (budget.spend()) retries += 1;
            expect(retries).toBeLessThanOrEqual(reserve + share * calls + 1e-9);
          }
        },
      ),
    );
  });
});
