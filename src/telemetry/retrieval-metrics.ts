import type { EngineEvent } from '../engine/events.ts';
import type { QuestionSeries } from './question-series.ts';

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
  series: QuestionSeries,
  { retriever, count, topScore }: Told<'retrieval.finished'>,
  query: Searches | undefined,
): void {
  const fused = retriever === 'fused';
  const dropped = fused && (query?.found ?? 0) > 0;
  const result = count > 0 ? 'hit' : dropped ? 'below_threshold' : 'empty';
  series.retrievals[retriever][result].inc();
  if (topScore !== undefined) series.topScores[retriever].observe(topScore);
  if (fused) series.retrieved.observe(count);
  if (query !== undefined) query.found = fused ? 0 : query.found + count; // it may be searched again
}
