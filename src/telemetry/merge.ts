import { AggregatorRegistry } from 'prom-client';
import { canonicalJson } from '../kernel/digest.ts';
import { PROCESS_AGGREGATES } from './catalogue.ts';

export interface MetricValue {
  readonly value: number;
  readonly labels: Readonly<Record<string, string | number>>;
  /** Of a histogram's parts: `…_bucket`, `…_sum`, `…_count`. */
  readonly metricName?: string;
}

/** One metric's values in one process. */
export interface MetricReading {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram' | 'summary';
  readonly help: string;
  readonly aggregator: string;
  readonly values: readonly MetricValue[];
}

/** All metrics of one process at one moment. */
export type MetricsSnapshot = readonly MetricReading[];

/** Media type of what `renderMetrics` makes. */
export const EXPOSITION_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** The metrics of one or several processes as one text in Prometheus's format 0.0.4. */
export function renderMetrics(snapshots: readonly MetricsSnapshot[]): Promise<string> {
  return aggregate(snapshots).metrics();
}

/**
 * What processes that have ended had counted. A counter of the whole service must not fall when a process is replaced:
 * Prometheus would take that for a new start, and count everything once more.
 */
export class DepartedCounts {
  readonly #counts = new Map<string, MetricReading>();

  get snapshot(): MetricsSnapshot {
    return [...this.#counts.values()];
  }

  /** Takes over the counters and histograms that a process had when it was last read; its gauges went with it. */
  add(last: MetricsSnapshot): void {
    for (const metric of last) {
      if (metric.type !== 'counter' && metric.type !== 'histogram') continue;
      const before = this.#counts.get(metric.name)?.values ?? [];
      this.#counts.set(metric.name, { ...metric, values: sums([...before, ...metric.values]) });
    }
  }
}

/** One value for each combination of labels: the sum. */
function sums(values: readonly MetricValue[]): MetricValue[] {
  const byKey = new Map<string, MetricValue>();
  for (const one of values) {
    const key = `${one.metricName ?? ''} ${canonicalJson(one.labels)}`;
    const before = byKey.get(key)?.value ?? 0;
    byKey.set(key, { ...one, value: before + one.value });
  }
  return [...byKey.values()];
}

function aggregate(snapshots: readonly MetricsSnapshot[]) {
  const known = snapshots.map((snapshot) =>
    snapshot.map((metric) => ({
      ...metric,
      aggregator: PROCESS_AGGREGATES[metric.name] ?? metric.aggregator,
    })),
  );
  return AggregatorRegistry.aggregate(known);
}
