import type { EngineEvent } from '../engine/events.ts';
import type { Metrics } from './registry.ts';

type Told<Type extends EngineEvent['type']> = Extract<EngineEvent, { type: Type }>;

/** What the searches of one question have found so far, before they were put together. */
export interface Searches {
  found: number;
}

/**
 * Counts a search. The engine tells of each retriever, then of both together: where these have nothing left of what those had
 * found, a threshold took it.
 */
export function countRetrieval(
  metrics: Metrics,
  { retriever, count, topScore }: Told<'retrieval.finished'>,
  query: Searches | undefined,
): void {
  const fused = retriever === 'fused';
  const dropped = fused && (query?.found ?? 0) > 0;
  const result = count > 0 ? 'hit' : dropped ? 'below_threshold' : 'empty';
  metrics.retrievals.inc({ retriever, result });
  if (topScore !== undefined) metrics.topScore.observe({ retriever }, topScore);
  if (fused) metrics.retrievedDocuments.observe({ stage: 'retrieve' }, count);
  if (query !== undefined) query.found = fused ? 0 : query.found + count; // it may be searched again
}
