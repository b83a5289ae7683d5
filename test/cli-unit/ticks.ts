import type { LoadTick } from '../../src/load/events.ts';

/** A tick of a phase of 30 s at a thousand requests a second; twelve seconds of it are over. */
export function tick(changes: Partial<LoadTick> = {}): LoadTick {
  return {
    type: 'load.tick',
    phase: 'steady',
    loop: 'open',
    warmup: false,
    at: 12_000,
    duration: 30_000,
    offeredRate: 1000,
    achievedRate: 998.2,
    inFlight: 12,
    arrivals: 12_034,
    completed: 12_022,
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

/** Ticks from the first second on, one a second, up to `seconds`. */
export function ticksUpTo(seconds: number, changes: Partial<LoadTick> = {}): LoadTick[] {
  return Array.from({ length: seconds }, (_, index) =>
    tick({ at: (index + 1) * 1000, arrivals: (index + 1) * 1000, ...changes }),
  );
}
