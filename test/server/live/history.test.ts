import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LiveHistory, type LivePoint, thinned } from '../../../src/server/live/history.ts';
import { tick } from './ticks.ts';

/** Feeds phases of so many ticks each, a quarter of a second apart, with a pause before each phase. */
function historyOf(ticksPerPhase: readonly number[], most?: number): LiveHistory {
  const history = new LiveHistory(most);
  let now = 0;
  for (const [index, ticks] of ticksPerPhase.entries()) {
    now += 1000;
    for (let at = 250; at <= ticks * 250; at += 250) {
      history.add(tick({ phase: `phase ${index}`, at, arrivals: at }), now + at);
    }
    now += ticks * 250;
  }
  return history;
}

const ascending = (numbers: readonly number[]): boolean =>
  numbers.every((number, index) => index === 0 || number >= numbers[index - 1]!);

describe('the history of a run', () => {
  it('places a tick by its phase, not by when it was heard', () => {
    const history = new LiveHistory();
    history.add(tick({ at: 250 }), 5250);
    history.add(tick({ at: 500 }), 9000);
    expect(history.phases).toEqual([
      { id: 0, name: 'steady', loop: 'open', warmup: false, start: 5000, duration: 30_000 },
    ]);
    expect(history.points.map(({ t }) => t)).toEqual([5250, 5500]);
  });

  it('begins a phase with another name, and with the same where its time starts again', () => {
    const history = new LiveHistory();
    const begun = [
      tick({ at: 250 }),
      tick({ at: 500 }),
      tick({ at: 250 }),
      tick({ at: 250, phase: 'spike' }),
    ].map((each, index) => history.add(each, (index + 1) * 1000).phase?.id);
    expect(begun).toEqual([0, undefined, 1, 2]);
  });

  it('keeps what is unknown unknown', () => {
    const { point } = new LiveHistory().add(
      tick({ latencyMs: null, lagP99Ms: null, goodput: null, offeredRate: null, errorShare: null }),
      250,
    );
    expect(point).toMatchObject({
      p50: null,
      p95: null,
      p99: null,
      lag: null,
      goodput: null,
      offered: null,
      failing: null,
    });
  });

  it('stays within its bound for as long as a run may last, and says when a copy of it is out of date', () => {
    const most = 200;
    const history = new LiveHistory(most);
    let copy: LivePoint[] = [];
    for (let index = 1; index <= 20_000; index += 1) {
      const { point, thinned: isThinned } = history.add(
        tick({ at: index * 250, arrivals: index }),
        index * 250,
      );
      copy = isThinned ? [...history.points] : [...copy, point];
      expect(history.points.length).toBeLessThanOrEqual(most);
    }
    expect(copy).toEqual(history.points);
    expect(history.points[0]!.t).toBeLessThan(20_000 * 250 * 0.02);
    expect(history.points.at(-1)).toMatchObject({ t: 5_000_000, arrivals: 20_000, weight: 1 });
  });

  it('thins its older part evenly', () => {
    // The newest were never thinned, and some have come since.
    const older = historyOf([20_000], 400).points.slice(0, -200);
    const span = older.at(-1)!.t;
    const counts = Array.from({ length: 8 }, () => 0);
    for (const { t } of older) counts[Math.min(7, Math.floor((t / span) * 8))]! += 1;
    const mean = older.length / counts.length;
    expect(Math.min(...counts)).toBeGreaterThan(mean / 3);
    expect(Math.max(...counts)).toBeLessThan(mean * 3);
  });

  it('forgets the oldest where the phases alone are too many', () => {
    const history = historyOf(
      Array.from({ length: 300 }, () => 1),
      100,
    );
    expect(history.points.length).toBeLessThanOrEqual(100);
    expect(history.points.at(-1)!.phase).toBe(299);
    expect(history.phases[0]!.id).toBe(history.points[0]!.phase);
  });
});

describe('thinning', () => {
  const quantity = fc.option(fc.double({ min: 0, max: 1e6, noNaN: true }), { freq: 10 });
  const runs = fc.array(
    fc.array(fc.record({ p99: quantity, achieved: quantity }), { minLength: 1, maxLength: 60 }),
    {
      minLength: 1,
      maxLength: 6,
    },
  );

  function pointsOf(run: readonly (readonly Partial<LivePoint>[])[]): LivePoint[] {
    const { points } = historyOf(run.map((phase) => phase.length));
    return run.flat().map((changes, index) => ({ ...points[index]!, ...changes }));
  }

  it('keeps every tick counted, each phase apart and in order, and the newest points as they were', () => {
    fc.assert(
      fc.property(runs, fc.integer({ min: 20, max: 60 }), (run, most) => {
        const points = pointsOf(run);
        const kept = thinned(points, most);
        expect(kept.length).toBeLessThanOrEqual(most);
        expect(kept.reduce((sum, { weight }) => sum + weight, 0)).toBe(points.length);
        expect(ascending(kept.map(({ t }) => t))).toBe(true);
        expect(ascending(kept.map(({ phase }) => phase))).toBe(true);
        for (const id of new Set(points.map(({ phase }) => phase))) {
          // The counts of a phase are those of its last point.
          expect(kept.findLast(({ phase }) => phase === id)?.arrivals).toBe(
            points.findLast(({ phase }) => phase === id)!.arrivals,
          );
        }
        const newest = Math.min(points.length, Math.ceil(most / 5));
        expect(kept.slice(-newest)).toEqual(points.slice(-newest));
      }),
    );
  });

  it('loses no peak and keeps the mean of a rate', () => {
    fc.assert(
      fc.property(runs, (run) => {
        const points = pointsOf(
          run.map((phase) => phase.map((each) => ({ ...each, achieved: each.achieved ?? 7 }))),
        );
        const kept = thinned(points, 20);
        const peak = (all: readonly LivePoint[]) => Math.max(...all.map(({ p99 }) => p99 ?? -1));
        const mean = (all: readonly LivePoint[]) =>
          all.reduce((sum, { achieved, weight }) => sum + achieved! * weight, 0) / points.length;
        expect(peak(kept)).toBe(peak(points));
        expect(mean(kept)).toBeCloseTo(mean(points), 5);
      }),
    );
  });

  it('leaves alone what is short enough', () => {
    const { points } = historyOf([10]);
    expect(thinned(points, 20)).toEqual(points);
  });
});
