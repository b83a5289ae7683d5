import {
  type EventLoopUtilization,
  type IntervalHistogram,
  monitorEventLoopDelay,
  performance,
} from 'node:perf_hooks';
import { DELAY_RESOLUTION } from './event-loop.ts';

/** How late the event loop came to what was due, in milliseconds. */
export interface LoopDelays {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly stddev: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
}

export interface LoopWindow {
  /** Undefined until something was measured. */
  readonly delays: LoopDelays | undefined;
  /** Share of the time that the loop was busy, 0 to 1. */
  readonly utilisation: number;
}

export interface WatchedWindow {
  /** Of the last `spanMs` to twice that; reading it changes nothing. */
  read(): LoopWindow;
  stop(): void;
}

const SPAN_MS = 15_000;

/** What has been counted since a moment. */
interface Since {
  readonly delays: IntervalHistogram;
  loop: EventLoopUtilization;
}

/**
 * Watches the event loop of this thread over a window that moves on by itself. A window from one reading to the next would be halved by
 * a second reader, and a reader that comes at once would empty it.
 */
export function watchLoopWindow(spanMs = SPAN_MS): WatchedWindow {
  const begin = (): Since => {
    const delays = monitorEventLoopDelay({ resolution: DELAY_RESOLUTION });
    delays.enable();
    return { delays, loop: performance.eventLoopUtilization() };
  };
  /** The elder is read, for it knows more; every span it begins anew, and is the younger then. */
  let [elder, younger] = [begin(), begin()];
  const timer = setInterval(() => {
    elder.delays.reset();
    elder.loop = performance.eventLoopUtilization();
    [elder, younger] = [younger, elder];
  }, spanMs).unref();
  return {
    read() {
      const { utilization } = performance.eventLoopUtilization(
        performance.eventLoopUtilization(),
        elder.loop,
      );
      return {
        delays: delaysIn(elder.delays),
        utilisation: Math.min(1, Math.max(0, utilization || 0)), // NaN where the loop has not turned since
      };
    },
    stop() {
      clearInterval(timer);
      for (const { delays } of [elder, younger]) delays.disable();
    },
  };
}

/** The monitor is a timer that notes how long it was away; what it was meant to be away is no delay. */
function delaysIn(histogram: IntervalHistogram): LoopDelays | undefined {
  if (histogram.count === 0) return undefined;
  const late = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - DELAY_RESOLUTION);
  return {
    min: late(histogram.min),
    max: late(histogram.max),
    mean: late(histogram.mean),
    stddev: histogram.stddev / 1e6,
    p50: late(histogram.percentile(50)),
    p90: late(histogram.percentile(90)),
    p99: late(histogram.percentile(99)),
  };
}
