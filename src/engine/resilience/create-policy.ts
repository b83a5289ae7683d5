import type { Clock } from '../../kernel/clock.ts';
import type { Emitter } from '../../kernel/emitter.ts';
import type { Random } from '../../kernel/random.ts';
import { milliseconds } from '../../kernel/units.ts';
import type { EngineEvent } from '../events.ts';
import { type AttemptMeans, freshSignals, pooledSignals, type Work, withinLimits } from './attempt.ts';
import { backoffDelay } from './backoff.ts';
import { CircuitBreaker, type Verdicts } from './breaker.ts';
import { Bulkhead } from './bulkhead.ts';
import { DependencyError, failureCauseOf, judge, retryAfterMsOf } from './failure.ts';
import { CallFigures } from './figures.ts';
import { type Dependency, type DependencyOptions, optionsOf, type ResilienceOptions } from './options.ts';
import type { BreakerState, CallContext, DependencyHealth, FailureCause, Policy } from './policy.ts';
import { RetryBudget } from './retry-budget.ts';
import { SharedTimer } from './timer.ts';

export interface PolicySetting {
  readonly options: ResilienceOptions;
  /** The dependency is reached over the network. */
  readonly remote: boolean;
  readonly clock: Clock;
  /** Chance of the delays before retries. */
  readonly random: Random;
  readonly events: Emitter<EngineEvent>;
  /** Shared between policies; by default one of its own. */
  readonly timer?: SharedTimer;
}

/** The policy that the options describe, for one dependency. */
export function createPolicy(dependency: Dependency, setting: PolicySetting): Policy {
  return new DependencyPolicy(dependency, setting);
}

/**
 * A call that its caller's deadline cuts short speaks against the dependency only once it has taken so many times what calls
 * take: else a caller in a hurry could open the breaker for everyone.
 */
const PATIENCE = 3;

type Caller = Pick<CallContext, 'purpose' | 'query'>;
const BY_ITSELF: Caller = { purpose: 'query' };

class DependencyPolicy implements Policy {
  readonly dependency: Dependency;
  readonly #setting: PolicySetting;
  readonly #options: DependencyOptions;
  readonly #budget: RetryBudget;
  readonly #breaker: CircuitBreaker;
  readonly #bulkhead: Bulkhead;
  readonly #means: AttemptMeans;
  readonly #figures: CallFigures;
  /** In whose course the breaker changes, if it does: set before each step that could change it. */
  #calling: number | undefined;

  constructor(dependency: Dependency, setting: PolicySetting) {
    const { options, remote, clock, events, timer = new SharedTimer(clock) } = setting;
    this.dependency = dependency;
    this.#setting = setting;
    this.#options = optionsOf(dependency, options, remote);
    this.#budget = new RetryBudget(options.retryBudget);
    this.#bulkhead = new Bulkhead(this.#options.bulkhead);
    this.#means = { clock, timer, signals: remote ? freshSignals : pooledSignals() };
    this.#figures = new CallFigures(clock);
    this.#breaker = new CircuitBreaker({
      options: this.#options.breaker,
      clock,
      changed: (from, to) => {
        if (events.active)
          events.emit({ type: 'breaker.changed', query: this.#calling, dependency, from, to });
      },
    });
  }

  get state(): BreakerState {
    return this.#breaker.state;
  }

  health(): DependencyHealth {
    return this.#figures.health(this.dependency, this.#breaker);
  }

