import type { Dependency } from './options.ts';

/** Why a call to a dependency came to nothing, as events, health and `degraded.reason` name it. */
export const FAILURE_CAUSES = ['error', 'timeout', 'open', 'busy', 'deadline'] as const;
/**
 * `error`: it failed. `timeout`: an attempt took too long. `open`: its breaker spared the call. `busy`: its bulkhead and the
 * queue before it are full. `deadline`: the question had no time left.
 */
export type FailureCause = (typeof FAILURE_CAUSES)[number];

export type BreakerState = 'closed' | 'open' | 'half-open';

/** A call as its caller knows it. */
export interface CallContext {
  /** Whose retries apply. */
  readonly purpose: 'query' | 'ingest';
  /** On the engine's clock: no attempt and no delay goes past it. */
  readonly deadline?: number | undefined;
  /** The caller has left: rejects at once with its reason, which counts as nobody's failure. */
  readonly signal?: AbortSignal | undefined;
  /** Number of the question that calls, for the events of the call. */
  readonly query?: number | undefined;
  /** Asked before a retry: false once something of the failed attempt has been passed on, so that it cannot be taken back. */
  readonly repeatable?: () => boolean;
}

/** One dependency's timeout, retries, breaker and bulkhead: deadline › budgeted retry › breaker › bulkhead › attempt timeout. */
export interface Policy {
  readonly dependency: Dependency;
  readonly state: BreakerState;
  /** The work is given the caller's own signal, where there is one, not one of its attempt. */
  readonly passesSignalOn?: boolean;
  /**
   * Does `work`, again where that may help. The signal given to it aborts when the attempt has taken too long or the caller
   * has left; it is the attempt's, and not to be kept. Work that goes on for long calls `alive` at each sign of life: the
   * attempt's time begins anew, while the deadline stays. Rejects with `dependency.open`, `dependency.busy`,
   * `dependency.timeout`, or what the last attempt failed with; `failureCauseOf` (failure.ts) tells them apart.
   *
   * The one call that tries whether a dependency is back is carried to its end when its caller leaves or is late: what it
   * finds is for all.
   */
  run<T>(work: (signal: AbortSignal, alive: () => void) => Promise<T>, context: CallContext): Promise<T>;
  /** The same for work that is done in this turn, which no timeout can end, and is done once: breaker only. */
  runSync<T>(work: () => T): T;
  health(): DependencyHealth;
}

/** What is known of a dependency without asking it. */
export interface DependencyHealth {
  readonly dependency: Dependency;
  /** degraded: half-open, or some of the latest twenty calls failed. unhealthy: open. */
  readonly status: 'healthy' | 'degraded' | 'unhealthy';
  readonly breaker: BreakerState;
  /** Mean of the latest calls that were answered (some twenty), in milliseconds; null before the first. */
  readonly responseTimeMs: number | null;
  /** Attempts that reached it since the start, retries among them. */
  readonly calls: number;
  /** Those of them that failed by its fault: not those that were withdrawn, nor wrong requests that were refused. */
  readonly errors: number;
  /** Those of them that were made again. */
  readonly retries: number;
  /** Epoch milliseconds of the last call; null before the first. */
  readonly lastCallAt: number | null;
  /** Of the last failure; without secrets. */
  readonly lastError: string | null;
  /** Seconds until an open breaker lets a call through; null where it is not open. */
  readonly opensInSeconds: number | null;
}
