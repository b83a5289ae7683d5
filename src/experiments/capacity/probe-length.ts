import { testedBound } from '../../objectives/judge.ts';
import type { Clause } from '../../objectives/slo.ts';
import { isShare } from './evidence.ts';

/** Requests of one run that should fail where a share is at its bound, so that it can be told from it: p95 needs 2,500 requests. */
const FAILURES = 125;

/** The share of errors jumps, as a rule, from none to many. Until it is what limits, a fifth as many will do. */
const FAILING_ERRORS = 25;

/** At least, and for clauses about means. */
const LEAST_REQUESTS = 2500;

/** Seconds of one run: shorter, and warm-up and drain are most of it; longer, and a search takes hours. */
const SHORTEST = 5;
const LONGEST = 60;

/** The fewest requests of a run that can be judged: a hundred in twenty batches, and some to spare. */
const FEWEST = 200;

/** Of a run's counted seconds, so much again is warm-up, but a second at least. */
const WARMUP = 0.1;

/** Counted seconds of one run at about `rate`, so that every clause can be decided near its bound. */
export function secondsPerRun(clauses: readonly Clause[], rate: number): number {
  const requests = clauses.map((clause) =>
    requestsFor(clause, clause.subject.kind === 'error' ? FAILING_ERRORS : FAILURES),
  );
  return secondsOf(Math.max(LEAST_REQUESTS, ...requests), rate);
}

/** The same where one clause is known to be the one that breaks first. */
export const secondsToDecide = (clause: Clause, rate: number): number =>
  secondsOf(Math.max(LEAST_REQUESTS, requestsFor(clause, FAILURES)), rate);

function requestsFor(clause: Clause, failures: number): number {
  if (!isShare(clause)) return 0;
  const bound = testedBound(clause);
  const rarer = Math.min(bound, 1 - bound);
  return rarer > 0 ? failures / rarer : 0;
}

const secondsOf = (requests: number, rate: number): number =>
  Math.min(LONGEST, Math.max(SHORTEST, requests / rate));

/** A low rate needs longer for any verdict at all. */
export const secondsAt = (rate: number, seconds: number): number => Math.max(seconds, FEWEST / rate);

export const warmupSecondsOf = (seconds: number): number => Math.max(1, WARMUP * seconds);
