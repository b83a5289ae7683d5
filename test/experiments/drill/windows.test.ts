import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  budgetBurnt,
  drillWindows,
  figuresOf,
  firstDue,
  lostIn,
  recoveryAfter,
  secondsOf,
} from '../../../src/experiments/drill/windows.ts';
import { evenly, madeArrivals } from './made-arrivals.ts';

const SPAN = { fromMs: 10_000, toMs: 20_000, durationMs: 30_000 };

describe('the windows of a drill', () => {
  it('are before, during and after the faults, by due time, and share no arrival', () => {
    const arrivals = madeArrivals(evenly(30, 10));
    const windows = drillWindows(arrivals, SPAN);
    expect(windows.map(({ name, arrivals: count }) => [name, count])).toEqual([
      ['before', 100],
      ['during', 100],
      ['after', 100],
    ]);
  });

  it('count an answer of the last resort as none, and one that was degraded as one', () => {
    const made = evenly(30, 10, (due) =>
      due < 10_000 || due >= 20_000 ? {} : { level: due < 15_000 ? 'last-resort' : 'keyword', score: 0.5 },
    );
    const [before, during, after] = drillWindows(madeArrivals(made), SPAN);
    expect(before!.availability).toBe(1);
    expect(during!.availability).toBe(0.5);
    expect(during!.degraded).toEqual({ 'last-resort': 50, keyword: 50 });
    expect(during!.measures).toEqual([{ name: 'ndcg@10', mean: 0.5, n: 100 }]);
    expect(after!.availability).toBe(1);
  });

  it('tell goodput per second, and leave out of attainment what cannot be scored', () => {
    const made = evenly(10, 10, (due) => ({ right: due < 5000 ? true : null, late: due < 1000 }));
    const figures = figuresOf(madeArrivals(made), 0, 10_000);
    expect(figures.attainment).toBeCloseTo(40 / 50, 12);
    expect(figures.goodputPerSecond).toBeCloseTo(4, 12);
    expect(figures.right).toBe(1);
  });

  it('know no latency of what failed, and print no quantile that so few cannot carry', () => {
    const made = evenly(1, 10, () => ({ failed: true }));
    expect(figuresOf(madeArrivals(made), 0, 1000).latencyMs).toEqual({ p50: null, p95: null, p99: null });
    const few = figuresOf(madeArrivals(evenly(1, 10)), 0, 1000);
    expect(few.latencyMs.p50).toBe(10);
    expect(few.latencyMs.p99).toBeNull();
  });

  it('leave out a window of no length', () => {
    const windows = drillWindows(madeArrivals(evenly(10, 10)), {
      fromMs: 0,
      toMs: 10_000,
      durationMs: 10_000,
    });
    expect(windows.map(({ name }) => name)).toEqual(['during']);
  });

  it('add up to all arrivals, whatever the span (property)', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 29_999 }), { maxLength: 200 }),
        fc.integer({ min: 0, max: 30_000 }),
        fc.integer({ min: 0, max: 30_000 }),
        (dues, one, other) => {
          const arrivals = madeArrivals([...dues].sort((a, b) => a - b).map((due) => ({ due })));
          const span = { fromMs: Math.min(one, other), toMs: Math.max(one, other), durationMs: 30_000 };
          const counted = drillWindows(arrivals, span).reduce((sum, window) => sum + window.arrivals, 0);
          expect(counted).toBe(dues.length);
          const bySecond = secondsOf(arrivals, 30_000).reduce((sum, second) => sum + second.arrivals, 0);
          expect(bySecond).toBe(dues.length);
        },
      ),
    );
  });
});

describe('the seconds of a drill', () => {
  it('tell what was available, right and degraded, and the tail', () => {
    const made = evenly(2, 4, (due) =>
      due < 1000 ? {} : { level: 'extractive', latency: 30, right: false },
    );
    expect(secondsOf(madeArrivals(made), 2000)).toEqual([
      { arrivals: 4, available: 4, right: 4, degraded: 0, p95: 10 },
      { arrivals: 4, available: 4, right: 0, degraded: 4, p95: 30 },
    ]);
  });
});

describe('recovery', () => {
  it('is the due time of the first of the arrivals that were all answered in full, after the faults', () => {
    const made = evenly(30, 10, (due) => (due >= 10_000 && due < 23_000 ? { level: 'keyword' } : {}));
    expect(recoveryAfter(madeArrivals(made), 20_000)).toBe(3000);
  });

  it('is 0 where it was at once, and null where one of the last arrivals was not answered in full', () => {
    expect(recoveryAfter(madeArrivals(evenly(30, 10)), 20_000)).toBe(0);
    const made = evenly(30, 10, (due) => (due > 29_800 ? { failed: true } : {}));
    expect(recoveryAfter(madeArrivals(made), 20_000)).toBeNull();
  });

  it('is unknown where nothing was asked afterwards', () => {
    expect(recoveryAfter(madeArrivals(evenly(10, 10)), 20_000)).toBeNull();
  });
});

describe('the error budget', () => {
  it('is burnt by lost requests alone', () => {
    const arrivals = madeArrivals(evenly(10, 10, (due) => (due < 1000 ? { failed: true } : {})));
    expect(lostIn(arrivals)).toBe(10);
  });

  it('is what the promised availability leaves of all requests of so many days at this rate', () => {
    // 1 request a second for 30 days are 2,592,000; at 99.9 % a budget of 2,592.
    expect(budgetBurnt(2592, { rate: 1, target: 0.999, days: 30 })).toBeCloseTo(1, 9);
  });
});

describe('finding a due time', () => {
  it('agrees with a plain search (property)', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 50 })),
        fc.integer({ min: -1, max: 51 }),
        (values, at) => {
          const due = Float64Array.from([...values].sort((a, b) => a - b));
          const plain = due.findIndex((value) => value >= at);
          expect(firstDue(due, at)).toBe(plain < 0 ? due.length : plain);
        },
      ),
    );
  });
});
