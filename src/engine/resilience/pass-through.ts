import type { Clock } from '../../kernel/clock.ts';
import { judge } from './failure.ts';
import { CallFigures } from './figures.ts';
import type { Dependency } from './options.ts';
import type { CallContext, Policy } from './policy.ts';

/** A policy that does nothing but keep figures: what stands before a dependency where `resilience.enabled` is false. */
export function createPassThrough(dependency: Dependency, clock: Clock): Policy {
  const figures = new CallFigures(clock);
  const fail = (error: unknown): never => {
    if (judge(error).counts) figures.failed(error);
    throw error;
  };
  return {
    dependency,
    state: 'closed',
    passesSignalOn: true,
    async run<T>(
      work: (signal: AbortSignal, alive: () => void) => Promise<T>,
      { signal = NEVER }: CallContext,
    ): Promise<T> {
      signal.throwIfAborted();
      const start = clock.now();
      figures.began(start, false);
      try {
        const value = await work(signal, () => undefined);
        figures.succeeded(clock.now() - start);
        return value;
      } catch (error) {
        signal.throwIfAborted();
        return fail(error);
      }
    },
    runSync<T>(work: () => T): T {
      const start = clock.now();
      figures.began(start, false);
      try {
        const value = work();
        figures.succeeded(clock.now() - start);
        return value;
      } catch (error) {
        return fail(error);
      }
    },
    health: () => figures.health(dependency),
  };
}

const NEVER = new AbortController().signal;
