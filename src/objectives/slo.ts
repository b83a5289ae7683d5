/**
 * The words of an SLO once parsed. A clause compares one figure of a phase with a bound; the deadlines are terms of their
 * own, which say what "in time" means and are never implied by a quantile.
 */

/** Which duration: end − due, end − sent, first token − due, or milliseconds per output token after the first. */
export type DurationName = 'latency' | 'service' | 'ttft' | 'tpot';

export type Subject =
  /** `quantile` lies between 0 and 1, both excluded: p99.9 is 0.999. */
  | { readonly kind: 'quantile'; readonly of: DurationName; readonly quantile: number }
  | { readonly kind: 'mean'; readonly of: DurationName }
  /** Errors, timeouts and drops, of all arrivals. */
  | { readonly kind: 'error' }
  /** Right and in time, of scored arrivals. */
  | { readonly kind: 'attainment' }
  /** Right at any time, of scored arrivals. */
  | { readonly kind: 'right' }
  /** Right and in time, per scheduled second. */
  | { readonly kind: 'goodput' }
  /** Completed requests per second. */
  | { readonly kind: 'throughput' }
  /** Response and semantic hits, of queries that tell. */
  | { readonly kind: 'cache-hits' }
  /** Mean USD: per query, per right answer, or per answer that is right and in time. */
  | { readonly kind: 'cost'; readonly per: 'query' | 'right' | 'good' }
  /** The mean of a quality measure over arrivals; a failed arrival scores 0. */
  | { readonly kind: 'measure'; readonly measure: string };

export type Comparison = '<' | '<=' | '>' | '>=';

export interface Clause {
  /** As it was written, white space squashed: `p95 < 200ms`. `formatClause` gives the canonical text. */
  readonly text: string;
  readonly subject: Subject;
  readonly comparison: Comparison;
  /** Milliseconds, a share between 0 and 1, a rate per second, USD, or a score: as the subject has it. */
  readonly bound: number;
}

export interface Slo {
  /** The clauses and deadlines in the order and the words in which they were written, joined by `, `. */
  readonly text: string;
  readonly clauses: readonly Clause[];
  /** Bound of end − due for "in time"; null where the SLO does not say. */
  readonly deadlineMs: number | null;
  /** A second bound for "in time", of first token − due; null where the SLO does not say. */
  readonly firstTokenDeadlineMs: number | null;
}

export type Verdict = 'PASS' | 'FAIL' | 'INCONCLUSIVE';

/**
 * What a phase shows of one clause. A quantile clause `pX < T` is judged by the share of arrivals that took longer than T
 * or failed, which must not exceed 1 − X: `tested` is then that share, and `observed` the quantile itself, for people.
 * For every other subject the two are of the same quantity.
 */
export interface ClauseEvidence {
  /** The figure that people know, in the clause's unit; null where it could not be had. */
  readonly observed: number | null;
  /** The quantity under test with its 95 % interval; a side is null where the data cannot bound it. */
  readonly tested: {
    readonly estimate: number | null;
    readonly low: number | null;
    readonly high: number | null;
  };
  /** Why there is no more: "fewer than 20 batches". */
  readonly reason?: string;
}

export interface ClauseVerdict extends ClauseEvidence {
  readonly clause: Clause;
  readonly verdict: Verdict;
}
