import { GENERATION_METRICS } from './catalogue/generation.ts';
import { HTTP_METRICS } from './catalogue/http.ts';
import { INGEST_METRICS } from './catalogue/ingest.ts';
import { LOAD_METRICS } from './catalogue/load.ts';
import { NIGHTLY_METRICS } from './catalogue/nightly.ts';
import { RUNTIME_METRICS, SYSTEM_METRICS } from './catalogue/process.ts';
import { QUERY_METRICS } from './catalogue/queries.ts';
import { RESILIENCE_METRICS } from './catalogue/resilience.ts';
import { SERVICE_STATE_METRICS } from './catalogue/service.ts';

/**
 * Every metric as data, named and counted as Prometheus says: base units, `_total` behind counters, and no label whose
 * values a user could make up. Registries, documentation, dashboards and alerts are made of it.
 */

export * from './catalogue/labels.ts';
export { PROCESS_OMITTED } from './catalogue/process.ts';
export type { Aggregate, MetricSpec, MetricSpecs, MetricUnit, Thresholds } from './catalogue/spec.ts';
export { LOAD_METRICS, RUNTIME_METRICS, SYSTEM_METRICS };

/** What the service observes of itself and its engine. */
export const SERVICE_METRICS = {
  ...HTTP_METRICS,
  ...QUERY_METRICS,
  ...GENERATION_METRICS,
  ...NIGHTLY_METRICS,
  ...RESILIENCE_METRICS,
  ...INGEST_METRICS,
  ...SERVICE_STATE_METRICS,
} as const;

export const CATALOGUE = {
  ...SERVICE_METRICS,
  ...SYSTEM_METRICS,
  ...RUNTIME_METRICS,
  ...LOAD_METRICS,
} as const;

export type MetricKey = keyof typeof CATALOGUE;
