import type { Plan } from '../plan.ts';
import { scaled } from '../plan.ts';
import { bucketOf, metric } from '../promql-text.ts';
import type { RecordingRule } from './rule.ts';
import { BURN_WINDOWS, WINDOWS, type Window } from './windows.ts';

const ANSWERED = 'outcome="answered"';
/** What was found for a question in the end. One half of a hybrid search may well find nothing. */
const SEARCH = 'retriever="fused"';

/** Recorded series, by what they mean; the rules and the alerts name them through this. */
export const RECORDED = {
  /** Questions a second that the service had to answer: without invalid ones, and those whose asker left. */
  queries: (window: Window) => `job:rag_queries:rate${window}`,
  /** Those that failed, were rejected, or got an apology. */
  bad: (window: Window) => `job:rag_queries_bad:rate${window}`,
  badShare: (window: Window) => `job:rag_queries_bad:ratio_rate${window}`,
  rejected: 'job:rag_queries_rejected:rate5m',
  degraded: 'job:rag_queries_degraded:rate15m',
  notRejected: 'job:rag_queries_not_rejected:rate15m',
  searches: 'job:rag_retrievals:rate15m',
  emptySearches: 'job:rag_retrievals_empty:rate15m',
  answered: (window: Window) => `job:rag_query_duration_seconds_answered:rate${window}`,
  /** Answered, and later than the objective says. */
  slow: (window: Window) => `job:rag_query_duration_seconds_slow:rate${window}`,
  slowShare: (window: Window) => `job:rag_query_duration_seconds_slow:ratio_rate${window}`,
  answeredBuckets: 'job_le:rag_query_duration_seconds_bucket_answered:rate5m',
  firstTokenBuckets: 'job_le:rag_time_to_first_token_seconds_bucket:rate5m',
} as const;

/** Rates of the short windows: what most alerts ask for. */
export function shortRules(plan: Plan): RecordingRule[] {
  const rate = (series: string, window: Window) => `rate(${series}[${scaled(plan, WINDOWS[window])}])`;
  const queries = metric('queries');
  const retrievals = metric('retrievals');
  return [
    { record: RECORDED.rejected, expr: `sum by (job) (${rate(`${queries}{outcome="rejected"}`, '5m')})` },
    { record: RECORDED.degraded, expr: `sum by (job) (${rate(`${queries}{outcome="degraded"}`, '15m')})` },
    {
      record: RECORDED.notRejected,
      expr: `sum by (job) (${rate(`${queries}{outcome!~"rejected|invalid|withdrawn"}`, '15m')})`,
    },
    { record: RECORDED.searches, expr: `sum by (job) (${rate(`${retrievals}{${SEARCH}}`, '15m')})` },
    {
      record: RECORDED.emptySearches,
      expr: `sum by (job) (${rate(`${retrievals}{${SEARCH},result="empty"}`, '15m')})`,
    },
    {
      record: RECORDED.answeredBuckets,
      expr: `sum by (job, le) (${rate(`${metric('queryDuration')}_bucket{${ANSWERED}}`, '5m')})`,
    },
    {
      record: RECORDED.firstTokenBuckets,
      expr: `sum by (job, le) (${rate(`${metric('firstToken')}_bucket`, '5m')})`,
    },
  ];
}

/** Numerators, denominators and shares of both objectives, over every window of the burn rates. */
export function objectiveRules(plan: Plan): RecordingRule[] {
  return BURN_WINDOWS.flatMap((window) => [
    ...availabilityRules(plan, window),
    ...latencyRules(plan, window),
  ]);
}

function availabilityRules(plan: Plan, window: Window): RecordingRule[] {
  const range = scaled(plan, WINDOWS[window]);
  const queries = metric('queries');
  // `or` rather than +: where nothing ever fell back, there is no such series, and a sum with it would be empty.
  const bad = `rate(${queries}{outcome=~"error|rejected"}[${range}]) or rate(${metric('fallbacks')}{to="last-resort"}[${range}])`;
  return [
    {
      record: RECORDED.queries(window),
      expr: `sum by (job) (rate(${queries}{outcome!~"invalid|withdrawn"}[${range}]))`,
    },
    { record: RECORDED.bad(window), expr: `sum by (job) (${bad})` },
    { record: RECORDED.badShare(window), expr: `${RECORDED.bad(window)} / ${RECORDED.queries(window)}` },
  ];
}

function latencyRules(plan: Plan, window: Window): RecordingRule[] {
  const range = scaled(plan, WINDOWS[window]);
  const duration = metric('queryDuration');
  const inTime = `${ANSWERED},${bucketOf(plan.objectives.latencySeconds)}`;
  return [
    {
      record: RECORDED.answered(window),
      expr: `sum by (job) (rate(${duration}_count{${ANSWERED}}[${range}]))`,
    },
    {
      record: RECORDED.slow(window),
      expr: `clamp_min(${RECORDED.answered(window)} - sum by (job) (rate(${duration}_bucket{${inTime}}[${range}])), 0)`,
    },
    { record: RECORDED.slowShare(window), expr: `${RECORDED.slow(window)} / ${RECORDED.answered(window)}` },
  ];
}
