/** Milliseconds: the upper bounds of the buckets in which a tick counts latencies. Above the last one is one more. */
export const LATENCY_BOUNDS = [
  0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2000, 3000, 5000, 10_000, 30_000,
] as const;

/** What a phase of load tells while it runs, several times a second. Nothing here is a result: results are in the record. */
export interface LoadTick {
  readonly type: 'load.tick';
  readonly phase: string;
  readonly loop: 'open' | 'closed';
  readonly warmup: boolean;
  /** Milliseconds since the phase began. */
  readonly at: number;
  /** Scheduled length of the phase in milliseconds. */
  readonly duration: number;
  /** Requests per second that the schedule asks for about now; null in a closed loop. */
  readonly offeredRate: number | null;
  /** Requests per second that were sent in the last seconds. */
  readonly achievedRate: number;
  readonly inFlight: number;
  /** Counts since the phase began. */
  readonly arrivals: number;
  readonly completed: number;
  readonly errors: number;
  readonly timeouts: number;
  readonly dropped: number;
  /** Of the requests that ended in the last seconds, in milliseconds; null where none did. */
  readonly latencyMs: { readonly p50: number; readonly p95: number; readonly p99: number } | null;
  /** Of all that was answered or timed out since the phase began; undefined where nobody told single latencies. */
  readonly latencies?: LatencyCounts | undefined;
  /** The same from when each was sent: without what the generator was late by. Undefined where nobody told it. */
  readonly serviceMs?: LoadTick['latencyMs'] | undefined;
  readonly lagP99Ms: number | null;
  /** Errors, timeouts and drops among the arrivals of the last seconds; null where there was none. */
  readonly errorShare: number | null;
  /** Right and in time per second, estimated from a sample of the last seconds' answers; null where none could be judged. */
  readonly goodput: number | null;
}

/** Latencies counted by bucket. */
export interface LatencyCounts {
  /** One for each of LATENCY_BOUNDS, and one for all above; each latency is in one of them. */
  readonly counts: readonly number[];
  readonly sumMs: number;
}

export type LoadEvent = LoadTick;
