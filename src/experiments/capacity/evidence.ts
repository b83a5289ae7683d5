import { testedBound } from '../../objectives/judge.ts';
import type { Clause, ClauseEvidence, Subject } from '../../objectives/slo.ts';
import { betterOf } from '../../objectives/vocabulary.ts';
import type { Dose } from '../../statistics/crossing.ts';
import { normalQuantile } from '../../statistics/distributions.ts';
import { shareBounds } from '../../statistics/share-evidence.ts';
import type { RunEvidence } from './port.ts';

const SHARES: readonly Subject['kind'][] = ['quantile', 'error', 'attainment', 'right', 'cache-hits'];

/** Whether what is tested is a share of requests; else it is a mean. */
export const isShare = ({ subject }: Clause): boolean => SHARES.includes(subject.kind);

const NORMAL_95 = normalQuantile(0.975);

/** A run whose evidence is complete. */
interface Known {
  readonly size: number;
  readonly estimate: number;
  /** Variance of the estimate times `size`: relative to independent requests for a share. */
  readonly variance: number;
}

function known(clause: Clause, { size, effectiveSize, tested }: RunEvidence): Known | null {
  const { estimate, low, high } = tested;
  if (estimate === null || size === 0) return null;
  if (isShare(clause))
    return effectiveSize === null ? null : { size, estimate, variance: size / effectiveSize };
  if (low === null || high === null) return null;
  return { size, estimate, variance: size * ((high - low) / (2 * NORMAL_95)) ** 2 };
}

/**
 * What several runs at one rate show together. They are independent of each other (nothing was in flight between them), so
 * their shares are averaged by requests and their variances add up. The figure that people know is kept only of a single
 * run: quantiles can't be averaged.
 */
export function poolEvidence(clause: Clause, runs: readonly RunEvidence[]): ClauseEvidence {
  const only = runs[0];
  if (only !== undefined && runs.length === 1) return plain(only);
  const usable = runs.map((run) => known(clause, run)).filter((run) => run !== null);
  const size = usable.reduce((sum, run) => sum + run.size, 0);
  if (size === 0) {
    return { observed: null, tested: { estimate: null, low: null, high: null }, ...reasonOf(runs) };
  }
  const estimate = usable.reduce((sum, run) => sum + run.size * run.estimate, 0) / size;
  const variance = usable.reduce((sum, run) => sum + run.size * run.variance, 0) / size;
  const observed = clause.subject.kind === 'quantile' ? null : estimate;
  return { observed, tested: { estimate, ...boundsOf(clause, { size, estimate, variance }) } };
}

function plain({ observed, tested, reason }: RunEvidence): ClauseEvidence {
  const { estimate, low, high } = tested;
  return { observed, tested: { estimate, low, high }, ...(reason !== undefined && { reason }) };
}

function reasonOf(runs: readonly RunEvidence[]): { reason?: string } {
  const reason = runs.find((run) => run.reason !== undefined)?.reason;
  return reason === undefined ? {} : { reason };
}

function boundsOf(clause: Clause, { size, estimate, variance }: Known): { low: number; high: number } {
  if (isShare(clause)) {
    const [low, high] = shareBounds(estimate, size / variance);
    return { low, high };
  }
  const half = NORMAL_95 * Math.sqrt(variance / size);
  return { low: estimate - half, high: estimate + half };
}

/**
 * A run as a point of the curve along which a clause breaks as the rate `x` grows, turned so that it rises: where more is
 * better, the share that is missing, or the mean below zero. Null where the run doesn't tell.
 */
export function doseOf(clause: Clause, x: number, run: RunEvidence): Dose | null {
  const point = known(clause, run);
  if (point === null) return null;
  return { x, ...point, estimate: rising(clause, point.estimate) };
}

/** The bound of the clause on that curve. */
export const risingBound = (clause: Clause): number => rising(clause, testedBound(clause));

function rising(clause: Clause, value: number): number {
  if (betterOf(clause.subject) === 'lower') return value;
  return isShare(clause) ? 1 - value : -value;
}
