import { CATALOGUE, type MetricKey } from '../telemetry/catalogue.ts';
import type { Plan } from './plan.ts';

/** The name of a metric of the catalogue: what is misspelt does not compile. */
export function metric<Key extends MetricKey>(key: Key): (typeof CATALOGUE)[Key]['name'] {
  return CATALOGUE[key].name;
}

/** A series of the service's own job alone: another one in the same Prometheus, for staging say, has other rules, or none. */
export function ofJob({ monitoring }: Plan, series: string, ...matchers: string[]): string {
  return `${series}{${[`job="${monitoring.job}"`, ...matchers].join(',')}}`;
}

/**
 * A matcher for the bucket of an upper bound, however it is written: prom-client and Prometheus 2 say `5`, OpenMetrics and
 * Prometheus 3 say `5.0`.
 */
export function bucketOf(bound: number): string {
  const text = String(bound);
  return Number.isInteger(bound) ? `le=~"${text}(\\\\.0)?"` : `le=~"${text.replace('.', '\\\\.')}"`;
}

/**
 * Shares are rounded to a millionth before they are held against a threshold: rates are quotients, and 5 bad questions in
 * 100 must be 0.05 and not a hair more.
 */
export function roundedShare(expression: string): string {
  return `round(${expression}, 1e-6)`;
}
