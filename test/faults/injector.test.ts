import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { intervalsOf, isActiveAt, type Target } from '../../src/faults/fault.ts';
import { createFaultInjector, type Injected } from '../../src/faults/injector.ts';
import { type Permit, refuseFaults } from '../../src/faults/refuse.ts';
import { ManualClock } from '../../src/kernel/clock.ts';
import { seededRandom } from '../../src/kernel/random.ts';
import { arbitraryFaults, errorOf, faultOf } from './reading.ts';
import { started } from './started.ts';

describe('a fault on the timeline', () => {
  it.each<[string, readonly number[], readonly number[]]>([
    ['cache: empty', [0, 1e9], []],
    ['cache: empty from 10s to 25s', [10_000, 24_999.9], [0, 9999.9, 25_000, 1e9]],
    ['cache: flap 2s up 3s down', [2000, 4999, 7000, 9999], [0, 1999, 5000, 6999]],
    ['cache: flap 3s down 2s up', [0, 2999, 5000, 7999], [3000, 4999, 8000]],
    ['cache: flap 2s up 3s down from 10s to 13s', [12_000, 12_999], [0, 2000, 10_000, 11_999, 13_000]],
    ['process: kill at 10s', [10_000, 11_000], [0, 9999]],
  ])('%s', (text, during, outside) => {
    for (const ms of during) expect(isActiveAt(faultOf(text), ms), `${ms}`).toBe(true);
    for (const ms of outside) expect(isActiveAt(faultOf(text), ms), `${ms}`).toBe(false);
  });

  it('is never in force before it begins, nor once it has ended', () => {
    fc.assert(
      fc.property(arbitraryFaults, fc.double({ min: 0, max: 1e13, noNaN: true }), (fault, ms) => {
        const within = ms >= fault.fromMs && (fault.toMs === null || ms < fault.toMs);
        if (!within) expect(isActiveAt(fault, ms)).toBe(false);
        else if (fault.flap === null) expect(isActiveAt(fault, ms)).toBe(true);
      }),
    );
  });
});

describe('the intervals of a fault', () => {
  it.each<[string, readonly (readonly [number, number])[]]>([
    ['cache: empty', [[0, 20_000]]],
    ['cache: empty from 10s to 25s', [[10_000, 20_000]]],
    ['cache: empty from 20s', []],
    [
      'cache: flap 2s up 3s down from 1s to 9s',
      [
        [3000, 6000],
        [8000, 9000],
      ],
    ],
    [
      'cache: flap 8s down 2s up',
      [
        [0, 8000],
        [10_000, 18_000],
      ],
    ],
    ['process: kill at 5s', [[5000, 20_000]]],
  ])('%s, up to 20 s', (text, expected) => {
    expect(intervalsOf(faultOf(text), 20_000).map(({ fromMs, toMs }) => [fromMs, toMs])).toEqual(expected);
  });

  it('are when it is in force', () => {
    const whole = fc.integer({ min: 1, max: 400 });
    const flaps = fc.record({
      upMs: whole,
      downMs: whole,
      first: fc.constantFrom('up' as const, 'down' as const),
    });
    fc.assert(
      fc.property(fc.option(flaps), whole, fc.option(whole), (flap, fromMs, lasting) => {
        const toMs = lasting === null ? null : fromMs + lasting;
        const fault = { ...faultOf('cache: empty'), flap, fromMs, toMs };
        const intervals = intervalsOf(fault, 1000);
        for (let ms = 0; ms < 1000; ms += 1) {
          const within = intervals.some((one) => ms >= one.fromMs && ms < one.toMs);
          if (within !== isActiveAt(fault, ms)) expect.fail(`${ms}`);
        }
      }),
    );
  });
});

