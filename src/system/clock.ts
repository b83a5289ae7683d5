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

/** Resolves in a later turn of the event loop, after timers and IO that are ready: what long synchronous work owes the rest. */
export const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
