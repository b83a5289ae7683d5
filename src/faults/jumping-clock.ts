import type { Clock } from '../kernel/clock.ts';
import { milliseconds } from '../kernel/units.ts';
import { isActiveAt } from './fault.ts';
import type { FaultInjector } from './injector.ts';

/**
 * A clock that jumps as the faults of `process` say. The calendar (`epoch`) is off by their sum while they are in force, and
 * right again after. Durations (`now`) are off by the jumps that are `monotonic`, which go forward only; such a clock never
 * goes back, so that what it jumped it keeps when the fault is over. Sleeps last as long as they did.
 */
export function jumpingClock(clock: Clock, injector: FaultInjector): Clock {
  const jumps = injector.faults.flatMap((fault, id) =>
    fault.target === 'process' && fault.effect.kind === 'jump' ? [{ fault, id, effect: fault.effect }] : [],
  );
  if (jumps.length === 0) return clock;
  const seen = new Set<number>();
  let kept = 0;

  /** How far the clock is off now. All jumps are looked at whichever clock is read, so that each is noted once. */
  const off = (): { calendar: number; monotonic: number } => {
    const ms = injector.elapsed();
    let calendar = 0;
    for (const { fault, id, effect } of jumps) {
      if (ms === undefined || ms < fault.fromMs) continue;
      const active = isActiveAt(fault, ms);
      if (active) calendar += effect.byMs;
      // Also where nobody looked while it lasted.
      if (seen.has(id)) continue;
      seen.add(id);
      if (effect.monotonic) kept += effect.byMs;
      if (active) injector.note(id);
    }
    return { calendar, monotonic: kept };
  };

  return {
    now: () => milliseconds(clock.now() + off().monotonic),
    epoch: () => clock.epoch() + off().calendar,
    sleep: (duration, signal) => clock.sleep(duration, signal),
  };
}
