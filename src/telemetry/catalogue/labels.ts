import type { CacheLayer, EngineEvent, Stage } from '../../engine/events.ts';

type Told<Type extends EngineEvent['type']> = Extract<EngineEvent, { type: Type }>;
export type DependencyName = Told<'breaker.changed'>['dependency'];
export type FallbackLevel = Told<'query.degraded'>['level'];
type Cause = Told<'dependency.retried'>['cause'];

/** What a label value becomes that the catalogue does not know. */
export const OTHER = 'other';

/** `degraded` is an answer of less than full quality, because something failed on the way. */
export const QUERY_OUTCOMES = [
  'answered',
  'abstained',
  'no_context',
  'degraded',
  'error',
  'rejected',
  'invalid',
  'withdrawn',
] as const;
export type QueryOutcome = (typeof QUERY_OUTCOMES)[number];

export const REFUSAL_REASONS = ['queue_full', 'queue_wait', 'queue_age', 'deadline', 'draining'] as const;
export type RefusalReason = (typeof REFUSAL_REASONS)[number];

/** What waits for a place: questions, and documents to be taken in. */
export const QUEUES = ['queries', 'documents'] as const;
export type QueueName = (typeof QUEUES)[number];

export const STAGES = [
  'embed',
  'retrieve',
  'rerank',
  'prompt',
  'generate',
] as const satisfies readonly Stage[];
export const LAYERS = [
  'embedding',
  'retrieval',
  'response',
  'semantic',
] as const satisfies readonly CacheLayer[];
export const RETRIEVERS = ['keyword', 'vector', 'fused'] as const;

/** Methods that HTTP knows; any other word is `other`. */
export const HTTP_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', OTHER] as const;

export const DEPENDENCIES = [
  'embedder',
  'vectors',
  'keywords',
  'generator',
  'cache',
  'store',
] as const satisfies readonly DependencyName[];

/** As Prometheus writes words; the engine says `half-open`. */
export const BREAKER_STATES = ['closed', 'open', 'half_open'] as const;

export const RETRY_CAUSES = [
  'error',
  'timeout',
  'open',
  'busy',
  'deadline',
] as const satisfies readonly Cause[];

/** Where something is made again, or done without: the stages of a question, what they lean on, and an ingest. */
export const RETRY_STAGES = [...STAGES, 'cache', 'ingest'] as const;
export type RetryStage = (typeof RETRY_STAGES)[number];

/** Where a question went on with less: the stages, what they lean on, and its own deadline. */
export const FALLBACK_STAGES = [...STAGES, 'cache', 'deadline', OTHER] as const;
export type FallbackStage = (typeof FALLBACK_STAGES)[number];

/** What stands in, from the best to the last. */
export const FALLBACKS = [
  'keyword',
  'extractive',
  'cached',
  'canned',
  'last-resort',
] as const satisfies readonly FallbackLevel[];

/** The one index that a service searches, unless it is told another name. */
export const DEFAULT_INDEX = 'main';

/** What is scored of live questions (online) and of golden ones (offline). */
export const EVALUATORS = [
  'lexical_faithfulness',
  'top_score',
  'empty_retrieval',
  'llm_judge',
  'golden_recall',
  'golden_right',
] as const;
export type Evaluator = (typeof EVALUATORS)[number];

/** Commands whose runs can be told to a service. */
export const NIGHTLY_COMMANDS = ['evaluate', 'bench', 'load', 'gate'] as const;
export type NightlyCommand = (typeof NIGHTLY_COMMANDS)[number];
export const NIGHTLY_VERDICTS = ['passed', 'failed', 'inconclusive', 'invalid'] as const;
export type NightlyVerdict = (typeof NIGHTLY_VERDICTS)[number];

/** What became of a request of the load generator. */
export const LOAD_OUTCOMES = ['ok', 'error', 'timeout', 'dropped'] as const;
/** Share of a window's requests, in percent, that were at most so slow. */
export const PERCENTILES = ['50', '95', '99'] as const;