  async run<T>(work: Work<T>, context: CallContext): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      context.signal?.throwIfAborted();
      try {
        return await this.#attempt(work, context, attempt);
      } catch (error) {
        context.signal?.throwIfAborted();
        const delay = this.#delayBefore(attempt, error, context);
        if (delay === undefined) throw error;
        await this.#setting.clock.sleep(milliseconds(delay), context.signal);
      }
    }
  }

  runSync<T>(work: () => T): T {
    this.#calling = undefined;
    if (this.#breaker.refuses) throw this.#refused('open', BY_ITSELF, 1);
    const start = this.#setting.clock.now();
    this.#figures.began(start, false);
    let end: { readonly value: T } | { readonly error: unknown } | undefined;
    const inThisTurn = (): Promise<void> => {
      try {
        end = { value: work() };
        return Promise.resolve();
      } catch (error) {
        end = { error };
        return Promise.reject(error);
      }
    };
    const verdicts = this.#verdicts(BY_ITSELF, 1, () => start);
    this.#breaker.call(inThisTurn, verdicts).catch(() => undefined); // it is thrown below
    if (end === undefined) throw new Error('the breaker did not call in this turn');
    if ('error' in end) throw end.error;
    return end.value;
  }

  /** Breaker, bulkhead and timeout around one attempt. */
  #attempt<T>(work: Work<T>, context: CallContext, attempt: number): Promise<T> {
    const { clock } = this.#setting;
    const { deadline = Number.POSITIVE_INFINITY, signal, query } = context;
    this.#calling = query;
    if (deadline !== Number.POSITIVE_INFINITY && clock.now() >= deadline) {
      return Promise.reject(this.#refused('deadline', context, attempt));
    }
    if (this.#breaker.refuses) return Promise.reject(this.#refused('open', context, attempt));
    const queues = this.#breaker.state === 'closed' && !this.#bulkhead.hasRoom;
    let start: number | undefined;
    let gone = false;
    const call = this.#breaker.call(
      (probe) => {
        const begin = (): Promise<T> => {
          // Since it has waited for its place, the breaker may have opened, or the caller left.
          if (signal?.aborted) return Promise.reject(signal.reason);
          if (gone) return Promise.reject(new DependencyError(this.dependency, 'deadline'));
          if (queues && this.#breaker.state !== 'closed') {
            return Promise.reject(new DependencyError(this.dependency, 'open'));
          }
          start = clock.now();
          return this.#begin(work, context, { attempt, start, probe });
        };
        // A probe is not made to wait behind calls that hang: it would learn of them, not of the dependency.
        if (probe) return begin();
        return this.#bulkhead.call(begin, () => new DependencyError(this.dependency, 'busy'));
      },
      this.#verdicts(context, attempt, () => start),
    );
    if (!queues && this.#breaker.state === 'closed') return call;
    // It waits for its place, or is a probe, which goes on when its caller has left: the caller's limits hold here.
    const late = (): Error => new DependencyError(this.dependency, 'deadline');
    return withinLimits(
      () => call,
      { timeoutMs: Number.POSITIVE_INFINITY, deadline, signal, late },
      this.#means,
    ).finally(() => {
      gone = true;
    });
  }

  #begin<T>(
    work: Work<T>,
    { deadline, signal }: CallContext,
    { attempt, start, probe }: { attempt: number; start: number; probe: boolean },
  ): Promise<T> {
    const { timeoutMs } = this.#options;
    if (attempt === 1) this.#budget.earn();
    this.#figures.began(start, attempt > 1);
    const late = (why: 'timeout' | 'deadline'): Error => {
      const took = this.#setting.clock.now() - start;
      const counts = why === 'timeout' || took >= PATIENCE * (this.#figures.meanMs ?? 0);
      return new DependencyError(this.dependency, why, { ms: timeoutMs, counts });
    };
    const limits = {
      timeoutMs,
      deadline: probe ? Number.POSITIVE_INFINITY : (deadline ?? Number.POSITIVE_INFINITY),
      signal: probe ? undefined : signal,
      late,
    };
    return withinLimits(work, limits, this.#means);
  }

  #verdicts(
    caller: Pick<CallContext, 'purpose' | 'signal' | 'query'>,
    attempt: number,
    startOf: () => number | undefined,
  ): Verdicts {
    const { clock } = this.#setting;
    const { signal, query } = caller;
    return {
      succeeded: () => {
        this.#calling = query;
        const duration = clock.now() - startOf()!;
        this.#figures.succeeded(duration);
        this.#tell('ok', caller, attempt, duration);
      },
      failed: (error) => {
        if (signal?.aborted && error === signal.reason) return false;
        this.#calling = query;
        const start = startOf();
        this.#tell(failureCauseOf(error), caller, attempt, start === undefined ? 0 : clock.now() - start);
        const counts = start !== undefined && judge(error).counts;
        if (counts) this.#figures.failed(error);
        return counts;
      },
    };
  }

  /** Milliseconds to wait before the attempt after this one; undefined where there is to be none. */
  #delayBefore(attempt: number, error: unknown, context: CallContext): number | undefined {
    const { options, random, clock, events } = this.#setting;
    const rules = context.purpose === 'query' ? options.queries : options.ingest;
    if (attempt > rules.retries || !judge(error).retryable || context.repeatable?.() === false)
      return undefined;
    // It would be refused, or be one more call to what has just been found dead.
    if (this.#breaker.state !== 'closed') return undefined;
    const wished = retryAfterMsOf(error) ?? 0;
    const delay = wished + backoffDelay(rules, attempt - 1, random);
    const { deadline = Number.POSITIVE_INFINITY } = context;
    const useful = Math.max(1, this.#figures.meanMs ?? 0);
    if (wished > rules.capMs || clock.now() + delay + useful > deadline)
      return this.#notAgain('deadline', context);
    if (!this.#budget.spend()) return this.#notAgain('budget', context);
    if (events.active) {
      const { dependency } = this;
      const { purpose, query } = context;
      const cause = failureCauseOf(error);
      events.emit({ type: 'dependency.retried', query, dependency, purpose, delay, cause });
    }
    return delay;
  }

  #notAgain(why: 'budget' | 'deadline', { query }: CallContext): undefined {
    const { events } = this.#setting;
    if (events.active) events.emit({ type: 'retry.refused', query, dependency: this.dependency, why });
    return undefined;
  }

  #refused(why: 'open' | 'deadline', caller: Caller, attempt: number): DependencyError {
    this.#tell(why, caller, attempt, 0);
    return new DependencyError(this.dependency, why);
  }

  #tell(outcome: 'ok' | FailureCause, { purpose, query }: Caller, attempt: number, duration: number): void {
    const { events } = this.#setting;
    if (!events.active) return;
    const { dependency } = this;
    events.emit({ type: 'dependency.called', query, dependency, purpose, outcome, attempt, duration });
  }
}
