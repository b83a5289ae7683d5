import type { CacheLayer, EngineEvent } from '../engine/events.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Emitter } from '../kernel/emitter.ts';
import type { ErrorCode } from '../kernel/errors.ts';
import type { QueryOutcome } from './catalogue.ts';
import type { Metrics } from './registry.ts';

export interface EngineWatch {
  readonly events: Emitter<EngineEvent>;
  readonly metrics: Metrics;
  readonly clock: Clock;
}

interface OpenQuery {
  readonly start: number;
  cached: boolean;
}

/** Counts what one engine tells. What comes back stops that. */
export function countEngineEvents({ events, metrics, clock }: EngineWatch): () => void {
  const open = new Map<number, OpenQuery>();
  const close = (query: number, outcome: QueryOutcome, durationMs?: number): void => {
    const { start, cached } = open.get(query) ?? { start: clock.now(), cached: false };
    open.delete(query);
    metrics.queries.inc({ outcome });
    const seconds = (durationMs ?? clock.now() - start) / 1000;
    metrics.queryDuration.observe({ outcome, cache: cached ? 'hit' : 'miss' }, seconds);
  };

  return events.listen((event) => {
    switch (event.type) {
      case 'query.started':
        open.set(event.query, { start: clock.now(), cached: false });
        break;
      case 'cache.looked-up':
        countLookUp(metrics, event, open.get(event.query));
        break;
      case 'stage.finished':
        metrics.stageDuration.observe({ stage: event.stage }, event.duration / 1000);
        break;
      case 'retrieval.finished':
        metrics.retrievals.inc({ retriever: event.retriever, result: event.count > 0 ? 'hit' : 'empty' });
        break;
      case 'token.first':
        metrics.firstToken.observe(event.sinceStart / 1000);
        break;
      case 'query.finished':
        metrics.tokens.inc({ type: 'input' }, event.inputTokens);
        metrics.tokens.inc({ type: 'output' }, event.outputTokens);
        metrics.cost.inc(event.costUsd);
        close(event.query, event.outcome, event.duration);
        break;
      case 'query.failed':
        metrics.errors.inc({ stage: event.stage ?? 'none', error_type: event.code });
        close(event.query, outcomeOf(event.code));
        break;
      default: // of the index, not of questions
        break;
    }
  });
}

function countLookUp(
  metrics: Metrics,
  { layer, state }: Extract<EngineEvent, { type: 'cache.looked-up' }>,
  query: OpenQuery | undefined,
): void {
  if (state === 'off') return;
  metrics.cacheRequests.inc({ layer, result: state });
  if (layer === 'response' && state === 'hit' && query !== undefined) query.cached = true;
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

/** What is read of the engine, rather than told by it. */
export interface EngineFigures {
  readonly documents: number;
  readonly chunks: number;
  readonly version: number;
  readonly caches: Readonly<
    Record<CacheLayer, { readonly entries: number; readonly evictions: number } | undefined>
  >;
}

/** Reads the engine's figures before each reading of the metrics. What comes back stops that. */
export function watchEngineFigures(metrics: Metrics, read: () => EngineFigures): () => void {
  const evicted = new Map<CacheLayer, number>();
  return metrics.beforeReading(() => {
    const { documents, chunks, version, caches } = read();
    metrics.indexDocuments.set(documents);
    metrics.indexChunks.set(chunks);
    metrics.indexVersion.set(version);
    for (const layer of Object.keys(caches) as CacheLayer[]) {
      const { entries = 0, evictions = 0 } = caches[layer] ?? {};
      metrics.cacheEntries.set({ layer }, entries);
      metrics.cacheEvictions.inc({ layer }, Math.max(0, evictions - (evicted.get(layer) ?? 0)));
      evicted.set(layer, evictions);
    }
  });
}
