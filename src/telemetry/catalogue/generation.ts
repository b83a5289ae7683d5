import { EVALUATORS } from './labels.ts';
import type { MetricSpecs } from './spec.ts';

const OPERATIONS = ['chat', 'embeddings'] as const;

/**
 * Calls of models, what they cost, and how good the answers are. The names gen_ai_* are OpenTelemetry's, spelled as its
 * exporter for Prometheus spells them.
 */
export const GENERATION_METRICS = {
  modelDuration: {
    name: 'gen_ai_client_operation_duration_seconds',
    type: 'histogram',
    unit: 'seconds',
    help: 'Seconds of a call of a model; error_type is empty where it went well.',
    labels: {
      gen_ai_operation_name: OPERATIONS,
      gen_ai_provider_name: null,
      gen_ai_request_model: null,
      error_type: null,
    },
    buckets: [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92],
    aggregate: 'sum',
    zeroed: false,
  },
  modelTokens: {
    name: 'gen_ai_client_token_usage',
    type: 'histogram',
    unit: 'tokens',
    help: 'Tokens that a call of a model took in or gave out; those of cached answers are not counted again.',
    labels: {
      gen_ai_operation_name: OPERATIONS,
      gen_ai_provider_name: null,
      gen_ai_request_model: null,
      gen_ai_token_type: ['input', 'output'],
    },
    buckets: [1, 4, 16, 64, 256, 1024, 4096, 16_384, 65_536],
    aggregate: 'sum',
    zeroed: false,
  },
  cost: {
    name: 'rag_llm_cost_usd_total',
    type: 'counter',
    unit: 'usd',
    help: 'US dollars spent on questions, by model and the price table of the settings.',
    labels: { model: null },
    aggregate: 'sum',
    zeroed: false,
  },
  evalScore: {
    name: 'rag_eval_score',
    type: 'histogram',
    unit: 'ratio',
    help: 'Scores from 0 to 1: online of a sample of live questions, offline of golden ones; top_score is the cosine of a question and the passage nearest to it.',
    labels: { evaluator: EVALUATORS, source: ['online', 'offline'] },
    buckets: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1],
    aggregate: 'sum',
  },
  evalSamples: {
    name: 'rag_eval_samples_total',
    type: 'counter',
    unit: 'count',
    help: 'Questions that were to be scored, by what became of that.',
    labels: { evaluator: EVALUATORS, result: ['scored', 'failed', 'skipped'] },
    aggregate: 'sum',
  },
  evalRecall: {
    name: 'rag_eval_recall_ratio',
    type: 'gauge',
    unit: 'ratio',
    help: 'Recall at k of the last golden questions asked; it stays as it is when nobody asks, hence the timestamp beside it.',
    labels: { dataset: null, k: null },
    aggregate: 'max',
    zeroed: false,
  },
  evalLastSuccess: {
    name: 'rag_eval_last_success_timestamp_seconds',
    type: 'gauge',
    unit: 'timestamp',
    help: 'When golden questions were last asked and scored, in seconds since 1970.',
    labels: { dataset: null, k: null },
    aggregate: 'max',
    zeroed: false,
  },
} as const satisfies MetricSpecs;
