import type { EngineOptions } from '../options.ts';
import type { Reranker } from '../ports.ts';
import { createMmrReranker } from './mmr.ts';

/** The reranker that the settings name; undefined for none. */
export function createReranker(options: EngineOptions['reranking']): Reranker | undefined {
  return options.kind === 'mmr' ? createMmrReranker(options) : undefined;
}
