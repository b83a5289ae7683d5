import type { MetricSpecs } from './spec.ts';

/** The service itself: what it may use, its processes, and what its own telemetry lost. */
export const SERVICE_STATE_METRICS = {
  memoryLimit: {
    name: 'rag_memory_limit_bytes',
    type: 'gauge',
    unit: 'bytes',
    help: 'Memory that the service may use: what its container is limited to, else all that the machine has.',
    labels: {},
    aggregate: 'max',
  },
  workers: {
    name: 'rag_workers',
    type: 'gauge',
    unit: 'count',
    help: 'Processes that answer questions.',
    labels: {},
    aggregate: 'sum',
  },
  workerRestarts: {
    name: 'rag_worker_restarts_total',
    type: 'counter',
    unit: 'count',
    help: 'Processes of the service that ended unasked and were replaced.',
    labels: { role: ['reader', 'writer'] },
    aggregate: 'sum',
  },
  labelOverflow: {
    name: 'rag_label_overflow_total',
    type: 'counter',
    unit: 'count',
    help: 'Observations whose label value was not one that the catalogue knows, or one too many: they were counted as other.',
    labels: { metric: null, label: null },
    aggregate: 'sum',
    zeroed: false,
  },
  spansDropped: {
    name: 'rag_spans_dropped_total',
    type: 'counter',
    unit: 'count',
    help: 'Spans that were recorded and never reached the collector: the queue was full, or the export failed.',
    labels: { reason: ['queue_full', 'export_failed'] },
    aggregate: 'sum',
  },
  buildInfo: {
    name: 'rag_build_info',
    type: 'gauge',
    unit: 'state',
    help: '1, with the versions as labels; commit is telemetry.metrics.commit (GROUNDSPEED_COMMIT), empty where that is not set.',
    labels: { version: null, commit: null, node_version: null },
    aggregate: 'max',
    zeroed: false,
  },
} as const satisfies MetricSpecs;
