import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SharedTimer, type Timeout } from '../../../src/engine/resilience/timer.ts';
import { ManualClock } from '../../../src/kernel/clock.ts';

describe('the shared timer', () => {
  it('ends what is due, never early, and late by no more than it promises', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 5000 }), { maxLength: 30 }), async (durations) => {
        const clock = new ManualClock();
        const timer = new SharedTimer(clock);
        const ended: number[] = durations.map(() => Number.NaN);
        durations.forEach((due, index) => {
          timer.start({ due, expire: () => (ended[index] = clock.now()) } as Timeout, clock.now());
        });
        await clock.advance(6000);
        durations.forEach((due, index) => {
          expect(ended[index]).toBeGreaterThanOrEqual(due);
          expect(ended[index]).toBeLessThanOrEqual(due + Math.max(2, due / 32));
        });
        expect(timer.running).toBe(0);
      }),
      { numRuns: 40 },
    );
  });

  it('never ends what was stopped, nor what is due at infinity', async () => {
    const clock = new ManualClock();
    const timer = new SharedTimer(clock);
    const ended: string[] = [];
    const stopped: Timeout = { due: 10, expire: () => ended.push('stopped') };
    timer.start(stopped, 0);
    timer.start({ due: Number.POSITIVE_INFINITY, expire: () => ended.push('never') }, 0);
    timer.start({ due: 10, expire: () => ended.push('due') }, 0);
    timer.stop(stopped);
    timer.stop(stopped);
    await clock.advance(1e6);
    expect(ended).toEqual(['due']);
  });

  it('ends one that is due before those that were started earlier', async () => {
    const clock = new ManualClock();
    const timer = new SharedTimer(clock);
    const ended: string[] = [];
    timer.start({ due: 1000, expire: () => ended.push('long') }, 0);
    timer.start({ due: 5, expire: () => ended.push('short') }, 0);
    await clock.advance(6);
    expect(ended).toEqual(['short']);
  });

  it('lets the program end soon after nothing runs any more', async () => {
    const clock = new ManualClock();
    const timer = new SharedTimer(clock);
    const timeout: Timeout = { due: 30_000, expire: () => undefined };
    timer.start(timeout, 0);
    await clock.advance(1000);
    timer.stop(timeout);
    await clock.advance(20);
    expect(clock.sleeping).toBe(0);
  });
});
