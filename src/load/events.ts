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
  readonly lagP99Ms: number | null;
  /** Errors, timeouts and drops among the arrivals of the last seconds; null where there was none. */
  readonly errorShare: number | null;
  /** Right and in time per second, estimated from a sample of the last seconds' answers; null where none could be judged. */
  readonly goodput: number | null;
}

export type LoadEvent = LoadTick;
