import { performance } from 'node:perf_hooks';

/** Milliseconds between two looks at how late the loop is; what a monitor of the runtime reads above zero, being a timer, too. */
export const DELAY_RESOLUTION = 10;

/** Share of the time since the last call that the event loop of this thread was busy, 0 to 1. */
export function watchLoopUtilisation(): () => number {
  let last = performance.eventLoopUtilization();
  return () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, last);
    last = now;
    return Math.min(1, Math.max(0, utilization || 0)); // NaN where the loop has not turned since
  };
}

export interface DelayWatch {
  /** Milliseconds that the event loop was late by at most, since the last call. */
  lap(): number;
  stop(): void;
}

/**
 * Watches how late the event loop of this thread comes to what is due. By a timer of its own: the runtime's monitor, reset
 * each second, forgets the delay that is under way.
 */
export function watchLoopDelay(): DelayWatch {
  let longest = 0;
  let last = performance.now();
  const look = (): void => {
    const now = performance.now();
    longest = Math.max(longest, now - last - DELAY_RESOLUTION);
    last = now;
  };
  const timer = setInterval(look, DELAY_RESOLUTION).unref();
  return {
    lap() {
      look(); // a delay that ends with this very turn belongs here
      const told = longest;
      longest = 0;
      return told;
    },
    stop: () => clearInterval(timer),
  };
}
