import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { count, duration, perSecond, share } from '../../../src/reporting/format.ts';
import { join, LiveHistory, type LivePhase, type LivePoint } from '../../../src/server/live/history.ts';
import { SCRIPT } from '../../../src/server/live/script.ts';
import { FORMAT_SCRIPT } from '../../../src/server/live/script-format.ts';
import { SERIES_SCRIPT } from '../../../src/server/live/script-series.ts';
import { tick } from './ticks.ts';

type Write = (value: number | null) => string;
interface Scale {
  readonly kind: 'zero' | 'log';
  readonly ticks: readonly number[];
  place(value: number): number;
}
interface Slice extends LivePoint {
  readonly errorRate: number | null;
}

/** What the page's script defines, taken out of it by name. */
const script = new Function(
  `${FORMAT_SCRIPT}${SERIES_SCRIPT}
  return { duration, perSecond, share, count, clockTime, timeSpan, join, slices, timeTicks, zeroScale, logScale, scaleOf, spread };`,
)() as {
  readonly duration: Write;
  readonly perSecond: Write;
  readonly share: Write;
  readonly count: Write;
  readonly clockTime: (t: number) => string;
  readonly timeSpan: (t: number) => string;
  readonly join: typeof join;
  readonly slices: (
    points: readonly LivePoint[],
    phases: readonly LivePhase[],
    range: { from: number; to: number; most: number },
  ) => Slice[];
  readonly timeTicks: (from: number, to: number, most: number) => number[];
  readonly zeroScale: (values: readonly number[], least: number) => Scale;
  readonly logScale: (values: readonly number[]) => Scale;
  readonly scaleOf: (chart: object, values: readonly number[], before?: Scale) => Scale;
  readonly spread: (places: readonly number[], gap: number, low: number, high: number) => number[];
};

const quantity = fc.oneof(
  fc.constantFrom(null, 0, 0.0004, 99.95, 999.5, 9999.9, 10_000, 119_999, 120_000),
  fc.double({ min: 0, max: 1e9, noNaN: true }),
);

describe("the page's script", () => {
  it('is a script, and ends no element that it stands in', () => {
    expect(() => new Function(SCRIPT)).not.toThrow();
    expect(SCRIPT).not.toMatch(/<\/script|<!--/i);
  });

  it('writes numbers as the reports do', () => {
    fc.assert(
      fc.property(quantity, (value) => {
        expect(script.duration(value)).toBe(duration(value));
        expect(script.perSecond(value)).toBe(perSecond(value));
        expect(script.count(value)).toBe(count(value));
        const part = value === null ? null : value % 1;
        expect(script.share(part)).toBe(share(part));
      }),
    );
  });

  it('writes times as one reads them', () => {
    expect([0, 12_400, 60_000, 200_000, 3_800_000].map(script.clockTime)).toEqual([
      '0 s',
      '12 s',
      '1:00',
      '3:20',
      '1:03:20',
    ]);
    expect([400, 118_500, 200_000].map(script.timeSpan)).toEqual(['1 s', '119 s', '3 min 20 s']);
  });
});

describe('points as slices of time', () => {
  const run = fc.array(
    fc.record({ p95: fc.double({ min: 0, max: 1e4, noNaN: true }), errors: fc.nat(5), ends: fc.boolean() }),
    { minLength: 1, maxLength: 80 },
  );

  function historyOf(steps: readonly { p95: number; errors: number; ends: boolean }[]): LiveHistory {
    const history = new LiveHistory();
    let [at, errors] = [0, 0];
    for (const [index, step] of steps.entries()) {
      at += 250;
      errors += step.errors;
      const latencyMs = { p50: 1, p95: step.p95, p99: step.p95 };
      history.add(tick({ at, latencyMs, errors, phase: `from ${index * 250 - at}` }), (index + 1) * 250);
      if (step.ends) [at, errors] = [0, 0];
    }
    return history;
  }

  it('keep the peak, every error, and each phase apart', () => {
    fc.assert(
      fc.property(run, fc.integer({ min: 1, max: 100 }), (steps, most) => {
        const { points, phases } = historyOf(steps);
        const shown = script.slices(points, phases, { from: 0, to: points.at(-1)!.t, most });
        expect(shown.length).toBeLessThanOrEqual(most + phases.length);
        expect(Math.max(...shown.map(({ p95 }) => p95!))).toBe(Math.max(...points.map(({ p95 }) => p95!)));
        const errors = shown.reduce((sum, { errorRate, t, phase }, index) => {
          const before = shown[index - 1];
          const since = before?.phase === phase ? before.t : phases[phase]!.start;
          return sum + (errorRate! * (t - since)) / 1000;
        }, 0);
        expect(errors).toBeCloseTo(
          steps.reduce((sum, step) => sum + step.errors, 0),
          6,
        );
      }),
    );
  });

  it('are joined as the server joins them', () => {
    const rate = fc.option(fc.double({ min: 0, max: 1e6, noNaN: true }));
    const point = fc.record({
      t: fc.nat(),
      phase: fc.constant(0),
      weight: fc.integer({ min: 1, max: 9 }),
      offered: rate,
      achieved: rate,
      goodput: rate,
      p50: rate,
      p95: rate,
      p99: rate,
      lag: rate,
      inFlight: fc.nat(),
      failing: rate,
      arrivals: fc.nat(),
      completed: fc.nat(),
      errors: fc.nat(),
      timeouts: fc.nat(),
      dropped: fc.nat(),
    });
    fc.assert(
      fc.property(point, point, (a, b) => {
        expect(script.join(a, b)).toEqual(join(a, b));
      }),
    );
  });

  it('count growth from before the window, where the window begins later', () => {
    const history = new LiveHistory();
    for (let at = 1000; at <= 10_000; at += 1000) history.add(tick({ at, errors: at / 100 }), at);
    const shown = script.slices(history.points, history.phases, { from: 5500, to: 10_000, most: 100 });
    expect(shown.map(({ errorRate }) => errorRate)).toEqual([10, 10, 10, 10, 10]);
  });
});

