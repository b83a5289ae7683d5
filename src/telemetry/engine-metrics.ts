import type { EngineEvent, Stage } from '../engine/events.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Emitter } from '../kernel/emitter.ts';
import type { ErrorCode } from '../kernel/errors.ts';
import type { QueryOutcome, RetryStage } from './catalogue.ts';
import { watchBreakers } from './engine-figures.ts';
import { countModelCalls, type ModelsInUse } from './model-metrics.ts';
import { bindQuestionSeries, type QuestionSeries } from './question-series.ts';
import type { Metrics } from './registry.ts';
import { countRetrieval, type Searches } from './retrieval-metrics.ts';

export interface EngineWatch {
  readonly events: Emitter<EngineEvent>;
  readonly metrics: Metrics;
  readonly clock: Clock;
  /** Left out: the calls of models have the labels `unknown`. */
  readonly models?: ModelsInUse;
  /**
   * Trace id of a question by its tag, where its trace is sampled: the exemplar of what is observed. Left out where several
   * processes serve: exemplars do not survive adding up.
   */
  readonly traceIdOf?: (tag: object | undefined) => string | undefined;
}

/** One question that is being answered. */
export interface OpenQuery extends Searches {
  readonly start: number;
  readonly tag: object | undefined;
  /** Milliseconds before the start, in a queue. */
  readonly waitedMs: number;
  cached: boolean;
}

type Told<Type extends EngineEvent['type']> = Extract<EngineEvent, { type: Type }>;

/** Counts what one engine tells. What comes back stops that. Nobody listens where metrics are off. */
export function countEngineEvents(watch: EngineWatch): () => void {
  const { events, metrics } = watch;
  if (!metrics.enabled) return () => undefined;
  const breakers = watchBreakers(metrics);
  for (const { stage, code } of EXPECTED_ERRORS) metrics.errors.inc({ stage, error_type: code }, 0);
  const count = counters(watch, breakers);
  const unlisten = events.listen((event) => {
    (count[event.type] as ((event: EngineEvent) => void) | undefined)?.(event);
  });
  return () => {
    unlisten();
    breakers.stop();
  };
}

/** What is done with an event, by its type; nothing with those that are of no metric. */
type Counters = { readonly [Type in EngineEvent['type']]?: (event: Told<Type>) => void };

function counters(watch: EngineWatch, breakers: ReturnType<typeof watchBreakers>): Counters {
  const { metrics, clock } = watch;
  const open = new OpenQueries();
  const series = bindQuestionSeries(metrics);
  const models = countModelCalls(metrics, watch.models);
  const close = (
    event: Told<'query.finished'> | Told<'query.failed'>,
    outcome: QueryOutcome,
    duration: number | undefined,
  ): void => {
    const query = open.close(event.query);
    const own = duration ?? (query === undefined ? 0 : clock.now() - query.start);
    const seconds = (own + (query?.waitedMs ?? 0)) / 1000;
    series.queries[outcome].inc();
    const durations = series.durations[query?.cached ? 'hit' : 'miss'];
    durations[outcome].observe(seconds, watch.traceIdOf?.(query?.tag));
  };
  return {
    'query.started': ({ query, tag, waitedMs = 0 }) =>
      open.add(query, { start: clock.now(), tag, waitedMs, cached: false, found: 0 }),
    'cache.looked-up': (event) => countLookUp(series, event, open.at(event.query)),
    'dependency.called': models.called,
    'stage.finished': (event) => {
      series.stages[event.stage].observe(event.duration / 1000);
      models.stageFinished(event);
    },
    'stage.failed': (event) => {
      series.stages[event.stage].observe(event.duration / 1000);
      models.stageFailed(event);
    },
    'retrieval.finished': (event) => countRetrieval(series, event, open.at(event.query)),
    'model.used': models.used,
    'token.first': ({ query, sinceStart }) =>
      series.firstToken.observe((sinceStart + (open.at(query)?.waitedMs ?? 0)) / 1000),
    'query.finished': (event) => {
      const { contextSize, rerankedSize, degraded, outcome, duration } = event;
      if (contextSize !== undefined) series.inContext.observe(contextSize);
      if (rerankedSize !== undefined) series.reranked.observe(rerankedSize);
      close(event, degraded === undefined ? outcome : 'degraded', duration);
    },
    'query.failed': (event) => {
      metrics.errors.inc({ stage: event.stage ?? 'none', error_type: event.code });
      if (event.stage === 'retrieve') series.retrievals.fused.error.inc();
      close(event, outcomeOf(event.code), undefined);
    },
    'query.degraded': (event) => countFallback(metrics, event),
    'dependency.retried': (event) => metrics.retries.inc({ stage: stageOf(event), reason: event.cause }),
    'retry.refused': ({ dependency, why }) => metrics.retriesRefused.inc({ dependency, reason: why }),
    'breaker.changed': ({ dependency, to }) => breakers.changed(dependency, to),
  };
}

/** Questions by number. Several events in a row are of the same one. */
class OpenQueries {
  readonly #open = new Map<number, OpenQuery>();
  #number: number | undefined;
  #last: OpenQuery | undefined;

  add(number: number, query: OpenQuery): void {
    this.#open.set(number, query);
    this.#number = number;
    this.#last = query;
  }

  at(number: number): OpenQuery | undefined {
    if (number !== this.#number) {
      this.#last = this.#open.get(number);
      this.#number = number;
    }
    return this.#last;
  }

  close(number: number): OpenQuery | undefined {
    const query = this.at(number);
    this.#open.delete(number);
    this.#number = undefined;
    this.#last = undefined;
    return query;
  }
}

const CALL_ERRORS = ['dependency.timeout', 'dependency.open', 'dependency.busy'] as const;
/**
 * Errors that questions are known to end with, by stage: at zero from the start, since of a series that begins at 1 no rate and no increase
 * ever tells the first.
 */
const EXPECTED_ERRORS: readonly { readonly stage: Stage | 'none'; readonly code: ErrorCode }[] =
  Object.entries({
    none: [
      'query.aborted',
      'query.empty',
      'query.tooLong',
      'usage.argument',
      'engine.overloaded',
      'store.empty',
    ],
    embed: ['embedding.failed', ...CALL_ERRORS],
    retrieve: CALL_ERRORS,
    prompt: ['dependency.open', 'store.corrupt'],
    generate: ['generation.failed', ...CALL_ERRORS],
  } satisfies Partial<Record<Stage | 'none', readonly ErrorCode[]>>).flatMap(([stage, codes]) =>
    codes.map((code) => ({ stage: stage as Stage, code })),
  );

function countLookUp(
  series: QuestionSeries,
  { layer, state }: Told<'cache.looked-up'>,
  query: OpenQuery | undefined,
): void {
  if (state === 'off') return;
  series.lookUps[layer][state].inc();
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
