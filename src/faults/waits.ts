import { milliseconds } from '../kernel/units.ts';
import type { FaultInjector } from './injector.ts';

/** A timer counts in 32 bits of milliseconds; one that is to last longer would fire at once. */
export const LONGEST_SLEEP = 2 ** 31 - 1;

/** So much later, or once the drill ends. Rejects with the caller's reason when that leaves first. */
export async function pause(injector: FaultInjector, ms: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  if (ms <= 0 || injector.ended.aborted) return;
  const signals = signal === undefined ? [injector.ended] : [injector.ended, signal];
  try {
    await injector.clock.sleep(milliseconds(Math.min(ms, LONGEST_SLEEP)), AbortSignal.any(signals));
  } catch (thrown) {
    signal?.throwIfAborted();
    if (!injector.ended.aborted) throw thrown;
  }
}

/** Rejects with the caller's reason once that leaves; with the drill's end as the reason where it stays. */
export function hang(injector: FaultInjector, signal?: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const signals = signal === undefined ? [injector.ended] : [signal, injector.ended];
    const leave = (): void => {
      for (const one of signals) one.removeEventListener('abort', leave);
      reject(signals.find(({ aborted }) => aborted)?.reason);
    };
    for (const one of signals) one.addEventListener('abort', leave);
    if (signals.some(({ aborted }) => aborted)) leave();
  });
}
