import { setMaxListeners } from 'node:events';
import type { CallContext, Policy } from '../../../src/engine/resilience/policy.ts';
import type { ManualClock } from '../../../src/kernel/clock.ts';
import { milliseconds } from '../../../src/kernel/units.ts';

export interface OutageSetting {
  readonly policy: Policy;
  readonly clock: ManualClock;
  readonly purpose: CallContext['purpose'];
  /** Calls a second, evenly spaced. */
  readonly rate: number;
  readonly seconds: number;
  /** When the dependency is away, in seconds from the start. */
  readonly from: number;
  readonly to: number;
  /** What a call takes that is answered. */
  readonly serviceMs: number;
}

export interface OutageCourse {
  readonly calls: number;
  /** When attempts reached the dependency, in seconds from the start. */
  readonly attempts: readonly number[];
  /** When calls were answered. */
  readonly answered: readonly number[];
  /** When calls failed that began after the given time. */
  failedFrom(time: number): number;
}

/**
 * A dependency that goes away and comes back, under a steady load. While it is away it refuses connections; when it goes, it
 * tears down those that it has, so that all calls in flight fail together.
 */
export async function outage(setting: OutageSetting): Promise<OutageCourse> {
  const { policy, clock, purpose, rate, seconds, from, to, serviceMs } = setting;
  const start = clock.now();
  const now = (): number => (clock.now() - start) / 1000;
  const isAway = (): boolean => now() >= from && now() < to;
  const torn = new AbortController();
  setMaxListeners(0, torn.signal);
  const attempts: number[] = [];
  const answered: number[] = [];
  const failures: number[] = [];
  const serve = async (): Promise<void> => {
    attempts.push(now());
    if (isAway()) throw Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
    const before = now() < from;
    await clock.sleep(milliseconds(serviceMs), before ? torn.signal : undefined);
  };
  const calls = rate * seconds;
  for (let call = 0; call < calls; call += 1) {
    if (isAway() && !torn.signal.aborted) {
      torn.abort(Object.assign(new Error('torn down'), { code: 'ECONNRESET' }));
    }
    const begun = now();
    policy.run(serve, { purpose }).then(
      () => answered.push(now()),
      () => failures.push(begun),
    );
    await clock.advance(1000 / rate);
  }
  return {
    calls,
    attempts,
    answered,
    failedFrom: (time) => failures.filter((begun) => begun >= time).length,
  };
}

/** The most that happen within any second that begins at or after `from`. */
export function peakPerSecond(times: readonly number[], from: number): number {
  const sorted = times.filter((time) => time >= from).sort((a, b) => a - b);
  let peak = 0;
  let first = 0;
  sorted.forEach((time, last) => {
    // Half a millisecond to spare: sums of the spacing are not exact.
    while (time - sorted[first]! >= 0.9995) first += 1;
    peak = Math.max(peak, last - first + 1);
  });
  return peak;
}
