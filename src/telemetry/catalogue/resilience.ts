import {
  BREAKER_STATES,
  DEPENDENCIES,
  FALLBACK_STAGES,
  FALLBACKS,
  RETRY_CAUSES,
  RETRY_STAGES,
} from './labels.ts';
import type { MetricSpecs } from './spec.ts';

/** What is done where a dependency fails. */
export const RESILIENCE_METRICS = {
  retries: {
    name: 'rag_retries_total',
    type: 'counter',
    unit: 'count',
    help: 'Calls of a dependency that were made again, by the stage that needs it and why the call before failed.',
    labels: { stage: RETRY_STAGES, reason: RETRY_CAUSES },
    aggregate: 'sum',
  },
  retriesRefused: {
    name: 'rag_retries_refused_total',
    type: 'counter',
    unit: 'count',
    help: 'Retries that were not made: the budget for retries was spent, or the deadline too near.',
    labels: { dependency: DEPENDENCIES, reason: ['budget', 'deadline'] },
    aggregate: 'sum',
  },
  fallbacks: {
    name: 'rag_fallbacks_total',
    type: 'counter',
    unit: 'count',
    help: 'What stood in where something failed, by the stage that failed (deadline: the time of the question was up) and the level of degradation. A question can count more than once.',
    labels: { stage: FALLBACK_STAGES, to: FALLBACKS },
    aggregate: 'sum',
  },
  breakerState: {
    name: 'rag_circuit_breaker_state',
    type: 'gauge',
    unit: 'state',
    help: '1 for the state that the circuit breaker of a dependency is in, 0 for the others; of several processes, every state that one of them is in.',
    labels: { dependency: DEPENDENCIES, state: BREAKER_STATES },
    aggregate: 'max',
  },
} as const satisfies MetricSpecs;
