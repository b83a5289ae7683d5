import { describe, expect, it } from 'vitest';
import type { DrillArrivals } from '../../../src/experiments/drill/arrivals.ts';
import { drillWindows, lostIn, secondsOf } from '../../../src/experiments/drill/windows.ts';
import { type ComparedArm, worthOf } from '../../../src/experiments/drill/worth.ts';
import { seededRandom } from '../../../src/kernel/random.ts';
import type { DrillArmRecord } from '../../../src/records/schema.ts';
import { evenly, madeArrivals } from './made-arrivals.ts';

const SPAN = { fromMs: 10_000, toMs: 40_000, durationMs: 50_000 };

function arm(name: string, arrivals: DrillArrivals, perSecond: number[] = []): ComparedArm {
  const record: DrillArmRecord = {
    name,
    settings: [],
    phase: 0,
    windows: drillWindows(arrivals, SPAN),
    seconds: secondsOf(arrivals, SPAN.durationMs),
    transitions: [],
    dependencies: [
      {
        dependency: 'embedder',
        calls: 0,
        attempts: 0,
        retries: 0,
        refused: 0,
        amplification: null,
        perSecond,
        herd: null,
      },
    ],
    detectedMs: null,
    recoveredMs: 0,
    lost: lostIn(arrivals),
    budget: { target: 0.999, days: 30, burnt: 0 },
    injected: [],
    valid: true,
    invalidReasons: [],
  };
  return { record, arrivals };
}

const within = (due: number): boolean => due >= SPAN.fromMs && due < SPAN.toMs;
const find = (differences: ReturnType<typeof worthOf>, window: string, indicator: string) =>
  differences.find((one) => one.window === window && one.indicator === indicator)!;

describe('what a pattern is worth', () => {
  const withIt = arm(
    'as configured',
    madeArrivals(evenly(50, 20, (due) => (within(due) ? { level: 'keyword' } : {}))),
  );

  it('is the availability that is lost without it, with an interval, and nothing before the faults', () => {
    const random = seededRandom('half');
    const fails = madeArrivals(evenly(50, 20, (due) => ({ failed: within(due) && random.next() < 0.5 })));
    const differences = worthOf(withIt, arm('without degradation', fails), SPAN);
    const during = find(differences, 'during', 'availability');
    expect(during).toMatchObject({ arm: 'without degradation', withIt: 1, word: 'helps' });
    expect(during.estimate).toBeCloseTo(1 - during.without!, 12);
    expect(during.ci95![0]).toBeLessThan(during.estimate!);
    expect(during.ci95![1]).toBeGreaterThan(during.estimate!);
    expect(find(differences, 'before', 'availability')).toMatchObject({ estimate: 0, word: "can't tell" });
  });

  it('is nothing where both went the same', () => {
    for (const { estimate, word } of worthOf(withIt, withIt, SPAN)) {
      expect([estimate ?? 0, word]).toEqual([0, "can't tell"]);
    }
  });

  it('can be less than nothing', () => {
    const better = arm('without retry', madeArrivals(evenly(50, 20)));
    const worse = arm('as configured', madeArrivals(evenly(50, 20, (due) => ({ failed: within(due) }))));
    expect(find(worthOf(worse, better, SPAN), 'during', 'availability').word).toBe('harms');
  });

  it('counts the attempts that a failing dependency was spared', () => {
    const arrivals = madeArrivals(evenly(50, 20));
    const few = arm(
      'as configured',
      arrivals,
      Array.from({ length: 50 }, () => 1),
    );
    const many = arm(
      'without breaker',
      arrivals,
      Array.from({ length: 50 }, () => 20),
    );
    expect(find(worthOf(few, many, SPAN), 'during', 'attempts')).toMatchObject({
      withIt: 30,
      without: 600,
      estimate: 570,
    });
  });

  it('is as sure as can be where nothing varied, and unsure where there are too few seconds', () => {
    const fails = arm('without', madeArrivals(evenly(50, 20, (due) => ({ failed: within(due) }))));
    expect(find(worthOf(withIt, fails, SPAN), 'during', 'availability').ci95).toEqual([1, 1]);
    const short = { fromMs: 10_000, toMs: 14_000, durationMs: 50_000 };
    const of = ({ record, arrivals }: ComparedArm) => ({
      record: { ...record, windows: drillWindows(arrivals, short) },
      arrivals,
    });
    expect(find(worthOf(of(withIt), of(fails), short), 'during', 'availability').ci95).toBeNull();
  });

  it('covers the truth about as often as it says, on seconds that lean on each other', () => {
    // Seconds are bad or good by a sticky coin, so neighbours fail together; the truth is the long-run difference.
    let covered = 0;
    const runs = 200;
    for (let run = 0; run < runs; run += 1) {
      const random = seededRandom(`sticky/${run}`);
      const bad: boolean[] = [];
      for (let second = 0; second < 120; second += 1) {
        bad[second] = second > 0 && random.next() < 0.5 ? bad[second - 1]! : random.next() < 0.4;
      }
      const span = { fromMs: 0, toMs: 120_000, durationMs: 120_000 };
      const make = (fails: boolean) => {
        const made = evenly(120, 10, (due) => ({
          failed: fails && bad[Math.floor(due / 1000)]! && random.next() < 0.8,
        }));
        const arrivals = madeArrivals(made);
        const base = arm(fails ? 'without' : 'with', arrivals);
        return { ...base, record: { ...base.record, windows: drillWindows(arrivals, span) } };
      };
      const { ci95 } = find(worthOf(make(false), make(true), span), 'during', 'availability');
      if (ci95![0] <= 0.32 && 0.32 <= ci95![1]) covered += 1;
    }
    expect(covered / runs).toBeGreaterThan(0.87);
  });
});
