import { failureOf } from './failures.ts';
import type { Target } from './fault.ts';
import type { FaultInjector, Plan } from './injector.ts';
import { hang, pause } from './waits.ts';

/** Waits what a call has to wait, then fails as it has to, if it has to. */
export async function meet(
  plan: Plan,
  target: Target,
  injector: FaultInjector,
  signal?: AbortSignal,
): Promise<void> {
  if (plan.delayMs > 0) await pause(injector, plan.delayMs, signal);
  if (plan.failure === undefined) return;
  if (plan.failure.kind === 'timeout') await hang(injector, signal);
  else throw failureOf(target, plan.failure);
}
