import type {
  CapacityPort,
  ClosedRun,
  Losses,
  OpenRun,
  RunEvidence,
  RunRequest,
} from '../../src/experiments/capacity/port.ts';
import { exponential, type Random } from '../../src/kernel/random.ts';
import type { Clause } from '../../src/objectives/slo.ts';
import { bisect } from '../../src/statistics/distributions.ts';
import { quantile, sortSamples } from '../../src/statistics/quantiles.ts';
import { type ShareEvidence, shareEvidence, sumOfShares } from '../../src/statistics/share-evidence.ts';
import { inFlightBlocks, trendOf } from '../../src/statistics/trend.ts';
import { lateShare, type Queue, saturationOf, simulate } from './queues.ts';

/** A target whose law is known: a queue, in front of which requests give up, and whose answers are sometimes wrong. */
export interface KnownTarget {
  readonly queue: Queue;
  /** Seconds after which a request counts as failed, though the queue still serves it; Infinity for never. */
  readonly timeout: number;
  /** Seconds within which an answer is in time. */
  readonly deadline: number;
  /** The share of answers that are wrong, each by itself. */
  readonly wrong: number;
}

/** Simulated time that a drain takes beyond the last answer. */
const DRAIN_SECONDS = 0.2;
const CLOSED_SECONDS = 3;

/** The target as a port: simulated time, every run with arrivals of its own. */
export function simulatedPort(target: KnownTarget, random: Random): CapacityPort {
  return {
    closed: async (concurrency) => closedRun(target.queue, concurrency, random.fork(`closed/${concurrency}`)),
    open: async (request) => openRun(target, request, random.fork(request.name)),
  };
}

/** Users without think time keep min(users, servers) servers busy all the time. */
function closedRun({ servers, serviceRate, service }: Queue, concurrency: number, random: Random): ClosedRun {
  const rate = Math.min(concurrency, servers) * serviceRate;
  let done = Math.floor(rate * CLOSED_SECONDS);
  if (service === 'exponential') {
    done = -1;
    for (let time = 0; time < CLOSED_SECONDS; time += exponential(random) / rate) done += 1;
  }
  return { throughput: done / CLOSED_SECONDS, inFlight: concurrency, elapsedSeconds: CLOSED_SECONDS };
}

function openRun(target: KnownTarget, { rate, seconds, warmupSeconds }: RunRequest, random: Random): OpenRun {
  const all = simulate(target.queue, rate, warmupSeconds + seconds, random);
  const first = all.due.findIndex((due) => due >= warmupSeconds);
  const from = first < 0 ? all.due.length : first;
  const to = warmupSeconds + seconds;
  const latencies = all.due.subarray(from).map((due, index) => all.end[from + index]! - due);
  const levels = inFlightBlocks(all.due, all.end, { from: warmupSeconds, to });
  const wrong = Uint8Array.from(latencies, () => (random.next() < target.wrong ? 1 : 0));
  return {
    seconds,
    elapsedSeconds:
      Math.max(
        to,
        all.end.reduce((last, end) => Math.max(last, end), 0),
      ) + DRAIN_SECONDS,
    arrivals: latencies.length,
    sentOnSchedule: latencies.length,
    endedPerSecond:
      all.end.reduce((sum, end) => sum + (end >= warmupSeconds && end < to ? 1 : 0), 0) / seconds,
    inFlight: levels.reduce((sum, level) => sum + level, 0) / levels.length,
    trend: trendOf(levels),
    invalidReasons: [],
    losses: lossesOf(target, { latencies, wrong }),
    evidence: (clause) => evidenceOf(clause, target, { latencies, wrong }),
  };
}

interface Requests {
  readonly latencies: Float64Array;
  readonly wrong: Uint8Array;
}

function lossesOf({ timeout, deadline }: KnownTarget, { latencies, wrong }: Requests): Losses {
  let [late, failed, alsoWrong] = [0, 0, 0];
  latencies.forEach((time, index) => {
    if (time > timeout) failed += 1;
    else if (time > deadline) late += 1;
    else alsoWrong += wrong[index]!;
  });
  const all = Math.max(1, latencies.length);
  return { late: late / all, failed: failed / all, wrong: alsoWrong / all };
}

function evidenceOf({ subject, bound }: Clause, target: KnownTarget, requests: Requests): RunEvidence {
  const { latencies, wrong } = requests;
  const over = (limit: number): Uint8Array => Uint8Array.from(latencies, (time) => (time > limit ? 1 : 0));
  switch (subject.kind) {
    case 'quantile': {
      const late = shareEvidence(over(Math.min(bound / 1000, target.timeout)), { load: latencies });
      return evidence(late, 1000 * quantile(sortSamples(latencies), subject.quantile));
    }
    case 'error': {
      const failed = shareEvidence(over(target.timeout), { load: latencies });
      return evidence(failed, failed.estimate);
    }
    case 'attainment': {
      const late = over(Math.min(target.deadline, target.timeout));
      const lost = sumOfShares([
        shareEvidence(late, { load: latencies }),
        shareEvidence(
          wrong.map((one, index) => (late[index] === 1 ? 0 : one)),
          { load: latencies },
        ),
      ]);
      return evidence(complement(lost), lost.estimate === null ? null : 1 - lost.estimate);
    }
    default:
      throw new Error(`${subject.kind} is not simulated`);
  }
}

const flipped = (share: number | null): number | null => (share === null ? null : 1 - share);

const complement = ({ estimate, low, high, ...rest }: ShareEvidence): ShareEvidence => ({
  estimate: flipped(estimate),
  low: flipped(high),
  high: flipped(low),
  ...rest,
});

function evidence(
  { estimate, low, high, effectiveSize, size }: ShareEvidence,
  observed: number | null,
): RunEvidence {
  return { observed, tested: { estimate, low, high }, effectiveSize, size };
}

/** The highest rate at which every clause holds, in the long run. */
export function trueCapacity(target: KnownTarget, clauses: readonly Clause[]): number {
  return Math.min(...clauses.map((clause) => capacityFor(target, clause)));
}

function capacityFor(target: KnownTarget, clause: Clause): number {
  const excess = (rate: number): number => failing(target, clause, rate);
  return bisect(excess, 1e-6 * saturationOf(target.queue), saturationOf(target.queue));
}

/** By how much a clause is missed at a rate; rises with it. */
function failing(
  { queue, timeout, deadline, wrong }: KnownTarget,
  { subject, bound }: Clause,
  rate: number,
): number {
  switch (subject.kind) {
    case 'quantile':
      return lateShare(queue, rate, Math.min(bound / 1000, timeout)) - (1 - subject.quantile);
    case 'error':
      return lateShare(queue, rate, timeout) - bound;
    case 'attainment':
      return bound - (1 - wrong) * (1 - lateShare(queue, rate, Math.min(deadline, timeout)));
    default:
      throw new Error(`${subject.kind} is not simulated`);
  }
}
