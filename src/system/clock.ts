import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../kernel/clock.ts';
import { milliseconds } from '../kernel/units.ts';

/** The machine's clock: `performance.now()` for durations, `Date.now()` for the calendar, timers for sleep. */
export const systemClock: Clock = {
  now: () => milliseconds(performance.now()),
  epoch: () => Date.now(),
  sleep: async (duration, signal) => {
    try {
      await delay(duration, undefined, signal === undefined ? {} : { signal });
    } catch (error) {
      throw signal?.reason ?? error;
    }
  },
};