describe('a scale', () => {
  const values = fc.array(fc.double({ min: 1e-4, max: 1e8, noNaN: true }), { minLength: 1 });

  it('from zero has few round ticks, and holds every value', () => {
    fc.assert(
      fc.property(values, (all) => {
        const { ticks, place } = script.zeroScale(all, 0.001);
        expect(ticks.length).toBeLessThanOrEqual(6);
        expect(ticks[0]).toBe(0);
        expect(place(0)).toBe(0);
        for (const value of all) expect(place(value)).toBeLessThanOrEqual(1.0011);
        expect(place(Math.max(...all))).toBeGreaterThan(all.every((value) => value < 0.001) ? 0 : 0.4);
      }),
    );
  });

  it('that is logarithmic holds every value, and has at least two ticks', () => {
    fc.assert(
      fc.property(values, (all) => {
        const { ticks, place } = script.logScale(all);
        expect(ticks.length).toBeGreaterThanOrEqual(2);
        for (const value of all) {
          expect(place(value)).toBeGreaterThanOrEqual(0);
          expect(place(value)).toBeLessThanOrEqual(1 + 1e-9);
        }
      }),
    );
  });

  it('is logarithmic where values lie far apart, and does not change to and fro', () => {
    const chart = { scale: 'log', unit: 'duration' };
    const near = script.scaleOf(chart, [1, 15]);
    const far = script.scaleOf(chart, [1, 50], near);
    expect([near.kind, far.kind]).toEqual(['zero', 'log']);
    expect(script.scaleOf(chart, [1, 15], far).kind).toBe('log');
    expect(script.scaleOf(chart, [1, 9], far).kind).toBe('zero');
    expect(script.scaleOf({ ...chart, scale: 'zero' }, [1, 50]).kind).toBe('zero');
  });

  it('reaches its bound even where all values are far below', () => {
    const { ticks } = script.scaleOf({ scale: 'zero', unit: 'duration', bound: { value: 5 } }, [0.2, 0.4]);
    expect(ticks.at(-1)).toBe(5);
  });

  it('of time has round steps, as many as fit', () => {
    expect(script.timeTicks(0, 33_000, 6)).toEqual([0, 10_000, 20_000, 30_000]);
    expect(script.timeTicks(61_000, 121_000, 4)).toEqual([75_000, 90_000, 105_000, 120_000]);
    fc.assert(
      fc.property(
        fc.nat(1e8),
        fc.integer({ min: 1, max: 1e9 }),
        fc.integer({ min: 2, max: 12 }),
        (from, span, most) => {
          expect(script.timeTicks(from, from + span, most).length).toBeLessThanOrEqual(most + 1);
        },
      ),
    );
  });
});

describe('labels that would cover each other', () => {
  it('are moved apart, in order and within bounds where there is room', () => {
    const places = fc.array(fc.double({ min: 0, max: 200, noNaN: true }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(places, (all) => {
        const moved = script.spread(all, 13, 0, 200);
        const order = all.map((place, index) => ({ place, index })).sort((a, b) => a.place - b.place);
        const inOrder = order.map(({ index }) => moved[index]!);
        for (const [index, place] of inOrder.entries()) {
          expect(place).toBeGreaterThanOrEqual(0);
          expect(place).toBeLessThanOrEqual(200);
          if (index > 0) expect(place - inOrder[index - 1]!).toBeGreaterThanOrEqual(13 - 1e-9);
        }
      }),
    );
    expect(script.spread([50, 100], 13, 0, 200)).toEqual([50, 100]);
  });
});
