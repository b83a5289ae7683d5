import type { CacheLayer, Stage } from '../engine/events.ts';

/**
 * Every metric as data, named and counted as Prometheus says: base units, `_total` behind counters, and no label whose
 * values a user could make up. Registry and documentation are made of it.
 */

/** How the values of several processes become one: counts add up, limits and states do not. */
export type Aggregate = 'sum' | 'max';

export interface MetricSpec {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  /** The values that each label may take; null where the code that observes bounds them, as the help says. */
  readonly labels: Readonly<Record<string, readonly string[] | null>>;
  /** Upper bounds, ascending; for histograms alone. */
  readonly buckets?: readonly number[];
  readonly aggregate: Aggregate;
  /** False where the combinations of labels are too many to stand at zero from the start. */
  readonly zeroed?: false;
}

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

export const REFUSAL_REASONS = ['queue_full', 'queue_wait', 'draining'] as const;
export type RefusalReason = (typeof REFUSAL_REASONS)[number];

/** What waits for a place: questions, and documents to be taken in. */
export const QUEUES = ['queries', 'documents'] as const;
export type QueueName = (typeof QUEUES)[number];

const STAGES = ['embed', 'retrieve', 'rerank', 'prompt', 'generate'] as const satisfies readonly Stage[];
const LAYERS = ['embedding', 'retrieval', 'response'] as const satisfies readonly CacheLayer[];

/** Methods that HTTP knows; any other word is `other`. */
export const HTTP_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'other'] as const;

const HTTP_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 2.5, 5, 10, 30];
const QUERY_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 30];
const STAGE_BUCKETS = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
];
const FIRST_TOKEN_BUCKETS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10];
const WAIT_BUCKETS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10];

