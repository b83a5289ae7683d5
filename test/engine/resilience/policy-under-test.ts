import type { EngineEvent } from '../../../src/engine/events.ts';
import { createPolicy } from '../../../src/engine/resilience/create-policy.ts';
import { type Dependency, resilienceOptions } from '../../../src/engine/resilience/options.ts';
import type { Policy } from '../../../src/engine/resilience/policy.ts';
import { ManualClock } from '../../../src/kernel/clock.ts';
import { createEmitter } from '../../../src/kernel/emitter.ts';
import { type Random, seededRandom } from '../../../src/kernel/random.ts';

export interface PolicySettings {
  readonly options?: object;
  readonly dependency?: Dependency;
  readonly remote?: boolean;
  readonly random?: Random;
  readonly clock?: ManualClock;
  /** False: nobody listens. */
  readonly listen?: boolean;
}

export interface PolicyBench {
  readonly policy: Policy;
  readonly clock: ManualClock;
  readonly events: EngineEvent[];
  /** Events of one type, without it. */
  of(type: EngineEvent['type']): object[];
}

/** A policy on a clock that is turned by hand, and what it tells. */
export function policyOf(settings: PolicySettings = {}): PolicyBench {
  const { options = {}, dependency = 'embedder', remote = false, random = seededRandom(1) } = settings;
  const clock = settings.clock ?? new ManualClock(1000);
  const emitter = createEmitter<EngineEvent>();
  const events: EngineEvent[] = [];
  if (settings.listen !== false) emitter.listen((event) => events.push(event));
  const parsed = resilienceOptions.parse(options);
  const policy = createPolicy(dependency, { options: parsed, remote, clock, random, events: emitter });
  const of = (type: EngineEvent['type']): object[] =>
    events.filter((event) => event.type === type).map(({ type: _, ...rest }) => rest);
  return { policy, clock, events, of };
}

/** Chance without chance: every draw is the same. */
export function always(value: number): Random {
  return { next: () => value, integer: (bound) => Math.floor(value * bound), fork: () => always(value) };
}

export const broken = (message = 'it broke'): Error => Object.assign(new Error(message), { status: 500 });
export const tooMany = (retryAfterMs: number): Error =>
  Object.assign(new Error('too many'), { status: 429, retryAfterMs });
export const never = (): Promise<never> => new Promise(() => undefined);

/** How a promise has ended; its state is only to be looked at after the clock was turned. */
export function watch<T>(promise: Promise<T>): { value?: T; error?: unknown; ended: boolean } {
  const seen: { value?: T; error?: unknown; ended: boolean } = { ended: false };
  promise.then(
    (value) => Object.assign(seen, { value, ended: true }),
    (error) => Object.assign(seen, { error, ended: true }),
  );
  return seen;
}
