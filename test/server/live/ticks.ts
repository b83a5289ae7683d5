import type { LoadTick } from '../../../src/load/events.ts';

export function tick(changes: Partial<LoadTick> = {}): LoadTick {
  return {
    type: 'load.tick',
    phase: 'steady',
    loop: 'open',
    warmup: false,
    at: 250,
    duration: 30_000,
    offeredRate: 1000,
    achievedRate: 998.2,
    inFlight: 12,
    arrivals: 250,
    completed: 238,
    errors: 0,
    timeouts: 0,
    dropped: 0,
    latencyMs: { p50: 2.1, p95: 8.41, p99: 12 },
    lagP99Ms: 0.412,
    errorShare: 0,
    goodput: 931,
    ...changes,
  };
}
