import type { ErrorCode } from '../kernel/errors.ts';

export const STAGES = ['embed', 'retrieve', 'rerank', 'prompt', 'generate'] as const;
export type Stage = (typeof STAGES)[number];

export const CACHE_LAYERS = ['embedding', 'retrieval', 'response'] as const;
export type CacheLayer = (typeof CACHE_LAYERS)[number];

/** `off` when the layer is switched off or was not reached. */
export type CacheState = 'hit' | 'miss' | 'off';

/** What the engine tells whoever listens. Durations are milliseconds; `query` numbers a question within one engine. */
export type EngineEvent =
  | { readonly type: 'query.started'; readonly query: number; readonly questionLength: number }
  | {
      readonly type: 'cache.looked-up';
      readonly query: number;
      readonly layer: CacheLayer;
      readonly state: CacheState;
    }
  | {
      readonly type: 'stage.finished';
      readonly query: number;
      readonly stage: Stage;
      readonly start: number;
      readonly duration: number;
    }
  | {
      readonly type: 'retrieval.finished';
      readonly query: number;
      readonly retriever: 'keyword' | 'vector' | 'fused';
      readonly count: number;
      readonly topScore: number | undefined;
    }
  | { readonly type: 'token.first'; readonly query: number; readonly sinceStart: number }
  | {
      readonly type: 'query.finished';
      readonly query: number;
      readonly outcome: 'answered' | 'no_context' | 'abstained';
      readonly duration: number;
      readonly inputTokens: number;
      readonly outputTokens: number;
      readonly costUsd: number;
    }
  | {
      readonly type: 'query.failed';
      readonly query: number;
      readonly stage: Stage | undefined;
      readonly code: ErrorCode;
    }
  | {
      readonly type: 'ingest.progress';
      readonly phase: 'read' | 'fit' | 'embed' | 'publish' | 'index';
      readonly done: number;
      /** Undefined while the end is not known. */
      readonly total: number | undefined;
    }
  | { readonly type: 'document.failed'; readonly documentId: string; readonly code: ErrorCode };
