import { CACHE_LAYERS, type CacheLayer } from '../../engine/events.ts';
import type { NightlyCommand } from '../../telemetry/catalogue.ts';
import { ASKED_OUTCOMES, type AskedOutcome, dateOf, JUDGE_COST } from './fact.ts';
import type { AnalyticsReads, DayRange } from './store-reads.ts';

/** Of a cache layer: look-ups by what came of them, and the share that the layer had something for. */
export interface LayerSummary {
  readonly hits: number;
  readonly stale: number;
  readonly misses: number;
  /** Null where it was never asked. */
  readonly rate: number | null;
}

/** `GET /api/metrics`. Times are milliseconds unless they say otherwise; what nobody knows is null. */
export interface MetricsSummary {
  readonly success: true;
  readonly from: string;
  readonly to: string;
  readonly query_count: number;
  readonly outcomes: Readonly<Record<AskedOutcome, number>>;
  /** Of the questions that were answered, from the arrival of the request until the response was out. */
  readonly avg_response_time: number | null;
  readonly p50_response_time: number | null;
  readonly p95_response_time: number | null;
  readonly p99_response_time: number | null;
  /** Errors and refusals over all questions. */
  readonly error_rate: number | null;
  /** Answers out of the response or the semantic cache over all questions. */
  readonly cache_hit_rate: number | null;
  readonly cache_hit_rate_by_layer: Readonly<Record<CacheLayer, LayerSummary>>;
  /** Of the last golden run: success at 5 over answerable questions. */
  readonly retrieval_accuracy: number | null;
  readonly retrieval_accuracy_at: string | null;
  /** The last run of each golden set, the canary's and those of each nightly command apart. */
  readonly golden: readonly {
    readonly dataset: string;
    readonly source: 'canary' | 'nightly';
    /** Of a nightly run; else null. */
    readonly command: NightlyCommand | null;
    readonly at: string;
    readonly questions: number;
    readonly failed: number;
    readonly retrieval_accuracy: number | null;
    readonly right: number | null;
    readonly recall: Readonly<Record<string, number>>;
  }[];
  /** Means over the sample of live answers that was scored: no golden answer is known for them. */
  readonly online_scores: Readonly<Record<string, { readonly mean: number; readonly samples: number }>>;
  /** Seconds since the service started. */
  readonly uptime: number;
  /**
   * Of the minutes of these days, those in which the service was up; they count from the first that the service was ever up in, where
   * that is one of these days.
   */
  readonly uptime_percentage: number | null;
  readonly cost_usd: number;
  /** Of the model that judges live answers: no part of `cost_usd`. */
  readonly judge_cost_usd: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
  /** Questions of `canary`, which count nowhere else. */
  readonly canary_queries: number;
  /** Questions that were answered, but not counted, for want of room. */
  readonly not_counted: number;
}

export interface SummarySetting {
  readonly reads: AnalyticsReads;
  readonly range: DayRange;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly startedAt: number;
}

export function summarise({ reads, range, now, startedAt }: SummarySetting): MetricsSummary {
  const counters = reads.counters(range);
  const of = (name: string): number => counters.get(name) ?? 0;
  const latency = reads.latency(range);
  const known = (ms: number): number | null => (Number.isNaN(ms) ? null : round(ms));
  const queries = of('queries');
  const share = (part: number): number | null => (queries === 0 ? null : part / queries);
  const layers = Object.fromEntries(CACHE_LAYERS.map((layer) => [layer, layerOf(layer, of)])) as Record<
    CacheLayer,
    LayerSummary
  >;
  const { response, semantic } = layers;
  // A nightly run may have driven a load, and asked no golden question.
  const golden = reads.goldenRuns().filter(({ questions }) => questions > 0);
  const accurate = golden.find(({ retrieval_accuracy }) => retrieval_accuracy !== null);
  // A run from before the calendar was set back is not one of the future.
  const dateAt = (at: number): string => new Date(Math.min(at, now)).toISOString();
  return {
    success: true,
    from: dateOf(range.from),
    to: dateOf(range.to),
    query_count: queries,
    outcomes: Object.fromEntries(ASKED_OUTCOMES.map((name) => [name, of(name)])) as Record<
      AskedOutcome,
      number
    >,
    avg_response_time: known(latency.mean),
    p50_response_time: known(latency.quantile(0.5)),
    p95_response_time: known(latency.quantile(0.95)),
    p99_response_time: known(latency.quantile(0.99)),
    error_rate: share(of('error') + of('rejected')),
    cache_hit_rate: share(response.hits + response.stale + semantic.hits + semantic.stale),
    cache_hit_rate_by_layer: layers,
    retrieval_accuracy: accurate?.retrieval_accuracy ?? null,
    retrieval_accuracy_at: accurate === undefined ? null : dateAt(accurate.at),
    golden: golden.map(({ dataset, at, questions, failed, retrieval_accuracy, right, recall, nightly }) => ({
      dataset,
      source: nightly === undefined ? 'canary' : 'nightly',
      command: nightly?.command ?? null,
      at: dateAt(at),
      questions,
      failed,
      retrieval_accuracy,
      right,
      recall,
    })),
    online_scores: Object.fromEntries(
      reads.scores(range).map(({ evaluator, count, mean }) => [evaluator, { mean, samples: count }]),
    ),
    uptime: Math.max(0, (now - startedAt) / 1000),
    uptime_percentage: uptimePercentage(reads, range, now),
    cost_usd: of('cost_usd'),
    judge_cost_usd: of(JUDGE_COST),
    input_tokens: of('input_tokens'),
    output_tokens: of('output_tokens'),
    canary_queries: of('canary'),
    not_counted: of('lost'),
  };
}

function layerOf(layer: CacheLayer, of: (name: string) => number): LayerSummary {
  const [hits, stale, misses] = ['hit', 'stale', 'miss'].map((state) => of(`cache.${layer}.${state}`)) as [
    number,
    number,
    number,
  ];
  const all = hits + stale + misses;
  return { hits, stale, misses, rate: all === 0 ? null : (hits + stale) / all };
}

function uptimePercentage(reads: AnalyticsReads, range: DayRange, now: number): number | null {
  const { minutes, first } = reads.alive(range);
  if (first === null) return null;
  const last = Math.min(Math.floor(now / 60_000), (range.to + 1) * 1440 - 1);
  return 100 * Math.min(1, minutes / Math.max(1, last - first + 1));
}

/** To the microsecond. */
const round = (ms: number): number => Math.round(ms * 1000) / 1000;
