import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../src/kernel/clock.ts';
import { GroundspeedError } from '../../../src/kernel/errors.ts';
import { StandingCheck } from '../../../src/server/health/standing-check.ts';

describe('a check that stands for a while', () => {
  it('is made once for all who ask within that time, and anew after it', async () => {
    const clock = new ManualClock();
    let made = 0;
    const check = new StandingCheck(async () => ({ made: ++made }), { forMs: 1000, clock });
    expect(await Promise.all([check.run(), check.run()])).toEqual([{ made: 1 }, { made: 1 }]);
    await clock.advance(999);
    expect(await check.run()).toEqual({ made: 1 });
    await clock.advance(1);
    expect(await check.run()).toEqual({ made: 2 });
    expect([check.runs, check.errors]).toEqual([2, 0]);
  });

  it('is never made twice at a time, and tells for how long it has been running', async () => {
    const clock = new ManualClock();
    let made = 0;
    const check = new StandingCheck(
      () => {
        made += 1;
        return new Promise(() => undefined);
      },
      { forMs: 1000, clock },
    );
    void check.run();
    await clock.advance(5000);
    void check.run();
    expect([made, check.runningMs, check.end]).toEqual([1, 5000, undefined]);
  });

  it('remembers how it failed', async () => {
    const clock = new ManualClock();
    const failure = new GroundspeedError('store.corrupt', 'torn');
    const check = new StandingCheck(() => Promise.reject(failure), { forMs: 1000, clock });
    await expect(check.run()).rejects.toBe(failure);
    expect(check.end?.failure).toEqual({ code: 'store.corrupt', message: 'torn' });
    expect([check.runs, check.errors, check.runningMs]).toEqual([1, 1, 0]);
  });
});
