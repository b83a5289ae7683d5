import type { CapacityPort, OpenRun, RunRequest } from '../../../src/experiments/capacity/port.ts';
import type { Clause } from '../../../src/objectives/slo.ts';
import { shareBounds } from '../../../src/statistics/share-evidence.ts';
import type { Trend } from '../../../src/statistics/trend.ts';

/** A target that does as it is told, and keeps what it was asked for. */
export interface Script {
  /** Closed-loop maximum; one user gets a quarter of it. */
  readonly saturation: number;
  /** The share that fails a clause at a rate. */
  readonly share: (rate: number, run: RunRequest, clause: Clause) => number;
  /** Independent requests that one run is worth. */
  readonly effectiveSize?: number;
  readonly backlogFrom?: number;
  readonly lateSchedulesFrom?: number;
  readonly invalidFrom?: number;
  /** Runs that can be had before the search is interrupted. */
  readonly runs?: number;
  readonly losses?: (rate: number) => NonNullable<OpenRun['losses']>;
}

const HIGH = Number.POSITIVE_INFINITY;
const RISING: Trend = { perBlock: 5, t: 9, rising: true, blocks: 20 };
const STEADY: Trend = { perBlock: 0, t: 0, rising: false, blocks: 20 };

export function scriptedPort(
  script: Script,
): CapacityPort & { readonly asked: RunRequest[]; readonly users: number[] } {
  const asked: RunRequest[] = [];
  const users: number[] = [];
  return {
    asked,
    users,
    async closed(concurrency) {
      users.push(concurrency);
      const throughput = script.saturation * Math.min(1, concurrency / 4);
      return { throughput, inFlight: concurrency, elapsedSeconds: 3 };
    },
    async open(request) {
      if (asked.length >= (script.runs ?? HIGH)) return undefined;
      asked.push(request);
      return runOf(script, request);
    },
  };
}

function runOf(script: Script, request: RunRequest): OpenRun {
  const { rate, seconds, warmupSeconds } = request;
  const { effectiveSize = 1000, backlogFrom = HIGH, lateSchedulesFrom = HIGH, invalidFrom = HIGH } = script;
  const arrivals = Math.round(rate * seconds);
  return {
    seconds,
    elapsedSeconds: seconds + warmupSeconds,
    arrivals,
    sentOnSchedule: rate >= lateSchedulesFrom ? 0.9 * arrivals : arrivals,
    endedPerSecond: rate >= backlogFrom ? 0.9 * rate : rate,
    inFlight: rate / 50,
    trend: rate >= backlogFrom ? RISING : STEADY,
    invalidReasons: rate >= invalidFrom ? ['lag p99 is 80 ms'] : [],
    ...(script.losses && { losses: script.losses(rate) }),
    evidence(clause) {
      const estimate = script.share(rate, request, clause);
      const [low, high] = shareBounds(estimate, effectiveSize);
      const tested = { estimate, low, high };
      const met = clause.comparison.startsWith('>')
        ? { estimate: 1 - estimate, low: 1 - high, high: 1 - low }
        : tested;
      return { observed: met.estimate, tested: met, size: arrivals, effectiveSize };
    },
  };
}

export const P95: Clause = {
  text: 'p95 < 200ms',
  subject: { kind: 'quantile', of: 'latency', quantile: 0.95 },
  comparison: '<',
  bound: 200,
};
export const ERRORS: Clause = {
  text: 'error < 1%',
  subject: { kind: 'error' },
  comparison: '<',
  bound: 0.01,
};
export const RIGHT: Clause = {
  text: 'right >= 95%',
  subject: { kind: 'right' },
  comparison: '>=',
  bound: 0.95,
};
export const ATTAINMENT: Clause = {
  text: 'attainment >= 95%',
  subject: { kind: 'attainment' },
  comparison: '>=',
  bound: 0.95,
};

/** None fail up to a rate, half of them beyond. */
export const cliffAt = (capacity: number) => (rate: number) => (rate <= capacity ? 0 : 0.5);

/** A share that reaches 5 % at a rate and grows by `steepness` per doubling, or so. */
export const slopeTo =
  (capacity: number, steepness = 12) =>
  (rate: number) =>
    1 / (1 + 19 * Math.exp((-steepness * (rate - capacity)) / capacity));