export const CATALOGUE = {
  requests: {
    name: 'rag_requests_total',
    type: 'counter',
    help: 'HTTP requests, by method, route pattern (unmatched where none fits) and status.',
    labels: { method: HTTP_METHODS, endpoint: null, status: null },
    aggregate: 'sum',
    zeroed: false,
  },
  requestDuration: {
    name: 'rag_request_duration_seconds',
    type: 'histogram',
    help: 'Seconds from the arrival of an HTTP request to the end of its response.',
    labels: { method: HTTP_METHODS, endpoint: null },
    buckets: HTTP_BUCKETS,
    aggregate: 'sum',
    zeroed: false,
  },
  requestsInFlight: {
    name: 'rag_requests_in_flight',
    type: 'gauge',
    help: 'HTTP requests that have come and are not answered yet.',
    labels: {},
    aggregate: 'sum',
  },
  queries: {
    name: 'rag_queries_total',
    type: 'counter',
    help: 'Questions, by what became of each: exactly one outcome.',
    labels: { outcome: QUERY_OUTCOMES },
    aggregate: 'sum',
  },
  queryDuration: {
    name: 'rag_query_duration_seconds',
    type: 'histogram',
    help: 'Seconds that the engine took for a question, without the wait for a place; cache says whether the answer came out of the response cache.',
    labels: { outcome: QUERY_OUTCOMES, cache: ['hit', 'miss'] },
    buckets: QUERY_BUCKETS,
    aggregate: 'sum',
  },
  stageDuration: {
    name: 'rag_stage_duration_seconds',
    type: 'histogram',
    help: 'Seconds that a stage of the pipeline took.',
    labels: { stage: STAGES },
    buckets: STAGE_BUCKETS,
    aggregate: 'sum',
  },
  firstToken: {
    name: 'rag_time_to_first_token_seconds',
    type: 'histogram',
    help: 'Seconds from a question to the first piece of its answer.',
    labels: {},
    buckets: FIRST_TOKEN_BUCKETS,
    aggregate: 'sum',
  },
  tokens: {
    name: 'rag_tokens_total',
    type: 'counter',
    help: 'Tokens that the generator took in and gave out; those of cached answers are not counted again.',
    labels: { type: ['input', 'output'] },
    aggregate: 'sum',
  },
  cost: {
    name: 'rag_llm_cost_usd_total',
    type: 'counter',
    help: 'US dollars spent on questions, by the price table of the settings.',
    labels: {},
    aggregate: 'sum',
  },
  errors: {
    name: 'rag_errors_total',
    type: 'counter',
    help: 'Questions that failed, by the stage that failed (none before the first) and the error code.',
    labels: { stage: [...STAGES, 'none'], error_type: null },
    aggregate: 'sum',
    zeroed: false,
  },
  retrievals: {
    name: 'rag_retrievals_total',
    type: 'counter',
    help: 'Searches by retriever, and whether anything was found.',
    labels: { retriever: ['keyword', 'vector', 'fused'], result: ['hit', 'empty'] },
    aggregate: 'sum',
  },
  cacheRequests: {
    name: 'rag_cache_requests_total',
    type: 'counter',
    help: 'Look-ups in a cache.',
    labels: { layer: LAYERS, result: ['hit', 'miss'] },
    aggregate: 'sum',
  },
  cacheEntries: {
    name: 'rag_cache_entries',
    type: 'gauge',
    help: 'Entries in a cache; 0 where it is off.',
    labels: { layer: LAYERS },
    aggregate: 'sum',
  },
  cacheEvictions: {
    name: 'rag_cache_evictions_total',
    type: 'counter',
    help: 'Entries that a cache let go of to make room.',
    labels: { layer: LAYERS },
    aggregate: 'sum',
  },
  inFlight: {
    name: 'rag_queries_in_flight',
    type: 'gauge',
    help: 'Questions that are being answered.',
    labels: {},
    aggregate: 'sum',
  },
  queueDepth: {
    name: 'rag_queue_depth',
    type: 'gauge',
    help: 'Requests that wait for a place.',
    labels: { queue: QUEUES },
    aggregate: 'sum',
  },
  queueWait: {
    name: 'rag_queue_wait_seconds',
    type: 'histogram',
    help: 'Seconds that an admitted request had waited for its place.',
    labels: { queue: QUEUES },
    buckets: WAIT_BUCKETS,
    aggregate: 'sum',
  },
  refused: {
    name: 'rag_requests_refused_total',
    type: 'counter',
    help: 'Requests turned away with 503: the queue was full, the wait in it too long, or the service is going down.',
    labels: { queue: QUEUES, reason: REFUSAL_REASONS },
    aggregate: 'sum',
  },
  documentsProcessed: {
    name: 'rag_documents_processed_total',
    type: 'counter',
    help: 'Documents that came over HTTP, by what became of them.',
    labels: { result: ['indexed', 'unchanged', 'failed'] },
    aggregate: 'sum',
  },
  indexDocuments: {
    name: 'rag_index_documents',
    type: 'gauge',
    help: 'Documents in the index.',
    labels: {},
    aggregate: 'max',
  },
  indexChunks: {
    name: 'rag_index_chunks',
    type: 'gauge',
    help: 'Chunks in the index.',
    labels: {},
    aggregate: 'max',
  },
  indexVersion: {
    name: 'rag_index_version',
    type: 'gauge',
    help: 'Version of the index that is searched; it counts up with every published change.',
    labels: {},
    aggregate: 'max',
  },
  memoryLimit: {
    name: 'rag_memory_limit_bytes',
    type: 'gauge',
    help: 'Memory that the service may use.',
    labels: {},
    aggregate: 'max',
  },
  workers: {
    name: 'rag_workers',
    type: 'gauge',
    help: 'Processes that answer questions.',
    labels: {},
    aggregate: 'sum',
  },
  workerRestarts: {
    name: 'rag_worker_restarts_total',
    type: 'counter',
    help: 'Processes of the service that ended unasked and were replaced.',
    labels: { role: ['reader', 'writer'] },
    aggregate: 'sum',
  },
  buildInfo: {
    name: 'rag_build_info',
    type: 'gauge',
    help: '1, with the versions as labels.',
    labels: { version: null, node_version: null },
    aggregate: 'max',
    zeroed: false,
  },
} as const satisfies Record<string, MetricSpec>;

export type MetricKey = keyof typeof CATALOGUE;

/** How prom-client's own metrics of a process add up, where a sum would mislead: the worst process, or the newest. */
export const PROCESS_AGGREGATES: Readonly<Record<string, Aggregate>> = {
  process_start_time_seconds: 'max',
  process_max_fds: 'max',
  nodejs_version_info: 'max',
  nodejs_eventloop_lag_seconds: 'max',
  nodejs_eventloop_lag_min_seconds: 'max',
  nodejs_eventloop_lag_max_seconds: 'max',
  nodejs_eventloop_lag_mean_seconds: 'max',
  nodejs_eventloop_lag_stddev_seconds: 'max',
  nodejs_eventloop_lag_p50_seconds: 'max',
  nodejs_eventloop_lag_p90_seconds: 'max',
  nodejs_eventloop_lag_p99_seconds: 'max',
};

/** Gauges of prom-client's whose names promtool refuses: they end as counters do. */
export const PROCESS_OMITTED: readonly string[] = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
];
