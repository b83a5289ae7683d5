import type { ErrorCode } from '../kernel/errors.ts';
import type { DegradationLevel, Dependency } from './resilience/options.ts';
import type { BreakerState, FailureCause } from './resilience/policy.ts';

export const STAGES = ['embed', 'retrieve', 'rerank', 'prompt', 'generate'] as const;
export type Stage = (typeof STAGES)[number];

export const CACHE_LAYERS = ['embedding', 'retrieval', 'response', 'semantic'] as const;
export type CacheLayer = (typeof CACHE_LAYERS)[number];

/** `off` when the layer is switched off or was not reached; `stale`: a value past its time, while a new one is made. */
export type CacheState = 'hit' | 'stale' | 'miss' | 'off';

/**
 * The question in whose course a dependency is called: of several that share one call, the first. Undefined for an ingest, for
 * the store, which does its work in the caller's turn, and for what no question asked for.
 */
type CallingQuery = number | undefined;

/**
 * What did the work of the stage `generate` in place of the engine's generator: sentences of the passages, or nothing at all, where there
 * was nothing to answer from.
 */
export type Substitute = 'extractive' | 'none';

/** What the engine tells whoever listens. Durations are milliseconds; `query` numbers a question within one engine. */
export type EngineEvent =
  | {
      readonly type: 'query.started';
      readonly query: number;
      readonly questionLength: number;
      /** Passages that are wanted. */
      readonly topK?: number;
      /** Milliseconds that it waited for its place before. */
      readonly waitedMs?: number;
      /** What the asker gave with the question. */
      readonly tag?: object | undefined;
    }
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
      readonly by?: Substitute | undefined;
      readonly start: number;
      readonly duration: number;
    }
  | {
      /** It was begun and came to nothing; something may stand in for it. */
      readonly type: 'stage.failed';
      readonly query: number;
      readonly stage: Stage;
      readonly by?: Substitute | undefined;
      readonly start: number;
      readonly duration: number;
      readonly code: ErrorCode;
    }
  | {
      readonly type: 'retrieval.finished';
      readonly query: number;
      readonly retriever: 'keyword' | 'vector' | 'fused';
      readonly count: number;
      readonly topScore: number | undefined;
    }
  | {
      /** A model was called and has told what it took, whatever becomes of the answer. */
      readonly type: 'model.used';
      readonly query?: CallingQuery;
      readonly operation: 'chat' | 'embeddings';
      readonly purpose: 'query' | 'ingest';
      readonly inputTokens: number;
      readonly outputTokens: number;
      readonly costUsd: number;
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
      /** Undefined for an answer of the full pipeline. */
      readonly degraded?: DegradationLevel | undefined;
      /** Passages that the reranker put in order; undefined where none did. */
      readonly rerankedSize?: number | undefined;
      /** Passages that the generator was shown. */
      readonly contextSize?: number | undefined;
    }
  | {
      readonly type: 'query.degraded';
      readonly query: number;
      readonly level: DegradationLevel;
      readonly reason: string;
    }
  | {
      /** One attempt to call a dependency; `open` and `busy` never reached it. */
      readonly type: 'dependency.called';
      readonly query?: CallingQuery;
      readonly dependency: Dependency;
      readonly purpose: 'query' | 'ingest';
      readonly outcome: 'ok' | FailureCause;
      /** From 1. */
      readonly attempt: number;
      readonly duration: number;
    }
  | {
      readonly type: 'dependency.retried';
      readonly query?: CallingQuery;
      readonly dependency: Dependency;
      readonly purpose: 'query' | 'ingest';
      readonly delay: number;
      readonly cause: FailureCause;
    }
  | {
      /** A retry that would have helped, and was not made. */
      readonly type: 'retry.refused';
      readonly query?: CallingQuery;
      readonly dependency: Dependency;
      readonly why: 'budget' | 'deadline';
    }
  | {
      readonly type: 'breaker.changed';
      readonly query?: CallingQuery;
      readonly dependency: Dependency;
      readonly from: BreakerState;
      readonly to: BreakerState;
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
  | { readonly type: 'document.failed'; readonly documentId: string; readonly code: ErrorCode }
  | {
      /** Not tried, since a dependency's breaker spares it: it waits for the next ingest. */
      readonly type: 'document.skipped';
      readonly documentId: string;
      /** `embedder: open` */
      readonly reason: string;
    };
