import { complement } from './decimal.ts';
import type { Quantity } from './quantity.ts';
import type { Clause, ClauseEvidence, ClauseVerdict, Comparison, Verdict } from './slo.ts';
import { betterOf, nameOf, quantityOf } from './vocabulary.ts';

/**
 * What `tested` is held against. Of a quantile clause it is a share: `p95 < T` allows 1 − 0.95 = 0.05 of the arrivals to
 * take longer than T, to fail or to be dropped. Of all others it is the clause's own bound, in the clause's unit.
 */
export function testedBound({ subject, bound }: Pick<Clause, 'subject' | 'bound'>): number {
  return subject.kind === 'quantile' ? complement(subject.quantile) : bound;
}

/**
 * PASS where the 95 % interval of the tested quantity lies wholly within the bound, FAIL where it lies wholly beyond, else
 * INCONCLUSIVE. An end of the interval that equals the bound is within it, for `<` as for `<=`: an interval cannot tell them
 * apart. Only the end that matters must be known: PASS of `error < 1%` needs the upper, FAIL the lower.
 */
export function judgeClause(clause: Clause, evidence: ClauseEvidence): ClauseVerdict {
  return { ...evidence, clause, verdict: verdictOf(clause, evidence.tested) };
}

function verdictOf(clause: Clause, { low, high }: ClauseEvidence['tested']): Verdict {
  const bound = testedBound(clause);
  const below = betterOf(clause.subject) === 'lower';
  const [worst, best] = below ? [high, low] : [low, high];
  const isWithin = (value: number) => (below ? value <= bound : value >= bound);
  if (worst !== null && isWithin(worst)) return 'PASS';
  return best === null || Number.isNaN(best) || isWithin(best) ? 'INCONCLUSIVE' : 'FAIL';
}

/**
 * The verdict on all clauses together: any FAIL fails it, else any INCONCLUSIVE leaves it open. Without a clause it is PASS,
 * since what promises nothing cannot be missed, and adding clauses one by one gives the same as judging them at once; a
 * report of an SLO with deadlines alone should print no verdict.
 */
export function judgeSlo(verdicts: readonly Pick<ClauseVerdict, 'verdict'>[]): Verdict {
  const has = (sought: Verdict) => verdicts.some(({ verdict }) => verdict === sought);
  if (has('FAIL')) return 'FAIL';
  return has('INCONCLUSIVE') ? 'INCONCLUSIVE' : 'PASS';
}

/** A clause and what was observed, in parts; how numbers are written is left to reporting. */
export interface ClauseDescription {
  /** The canonical name: `p95`, `ttft.p95`, `ndcg@10`. */
  readonly name: string;
  readonly quantity: Quantity;
  readonly observed: number | null;
  readonly comparison: Comparison;
  readonly bound: number;
  readonly verdict: Verdict;
}

/** `p95 183 ms < 200 ms`, in parts. */
export function describeClause({ clause, observed, verdict }: ClauseVerdict): ClauseDescription {
  const { subject, comparison, bound } = clause;
  return { name: nameOf(subject), quantity: quantityOf(subject), observed, comparison, bound, verdict };
}
