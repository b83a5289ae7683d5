import { AggregatorRegistry } from 'prom-client';
import { canonicalJson } from '../kernel/digest.ts';
import { readRegistry } from './metric-handles.ts';
import { type ExpositionFormat, writeExposition } from './openmetrics.ts';
import type { MetricReading, MetricsSnapshot, MetricValue } from './snapshot.ts';

export type { MetricReading, MetricsSnapshot, MetricValue };

import { type Aggregate, CATALOGUE, type MetricSpec } from './catalogue.ts';

/** prom-client's own metrics of a process say sum, whatever they are. */
const AGGREGATES: ReadonlyMap<string, Aggregate> = new Map(
  Object.values<MetricSpec>(CATALOGUE).map(({ name, aggregate }) => [name, aggregate]),
);

/**
 * The metrics of one or several processes as one text: Prometheus's format 0.0.4, or OpenMetrics, with exemplars. What several
 * processes have adds up, and loses its exemplars: they would be those of one of them.
 */
export async function renderMetrics(
  snapshots: readonly MetricsSnapshot[],
  format: ExpositionFormat = 'text',
): Promise<string> {
  return writeExposition(await addUp(snapshots), format);
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
      if (aggregateOf(metric) !== 'sum') continue; // the machine's, which each process tells alike
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
    byKey.set(key, { ...one, exemplar: null, value: before + one.value });
  }
  return [...byKey.values()];
}

/** Each name once: as it is where one process has it, else by what the catalogue says of it. */
async function addUp(snapshots: readonly MetricsSnapshot[]): Promise<MetricsSnapshot> {
  const byName = new Map<string, MetricReading[]>();
  for (const metric of snapshots.flat()) {
    const same = byName.get(metric.name);
    if (same === undefined) byName.set(metric.name, [metric]);
    else same.push(metric);
  }
  return Promise.all([...byName.values()].map((same) => (same.length === 1 ? same[0]! : addUpOne(same))));
}

async function addUpOne(same: readonly MetricReading[]): Promise<MetricReading> {
  if (same.some(({ values }) => values.some(({ common }) => common !== undefined))) return addUpShared(same);
  const known = same.map((metric) => [{ ...metric, aggregator: aggregateOf(metric) }]);
  const [sum] = await readRegistry(AggregatorRegistry.aggregate(known));
  return sum!;
}

/** What each process has of its own adds up; what they share is counted once, as the most that one of them has seen. */
function addUpShared(same: readonly MetricReading[]): MetricReading {
  const common = new Map<string, number>();
  const own = same.flatMap(({ values }) =>
    values.map(({ common: shared = 0, ...one }) => {
      const key = canonicalJson(one.labels);
      common.set(key, Math.max(common.get(key) ?? 0, shared));
      return { ...one, value: one.value - shared };
    }),
  );
  const values = sums(own).map((one) => ({
    ...one,
    value: one.value + (common.get(canonicalJson(one.labels)) ?? 0),
  }));
  return { ...same[0]!, values };
}

const aggregateOf = ({ name, aggregator }: MetricReading): string => AGGREGATES.get(name) ?? aggregator;
