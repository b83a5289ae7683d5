import type { Plan } from '../plan.ts';
import { scaled } from '../plan.ts';
import { bucketOf, metric, ofJob } from '../promql-text.ts';
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
  const rate = (series: string, matchers: readonly string[], window: Window) =>
    `rate(${ofJob(plan, series, ...matchers)}[${scaled(plan, WINDOWS[window])}])`;
  const queries = (matcher: string, window: Window) => rate(metric('queries'), [matcher], window);
  const searches = (...matchers: string[]) => rate(metric('retrievals'), [SEARCH, ...matchers], '15m');
  const buckets = (key: 'queryDuration' | 'firstToken', ...matchers: string[]) =>
    rate(`${metric(key)}_bucket`, matchers, '5m');
  return [
    { record: RECORDED.rejected, expr: `sum by (job) (${queries('outcome="rejected"', '5m')})` },
    { record: RECORDED.degraded, expr: `sum by (job) (${queries('outcome="degraded"', '15m')})` },
    {
      record: RECORDED.notRejected,
      expr: `sum by (job) (${queries('outcome!~"rejected|invalid|withdrawn"', '15m')})`,
    },
    { record: RECORDED.searches, expr: `sum by (job) (${searches()})` },
    { record: RECORDED.emptySearches, expr: `sum by (job) (${searches('result="empty"')})` },
    { record: RECORDED.answeredBuckets, expr: `sum by (job, le) (${buckets('queryDuration', ANSWERED)})` },
    { record: RECORDED.firstTokenBuckets, expr: `sum by (job, le) (${buckets('firstToken')})` },
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
  const rate = (series: string, matcher: string) =>
    `rate(${ofJob(plan, series, matcher)}[${scaled(plan, WINDOWS[window])}])`;
  const asked = rate(metric('queries'), 'outcome!~"invalid|withdrawn"');
  // `or` rather than +: where nothing ever fell back, there is no such series, and a sum with it would be empty.
  const bad = `${rate(metric('queries'), 'outcome=~"error|rejected"')} or ${rate(metric('fallbacks'), 'to="last-resort"')}`;
  return [
    { record: RECORDED.queries(window), expr: `sum by (job) (${asked})` },
    { record: RECORDED.bad(window), expr: `sum by (job) (${bad})` },
    {
      record: RECORDED.badShare(window),
      expr: shareOf(plan, RECORDED.bad(window), RECORDED.queries(window)),
    },
  ];
}

function latencyRules(plan: Plan, window: Window): RecordingRule[] {
  const rate = (part: 'count' | 'bucket', ...matchers: string[]) => {
    const series = ofJob(plan, `${metric('queryDuration')}_${part}`, ANSWERED, ...matchers);
    return `sum by (job) (rate(${series}[${scaled(plan, WINDOWS[window])}]))`;
  };
  const answered = RECORDED.answered(window);
  const inTime = rate('bucket', bucketOf(plan.objectives.latencySeconds));
  return [
    { record: answered, expr: rate('count') },
    { record: RECORDED.slow(window), expr: `clamp_min(${ofJob(plan, answered)} - ${inTime}, 0)` },
    { record: RECORDED.slowShare(window), expr: shareOf(plan, RECORDED.slow(window), answered) },
  ];
}

const shareOf = (plan: Plan, part: string, whole: string): string =>
  `${ofJob(plan, part)} / ${ofJob(plan, whole)}`;
