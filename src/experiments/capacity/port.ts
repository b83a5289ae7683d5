import type { Clause, ClauseEvidence } from '../../objectives/slo.ts';
import type { Trend } from '../../statistics/trend.ts';

/**
 * What a search for capacity asks of the world: load of a given size, and what became of it. Undefined means that the
 * search was interrupted; whatever the port can't do is an error that it throws.
 */
export interface CapacityPort {
  /** So many users who ask again as soon as they are answered, for a few seconds. */
  closed(concurrency: number): Promise<ClosedRun | undefined>;
  /**
   * One stationary open-loop run: Poisson arrivals at `rate`, of which those due in the first `warmupSeconds` are not counted.
   * It begins with nothing in flight and comes back when nothing is. Every run draws arrivals of its own.
   */
  open(request: RunRequest): Promise<OpenRun | undefined>;
}

export interface RunRequest {
  /** Names the run in records: `bisect 2, part 3`. No two runs of a search have the same. */
  readonly name: string;
  /** Requests per second. */
  readonly rate: number;
  /** Of the counted part. */
  readonly seconds: number;
  readonly warmupSeconds: number;
}

export interface ClosedRun {
  /** Completed requests per second. */
  readonly throughput: number;
  /** Requests in flight on average; at most the concurrency. */
  readonly inFlight: number;
  /** All the time that it took. */
  readonly elapsedSeconds: number;
}

/** What one run showed. All counts are of arrivals that were due within the counted seconds. */
export interface OpenRun {
  readonly seconds: number;
  /** All the time that it took, with warm-up and drain. */
  readonly elapsedSeconds: number;
  readonly arrivals: number;
  /** Arrivals that were sent before the counted seconds were over. */
  readonly sentOnSchedule: number;
  /** Requests that came to their end, whatever it was and whenever they were due, per counted second. */
  readonly endedPerSecond: number;
  /** Requests in flight on average; null where that isn't known. */
  readonly inFlight: number | null;
  /** Of the requests in flight over the counted seconds (`inFlightBlocks`); null where too short to tell. */
  readonly trend: Trend | null;
  /** Why the generator can't vouch for this run. Nothing that the target did belongs here. */
  readonly invalidReasons: readonly string[];
  /** What became of attainment: shares of the scored arrivals. Tells which of them took it away. */
  readonly losses?: Losses;
  evidence(clause: Clause): RunEvidence;
}

export interface Losses {
  readonly late: number;
  readonly failed: number;
  readonly wrong: number;
}

/** `ShareEvidence` fills the additional fields; a mean leaves `effectiveSize` null, since its interval says as much. */
export interface RunEvidence extends ClauseEvidence {
  /** Arrivals that were judged. */
  readonly size: number;
  /** As many independent ones would know the tested share as well. */
  readonly effectiveSize: number | null;
}
