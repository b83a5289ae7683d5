import { setMaxListeners } from 'node:events';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../kernel/clock.ts';
import { milliseconds } from '../kernel/units.ts';

/** The machine's clock: `performance.now()` for durations, `Date.now()` for the calendar, timers for sleep. */
export const systemClock: Clock = {
  now: () => milliseconds(performance.now()),
  epoch: () => Date.now(),
  sleep: async (duration, signal) => {
    // Every user of a closed loop sleeps on the same signal: many listeners are no leak.
    if (signal !== undefined) setMaxListeners(0, signal);
    try {
      await delay(duration, undefined, signal === undefined ? {} : { signal });
    } catch (error) {
      throw signal?.reason ?? error;
    }
  },
};

/** Resolves in a later turn of the event loop, after timers and IO that are ready: what long synchronous work owes the rest. */
export const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Timers are kept to a whole millisecond, and fire late under load: from here on the clock is watched instead. */
const TIMER_SLACK = 2;

/**
 * The machine's clock with sleeps that end to within microseconds: the last two milliseconds are spent turning the event
 * loop over, which keeps one core busy. For pacing load onto a target in this very process, where a timer's lateness would
 * be many times what the target itself takes; beside a server on the same machine it would take the server's CPU.
 */
export const pacingClock: Clock = {
  ...systemClock,
  sleep: async (duration, signal) => {
    const end = performance.now() + duration;
    if (duration > TIMER_SLACK) await systemClock.sleep(milliseconds(duration - TIMER_SLACK), signal);
    // At least one turn, however short the sleep: whoever is behind schedule would otherwise shut out timers, the network
    // and interruptions for as long as that lasts.
    do {
      signal?.throwIfAborted();
      await nextTurn();
    } while (performance.now() < end);
  },
};
