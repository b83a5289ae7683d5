import { LAYERS, QUERY_OUTCOMES, type QueryOutcome, RETRIEVERS, STAGES } from './catalogue/labels.ts';
import type { BoundCounter, BoundHistogram } from './metric-handles.ts';
import type { MetricHandles } from './registry.ts';

type ByLabel<Value extends string, Bound> = Readonly<Record<Value, Bound>>;
const CACHE_RESULTS = ['hit', 'miss', 'stale'] as const;
const RETRIEVAL_RESULTS = ['hit', 'empty', 'below_threshold', 'error'] as const;

/**
 * The series that every question adds to, with their labels looked up once: of two dozen observations a question, the look-ups were
 * two thirds of the cost.
 */
export interface QuestionSeries {
  readonly queries: ByLabel<QueryOutcome, BoundCounter>;
  readonly durations: {
    readonly hit: ByLabel<QueryOutcome, BoundHistogram>;
    readonly miss: ByLabel<QueryOutcome, BoundHistogram>;
  };
  readonly stages: ByLabel<(typeof STAGES)[number], BoundHistogram>;
  readonly firstToken: BoundHistogram;
  readonly lookUps: ByLabel<(typeof LAYERS)[number], ByLabel<(typeof CACHE_RESULTS)[number], BoundCounter>>;
  readonly retrievals: ByLabel<
    (typeof RETRIEVERS)[number],
    ByLabel<(typeof RETRIEVAL_RESULTS)[number], BoundCounter>
  >;
  readonly topScores: ByLabel<(typeof RETRIEVERS)[number], BoundHistogram>;
  readonly retrieved: BoundHistogram;
  readonly reranked: BoundHistogram;
  readonly inContext: BoundHistogram;
}

export function bindQuestionSeries(metrics: MetricHandles): QuestionSeries {
  const durations = (cache: 'hit' | 'miss') =>
    byLabel(QUERY_OUTCOMES, (outcome) => metrics.queryDuration.at({ outcome, cache }));
  return {
    queries: byLabel(QUERY_OUTCOMES, (outcome) => metrics.queries.at({ outcome })),
    durations: { hit: durations('hit'), miss: durations('miss') },
    stages: byLabel(STAGES, (stage) => metrics.stageDuration.at({ stage })),
    firstToken: metrics.firstToken.at({}),
    lookUps: byLabel(LAYERS, (layer) =>
      byLabel(CACHE_RESULTS, (result) => metrics.cacheRequests.at({ layer, result })),
    ),
    retrievals: byLabel(RETRIEVERS, (retriever) =>
      byLabel(RETRIEVAL_RESULTS, (result) => metrics.retrievals.at({ retriever, result })),
    ),
    topScores: byLabel(RETRIEVERS, (retriever) => metrics.topScore.at({ retriever })),
    retrieved: metrics.retrievedDocuments.at({ stage: 'retrieve' }),
    reranked: metrics.retrievedDocuments.at({ stage: 'rerank' }),
    inContext: metrics.retrievedDocuments.at({ stage: 'context' }),
  };
}

function byLabel<Value extends string, Bound>(
  values: readonly Value[],
  bind: (value: Value) => Bound,
): ByLabel<Value, Bound> {
  return Object.fromEntries(values.map((value) => [value, bind(value)])) as Record<Value, Bound>;
}
