import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { DELAY_RESOLUTION, watchLoopUtilisation } from './event-loop.ts';

/** What this process used of the machine over an interval. */
export interface ProcessUsage {
  /** CPU seconds per second: 1 is one core, kept busy. Above 1 where native code runs threads of its own. */
  readonly cpuShare: number;
  /** Share of the time that the event loop was busy, 0 to 1. */
  readonly eventLoopUtilisation: number;
  /** p99 of the event loop's delay in milliseconds, less the resolution of the monitor itself. Null for a very short interval. */
  readonly eventLoopDelayP99Ms: number | null;
  readonly residentBytes: number;
}

/** Starts watching; the function that comes back stops and tells. */
export function watchProcessUsage(): () => ProcessUsage {
  const delay = monitorEventLoopDelay({ resolution: DELAY_RESOLUTION });
  delay.enable();
  const startedAt = performance.now();
  const cpuAtStart = process.cpuUsage();
  const readLoop = watchLoopUtilisation();
  return () => {
    delay.disable();
    const elapsedMs = Math.max(performance.now() - startedAt, 1e-3);
    const cpu = process.cpuUsage(cpuAtStart);
    const p99 = delay.percentile(99) / 1e6 - DELAY_RESOLUTION;
    return {
      cpuShare: (cpu.user + cpu.system) / 1000 / elapsedMs,
      eventLoopUtilisation: readLoop(),
      eventLoopDelayP99Ms: delay.count === 0 ? null : Math.max(0, p99),
      residentBytes: process.memoryUsage.rss(),
    };
  };
}
