import type { EngineEvent } from '../engine/events.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Emitter } from '../kernel/emitter.ts';
import type { ErrorCode } from '../kernel/errors.ts';
import type { QueryOutcome, RetryStage } from './catalogue.ts';
import { watchBreakers } from './engine-figures.ts';
import { countModelCalls, type ModelsInUse } from './model-metrics.ts';
import type { Metrics } from './registry.ts';
import { countRetrieval, type Searches } from './retrieval-metrics.ts';

export interface EngineWatch {
  readonly events: Emitter<EngineEvent>;
  readonly metrics: Metrics;
  readonly clock: Clock;
  /** Left out: the calls of models have the labels `unknown`. */
  readonly models?: ModelsInUse;
  /**
   * Trace id of what runs now, where its trace is sampled: the exemplar of what is observed. Left out where several processes
   * serve: exemplars do not survive adding up.
   */
  readonly currentTraceId?: () => string | undefined;
}

/** One question that is being answered. */
export interface OpenQuery extends Searches {
  readonly start: number;
  cached: boolean;
}

type Told<Type extends EngineEvent['type']> = Extract<EngineEvent, { type: Type }>;

/** Counts what one engine tells. What comes back stops that. Nobody listens where metrics are off. */
export function countEngineEvents(watch: EngineWatch): () => void {
  const { events, metrics, clock } = watch;
  if (!metrics.enabled) return () => undefined;
  const open = new Map<number, OpenQuery>();
  const breakers = watchBreakers(metrics);
  const countCall = countModelCalls(metrics, watch.models);
  const unlisten = events.listen((event) => {
    countCall(event);
    switch (event.type) {
      case 'query.started':
        open.set(event.query, { start: clock.now(), cached: false, found: 0 });
        break;
      case 'query.finished':
        close(watch, open, event, event.degraded === undefined ? event.outcome : 'degraded', event.duration);
        break;
      case 'query.failed':
        metrics.errors.inc({ stage: event.stage ?? 'none', error_type: event.code });
        if (event.stage === 'retrieve') metrics.retrievals.inc({ retriever: 'fused', result: 'error' });
        close(watch, open, event, outcomeOf(event.code));
        break;
      case 'breaker.changed':
        breakers.changed(event.dependency, event.to);
        break;
      default:
        countWithin(watch, event, open);
        break;
    }
  });
  return () => {
    unlisten();
    breakers.stop();
  };
}

function close(
  { metrics, clock, currentTraceId }: EngineWatch,
  open: Map<number, OpenQuery>,
  { query }: { readonly query: number },
  outcome: QueryOutcome,
  durationMs?: number,
): void {
  const { start, cached } = open.get(query) ?? { start: clock.now(), cached: false };
  open.delete(query);
  metrics.queries.inc({ outcome });
  const seconds = (durationMs ?? clock.now() - start) / 1000;
  metrics.queryDuration.observe({ outcome, cache: cached ? 'hit' : 'miss' }, seconds, currentTraceId?.());
}

/** What happens between the start of a question and its end, and beside questions. */
function countWithin(
  { metrics }: EngineWatch,
  event: EngineEvent,
  open: ReadonlyMap<number, OpenQuery>,
): void {
  switch (event.type) {
    case 'cache.looked-up':
      countLookUp(metrics, event, open.get(event.query));
      break;
    case 'stage.finished':
      metrics.stageDuration.observe({ stage: event.stage }, event.duration / 1000);
      break;
    case 'retrieval.finished':
      countRetrieval(metrics, event, open.get(event.query));
      break;
    case 'token.first':
      metrics.firstToken.observe(event.sinceStart / 1000);
      break;
    case 'query.degraded':
      countFallback(metrics, event);
      break;
    case 'dependency.retried':
      metrics.retries.inc({ stage: stageOf(event), reason: event.cause });
      break;
    case 'retry.refused':
      metrics.retriesRefused.inc({ dependency: event.dependency, reason: event.why });
      break;
    default: // of no metric
      break;
  }
}

function countLookUp(
  metrics: Metrics,
  { layer, state }: Told<'cache.looked-up'>,
  query: OpenQuery | undefined,
): void {
  if (state === 'off') return;
  metrics.cacheRequests.inc({ layer, result: state });
  const whole = layer === 'response' || layer === 'semantic';
  if (whole && state !== 'miss' && query !== undefined) query.cached = true;
}

/** By what failed: the event says "embedder: open", "question: deadline". */
const FAILED_STAGES = {
  embedder: 'embed',
  vectors: 'retrieve',
  keywords: 'retrieve',
  store: 'retrieve',
  index: 'retrieve',
  reranker: 'rerank',
  generator: 'generate',
  cache: 'cache',
  question: 'deadline',
} as const;
type FailedPart = keyof typeof FAILED_STAGES;

function countFallback(metrics: Metrics, { level, reason }: Told<'query.degraded'>): void {
  const [source = ''] = reason.split(':', 1);
  const stage = Object.hasOwn(FAILED_STAGES, source) ? FAILED_STAGES[source as FailedPart] : 'other';
  metrics.fallbacks.inc({ stage, to: level });
  if (source === 'vectors') metrics.retrievals.inc({ retriever: 'vector', result: 'error' });
  if (source === 'keywords') metrics.retrievals.inc({ retriever: 'keyword', result: 'error' });
}

function stageOf({ dependency, purpose }: Told<'dependency.retried'>): RetryStage {
  return purpose === 'ingest' ? 'ingest' : FAILED_STAGES[dependency];
}

/** Whose doing a failure was: that of the one who asked, of too many who ask, or of the service. */
export function outcomeOf(code: ErrorCode): QueryOutcome {
  switch (code) {
    case 'query.aborted':
      return 'withdrawn';
    case 'query.empty':
    case 'query.tooLong':
    case 'usage.argument':
      return 'invalid';
    case 'engine.overloaded':
    case 'engine.closed':
      return 'rejected';
    default:
      return 'error';
  }
}