describe('an injector', () => {
  it('says which faults are in force, by their numbers', () => {
    const { injector } = started(
      'cache: empty from 1s to 3s; embedder: timeout from 2s to 4s; keywords: empty',
    );
    expect([0, 1000, 2000, 3000, 4000].map((ms) => injector.activeAt(ms))).toEqual([
      [2],
      [0, 2],
      [0, 1, 2],
      [1, 2],
      [2],
    ]);
  });

  it('injects on the timeline only: after the start, in the interval, before the stop', async () => {
    const { injector, clock } = started('cache: empty from 1s to 3s', { start: false });
    const meets = () => injector.plan('cache') !== undefined;
    await clock.advance(2000);
    expect([meets(), injector.active(), injector.elapsed()]).toEqual([false, [], undefined]);
    injector.start();
    expect(meets()).toBe(false);
    await clock.advance(1000);
    expect([meets(), injector.active(), injector.elapsed()]).toEqual([true, [0], 1000]);
    injector.stop();
    expect([meets(), injector.active()]).toEqual([false, []]);
    injector.start(clock.now() - 2999);
    expect(meets()).toBe(true);
    await clock.advance(1);
    expect(meets()).toBe(false);
  });

  it('concerns the targets that faults name, and nothing meets a call to another', () => {
    const { injector } = started('cache: empty from 1s to 3s');
    expect(injector.concerns('cache')).toBe(true);
    expect(injector.concerns('embedder')).toBe(false);
    expect(injector.plan('embedder')).toBeUndefined();
  });

  it('adds delays up; of failures the first counts, and what would come back is not changed then', () => {
    const both = 'http: latency 1s; http: error 503; http: 429; http: truncate; http: latency 2s';
    const { injector } = started(both);
    expect(injector.plan('http')).toEqual({
      delayMs: 3000,
      failure: { kind: 'error', error: 'http5xx', status: 503 },
      changes: [],
    });
    expect(injector.log().map(({ count }) => count)).toEqual([1, 1, 0, 0, 1]);
  });

  it('keeps a log of what was injected, and tells of each', async () => {
    const told: Injected[] = [];
    const { injector, clock } = started('cache: empty from 1s; embedder: timeout', {
      onInjected: (one) => told.push(one),
    });
    for (let call = 0; call < 3; call += 1) {
      injector.plan('cache');
      await clock.advance(1000);
    }
    expect(injector.log()).toEqual([
      { id: 0, fault: 'cache: empty from 1s', count: 2, firstMs: 1000, lastMs: 2000 },
      { id: 1, fault: 'embedder: timeout', count: 0, firstMs: null, lastMs: null },
    ]);
    expect(told.map(({ id, ms, fault }) => [id, ms, fault.target])).toEqual([
      [0, 1000, 'cache'],
      [0, 2000, 'cache'],
    ]);
  });
});

describe('a partial outage', () => {
  const decisions = (text: string, seed: number, target: Target = 'cache', calls = 2000): boolean[] => {
    const { injector } = started(text, { seed });
    return Array.from({ length: calls }, () => injector.plan(target) !== undefined);
  };

  it('hits so large a share of calls', () => {
    fc.assert(
      fc.property(fc.integer({ min: 5, max: 95 }), fc.integer(), (percent, seed) => {
        const hits = decisions(`cache: empty ${percent}%`, seed).filter(Boolean).length;
        const p = percent / 100;
        // Five standard deviations of a binomial count.
        expect(Math.abs(hits - 2000 * p)).toBeLessThan(5 * Math.sqrt(2000 * p * (1 - p)));
      }),
      { numRuns: 50 },
    );
  });

  it('decides alike for equal seeds, and otherwise for others', () => {
    expect(decisions('cache: empty 30%', 7)).toEqual(decisions('cache: empty 30%', 7));
    expect(decisions('cache: empty 30%', 7)).not.toEqual(decisions('cache: empty 30%', 8));
  });

  it('decides as it does without other faults beside it', () => {
    const { injector } = started('cache: empty 30%; embedder: timeout 50%; cache: error 40% from 1h', {
      seed: 7,
    });
    const alone = decisions('cache: empty 30%', 7, 'cache', 300);
    const beside = Array.from({ length: 300 }, () => {
      injector.plan('embedder');
      return injector.plan('cache') !== undefined;
    });
    expect(beside).toEqual(alone);
  });
});

describe('drawn latency', () => {
  const mean = (text: string): number => {
    const { injector } = started(`http: latency ${text}`, { seed: 11 });
    const delays = Array.from({ length: 20_000 }, () => injector.plan('http')!.delayMs);
    expect(delays.every((ms) => ms >= 0)).toBe(true);
    return delays.reduce((sum, ms) => sum + ms, 0) / delays.length;
  };

  it.each([
    ['200ms', 200],
    ['uniform(50ms, 500ms)', 275],
    ['exponential(200ms)', 200],
    // The mean of a log-normal distribution is its median times exp(sigma² / 2).
    ['lognormal(200ms, 0.5)', 200 * Math.exp(0.125)],
  ])('%s has the mean %d', (text, expected) => {
    expect(mean(text)).toBeGreaterThan(expected * 0.97);
    expect(mean(text)).toBeLessThan(expected * 1.03);
  });
});

describe('a permit', () => {
  const make = (permit: Permit) =>
    createFaultInjector({ faults: [], permit, clock: new ManualClock(), random: seededRandom(1) });

  it('is a drill’s or a test’s, and without one there are no faults', () => {
    expect(make('drill').permit).toBe('drill');
    expect(make('test').permit).toBe('test');
    for (const other of [undefined, '', 'production']) {
      expect(errorOf(() => make(other as Permit))).toMatchObject({ code: 'fault.refused', exitCode: 2 });
    }
  });

  it('is refused with the place that asked', () => {
    expect(refuseFaults('--fault')).toMatchObject({ code: 'fault.refused', where: '--fault' });
  });
});
