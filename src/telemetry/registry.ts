import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { CATALOGUE, type MetricKey, type MetricSpec, PROCESS_OMITTED } from './catalogue.ts';
import type { MetricsSnapshot } from './merge.ts';

type LabelOf<Key extends MetricKey> = Extract<keyof (typeof CATALOGUE)[Key]['labels'], string>;
type HandleOf<Key extends MetricKey> = {
  counter: Counter<LabelOf<Key>>;
  gauge: Gauge<LabelOf<Key>>;
  histogram: Histogram<LabelOf<Key>>;
}[(typeof CATALOGUE)[Key]['type']];

/** What is observed with, by the catalogue's keys. */
export type MetricHandles = { readonly [Key in MetricKey]: HandleOf<Key> };

/** One process's metrics, in a registry of its own: two services in one process don't mix. */
export interface Metrics extends MetricHandles {
  /** Called before each reading, to set what is only worth counting then. What comes back undoes that. */
  beforeReading(refresh: () => void): () => void;
  /** All values, as plain data that can cross to another process. */
  snapshot(): Promise<MetricsSnapshot>;
}

export interface BuildInfo {
  readonly version: string;
  readonly nodeVersion: string;
}

/** Makes every metric of the catalogue; those whose labels are few stand at zero from the start. */
export function createMetrics({ version, nodeVersion }: BuildInfo): Metrics {
  const registry = new Registry();
  const refreshers = new Set<() => void>();
  const handles = Object.fromEntries(
    Object.entries<MetricSpec>(CATALOGUE).map(([key, spec]) => [key, createMetric(spec, registry)]),
  ) as unknown as MetricHandles;
  handles.buildInfo.set({ version, node_version: nodeVersion }, 1);
  return {
    ...handles,
    beforeReading(refresh) {
      refreshers.add(refresh);
      return () => refreshers.delete(refresh);
    },
    snapshot() {
      for (const refresh of refreshers) refresh();
      return readRegistry(registry);
    },
  };
}

/** What a process uses of the machine: CPU, memory, event loop, garbage collection. Watched for as long as the process lives. */
export function watchProcess(): () => Promise<MetricsSnapshot> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const name of PROCESS_OMITTED) registry.removeSingleMetric(name);
  return () => readRegistry(registry);
}

// prom-client's types give a metric's type as a number; at run time it is a word.
async function readRegistry(registry: Registry): Promise<MetricsSnapshot> {
  return (await registry.getMetricsAsJSON()) as unknown as MetricsSnapshot;
}

function createMetric(spec: MetricSpec, registry: Registry): Counter | Gauge | Histogram {
  const { name, help, labels, aggregate, zeroed = true } = spec;
  const configuration = {
    name,
    help,
    labelNames: Object.keys(labels),
    registers: [registry],
    aggregator: aggregate,
  };
  const starts = zeroed ? combinations(labels) : [];
  switch (spec.type) {
    case 'counter': {
      const counter = new Counter(configuration);
      for (const values of starts) counter.inc(values, 0);
      return counter;
    }
    case 'gauge': {
      const gauge = new Gauge(configuration);
      for (const values of starts) gauge.set(values, 0);
      return gauge;
    }
    case 'histogram': {
      const histogram = new Histogram({ ...configuration, buckets: [...(spec.buckets ?? [])] });
      for (const values of starts) histogram.zero(values);
      return histogram;
    }
  }
}

/** Every combination of the labels' values. */
function combinations(labels: MetricSpec['labels']): Record<string, string>[] {
  return Object.entries(labels).reduce<Record<string, string>[]>(
    (made, [label, values]) =>
      made.flatMap((one) => (values ?? []).map((value) => ({ ...one, [label]: value }))),
    [{}],
  );
}
