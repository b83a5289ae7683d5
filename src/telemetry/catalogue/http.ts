import { HTTP_METHODS, QUEUES, REFUSAL_REASONS } from './labels.ts';
import type { MetricSpecs } from './spec.ts';

/** What the HTTP service counts, whatever is asked of it. */
export const HTTP_METRICS = {
  requests: {
    name: 'rag_requests_total',
    type: 'counter',
    unit: 'count',
    help: 'HTTP requests, by method, route pattern (unmatched where none fits) and status (499: the caller left first).',
    labels: { method: HTTP_METHODS, endpoint: null, status: null },
    aggregate: 'sum',
    zeroed: false,
  },
  requestDuration: {
    name: 'rag_request_duration_seconds',
    type: 'histogram',
    unit: 'seconds',
    help: 'Seconds from the arrival of an HTTP request to the end of its response.',
    labels: { method: HTTP_METHODS, endpoint: null },
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 2.5, 5, 10, 30],
    thresholds: { slo: 'latency', at: [0.1, 2, 5] },
    aggregate: 'sum',
    zeroed: false,
  },
  requestsInFlight: {
    name: 'rag_requests_in_flight',
    type: 'gauge',
    unit: 'count',
    help: 'HTTP requests that have come and are not answered yet.',
    labels: {},
    aggregate: 'sum',
  },
  refused: {
    name: 'rag_requests_refused_total',
    type: 'counter',
    unit: 'count',
    help: 'Requests turned away with 503: the queue was full, the wait in it too long, or the service is going down.',
    labels: { queue: QUEUES, reason: REFUSAL_REASONS },
    aggregate: 'sum',
  },
  queueDepth: {
    name: 'rag_queue_depth',
    type: 'gauge',
    unit: 'count',
    help: 'Requests that wait for a place.',
    labels: { queue: QUEUES },
    aggregate: 'sum',
  },
  queueWait: {
    name: 'rag_queue_wait_seconds',
    type: 'histogram',
    unit: 'seconds',
    help: 'Seconds that an admitted request had waited for its place.',
    labels: { queue: QUEUES },
    buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10],
    aggregate: 'sum',
  },
} as const satisfies MetricSpecs;
