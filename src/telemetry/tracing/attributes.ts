/**
 * Names of spans' attributes. They are kept here, since those of the JavaScript package are deprecated as moved.
 *
 * `gen_ai.*`, `db.*`, `error.type`: OpenTelemetry's semantic conventions for generative AI (text of v1.41.1, since then in
 * open-telemetry/semantic-conventions-genai, status Development). `openinference.*`, `llm.*`, `embedding.*`,
 * `reranker.*`, `retrieval.*`: OpenInference, which Phoenix reads. `rag.*`: groundspeed's own.
 */
export const ATTRIBUTE = {
  operation: 'gen_ai.operation.name',
  provider: 'gen_ai.provider.name',
  model: 'gen_ai.request.model',
  dataSource: 'gen_ai.data_source.id',
  topK: 'gen_ai.request.top_k',
  dimensions: 'gen_ai.embeddings.dimension.count',
  inputTokens: 'gen_ai.usage.input_tokens',
  outputTokens: 'gen_ai.usage.output_tokens',
  timeToFirstChunk: 'gen_ai.response.time_to_first_chunk',
  dbSystem: 'db.system.name',
  dbCollection: 'db.collection.name',
  dbOperation: 'db.operation.name',
  errorType: 'error.type',
  exceptionType: 'exception.type',
  exceptionMessage: 'exception.message',
  spanKind: 'openinference.span.kind',
  llmModel: 'llm.model_name',
  promptTokens: 'llm.token_count.prompt',
  completionTokens: 'llm.token_count.completion',
  embeddingModel: 'embedding.model_name',
  rerankerModel: 'reranker.model_name',
  rerankerTopK: 'reranker.top_k',
  evaluationName: 'gen_ai.evaluation.name',
  evaluationScore: 'gen_ai.evaluation.score.value',
  evaluationLabel: 'gen_ai.evaluation.score.label',
  input: 'input.value',
  output: 'output.value',
  outcome: 'rag.outcome',
  degradation: 'rag.degradation',
  degradationReason: 'rag.degradation.reason',
  /** `hit` where a whole answer came out of a cache. */
  cache: 'rag.cache',
  /** Followed by a layer's name. */
  cacheLayer: 'rag.cache.',
  costUsd: 'rag.cost_usd',
  questionChars: 'rag.question.chars',
  contextPassages: 'rag.context.passages',
  /** Followed by the place of a document, from 0, and one of the two below. */
  documents: 'retrieval.documents.',
  documentId: '.document.id',
  documentScore: '.document.score',
  retrieved: 'rag.retrieval.count',
  topScore: 'rag.retrieval.top_score',
  queue: 'rag.queue',
  dependency: 'rag.dependency',
  attempt: 'rag.attempt',
  cause: 'rag.cause',
  delayMs: 'rag.retry.delay_ms',
  breakerFrom: 'rag.breaker.from',
  breakerTo: 'rag.breaker.to',
  /** Of the root: milliseconds of it that no child covers. */
  unaccountedMs: 'rag.unaccounted_ms',
} as const;

/** The event of one score of an answer. */
export const EVALUATION_EVENT = 'gen_ai.evaluation.result';

/** OpenInference's kinds of span. */
export type SpanRole = 'CHAIN' | 'EMBEDDING' | 'RETRIEVER' | 'RERANKER' | 'LLM' | 'TOOL';
