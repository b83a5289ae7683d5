import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../src/kernel/clock.ts';
import { InFlight } from '../../src/server/in-flight.ts';

describe('work in flight', () => {
  it('is waited for until the last of it ends', async () => {
    const clock = new ManualClock();
    const inFlight = new InFlight();
    const [one, two] = [inFlight.begin(), inFlight.begin()];
    let result: boolean | undefined;
    void inFlight.drained(1000, clock).then((drained) => {
      result = drained;
    });
    one();
    one();
    await clock.advance(500);
    expect([inFlight.count, result]).toEqual([1, undefined]);
    two();
    await clock.advance(0);
    expect([inFlight.count, result, clock.sleeping]).toEqual([0, true, 0]);
  });

  it('is not waited for longer than was said', async () => {
    const clock = new ManualClock();
    const inFlight = new InFlight();
    inFlight.begin();
    const drained = inFlight.drained(1000, clock);
    await clock.advance(1000);
    expect(await drained).toBe(false);
  });

  it('is no wait at all where there is none', async () => {
    expect(await new InFlight().drained(1000, new ManualClock())).toBe(true);
  });
});
