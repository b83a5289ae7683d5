import { createLabelGuard, type GuardOptions, type LabelValues } from './cardinality.ts';
import type { MetricSpec } from './catalogue.ts';
import type { MetricReading, MetricValue } from './snapshot.ts';

type Labels = MetricValue['labels'];
type Exemplar = NonNullable<MetricValue['exemplar']>;

interface Series<State> {
  readonly labels: Labels;
  readonly state: State;
}

/** By the value of one label after the other; behind the last is the series. */
type Branch<State> = Map<string | undefined, Branch<State> | Series<State>>;

/**
 * The series of one metric by their labels. prom-client sorts, checks and hashes labels with every observation, some
 * microseconds for a question's two dozen; here labels that were checked once are found again by a look-up for each.
 */
class SeriesByLabels<State> {
  readonly all = new Set<Series<State>>();
  /** One at least, so that a series stands behind a look-up. */
  readonly #names: readonly string[];
  readonly #guard: (given: LabelValues) => Labels;
  readonly #begin: () => State;
  readonly #root: Branch<State> = new Map();

  constructor(spec: MetricSpec, options: GuardOptions, begin: () => State) {
    const names = Object.keys(spec.labels);
    this.#names = names.length === 0 ? [''] : names;
    this.#guard = createLabelGuard(spec, options);
    this.#begin = begin;
  }

  at(given: LabelValues): State {
    const known = this.#find(given);
    if (known !== undefined) return known.state;
    // Labels that overflow come here each time: to be counted, and because what nobody bounds is not to be kept.
    const labels = this.#guard(given);
    return (this.#find(labels) ?? this.#add(labels)).state;
  }

  remove(given: LabelValues): void {
    const labels = this.#guard(given);
    const series = this.#find(labels);
    if (series === undefined) return;
    this.all.delete(series);
    this.#branchOf(labels).delete(labelOf(labels, this.#names.at(-1)!));
  }

  #find(labels: LabelValues): Series<State> | undefined {
    let found: Branch<State> | Series<State> | undefined = this.#root;
    for (const name of this.#names) {
      found = (found as Branch<State>).get(labelOf(labels, name));
      if (found === undefined) return undefined;
    }
    return found as Series<State>;
  }

  #add(labels: Labels): Series<State> {
    const own = this.#names.filter((name) => labels[name] !== undefined);
    const series = {
      labels: Object.fromEntries(own.map((name) => [name, labels[name]!])),
      state: this.#begin(),
    };
    this.#branchOf(labels).set(labelOf(labels, this.#names.at(-1)!), series);
    this.all.add(series);
    return series;
  }

  /** The last branch on the way to a series; made where there is none. */
  #branchOf(labels: LabelValues): Branch<State> {
    let branch = this.#root;
    for (const name of this.#names.slice(0, -1)) {
      const value = labelOf(labels, name);
      const next = (branch.get(value) as Branch<State> | undefined) ?? new Map();
      branch.set(value, next);
      branch = next;
    }
    return branch;
  }
}

/** A number is shown as its text, and is the same value. */
function labelOf(labels: LabelValues, name: string): string | undefined {
  const value = labels[name];
  return typeof value === 'number' ? String(value) : value;
}

/** A metric as prom-client's registry takes it: it asks for no more than a reading. */
export interface SeriesMetric {
  readonly name: string;
  get(): MetricReading;
}

const NO_LABELS: LabelValues = {};

/** One series of a counter or a gauge. */
export class Value {
  value = 0;

  inc(by = 1): void {
    if (by >= 0 && Number.isFinite(by)) this.value += by; // a counter never falls
  }
}

export function createValues(spec: MetricSpec, options: GuardOptions) {
  const series = new SeriesByLabels(spec, options, () => new Value());
  return {
    at: (labels: LabelValues = NO_LABELS) => series.at(labels),
    remove: (labels: LabelValues = NO_LABELS) => series.remove(labels),
    metric: metricOf(spec, () =>
      [...series.all].map(({ labels, state }) => ({ value: state.value, labels: { ...labels } })),
    ),
  };
}

/** OpenMetrics allows 128 characters for all labels of an exemplar; a trace id of W3C has 32. */
const LONGEST_TRACE_ID = 64;

/** One series of a histogram. */
export class Distribution {
  readonly bounds: readonly number[];
  /** By bucket, the one without an upper bound last; each observation is in one of them. */
  readonly counts: number[];
  /** The newest of each bucket. */
  readonly exemplars: (Exemplar | undefined)[] = [];
  sum = 0;

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.counts = new Array<number>(bounds.length + 1).fill(0);
  }

  observe(given: number, traceId?: string): void {
    if (!Number.isFinite(given)) return;
    const value = Math.max(0, given);
    const { bounds } = this;
    let bucket = 0;
    while (bucket < bounds.length && value > bounds[bucket]!) bucket += 1;
    this.counts[bucket]! += 1;
    this.sum += value;
    if (traceId === undefined || traceId.length > LONGEST_TRACE_ID) return;
    this.exemplars[bucket] = { labelSet: { trace_id: traceId }, value, timestamp: Date.now() / 1000 };
  }

  /** Adds what was counted elsewhere, in the same buckets. */
  add({ counts, sum }: { readonly counts: readonly number[]; readonly sum: number }): void {
    for (const [bucket, count] of counts.entries()) this.counts[bucket]! += count;
    this.sum += sum;
  }
}

export function createDistributions(spec: MetricSpec, bounds: readonly number[], options: GuardOptions) {
  const series = new SeriesByLabels(spec, options, () => new Distribution(bounds));
  return {
    at: (labels: LabelValues = NO_LABELS) => series.at(labels),
    metric: metricOf(spec, () =>
      [...series.all].flatMap(({ labels, state }) => distributionValues(spec.name, labels, state)),
    ),
  };
}

/** Cumulative, as Prometheus has buckets. */
function distributionValues(
  name: string,
  labels: Labels,
  { bounds, counts, exemplars, sum }: Distribution,
): MetricValue[] {
  let count = 0;
  const buckets = counts.map((own, bucket) => {
    count += own;
    return {
      value: count,
      labels: { le: bounds[bucket] ?? '+Inf', ...labels },
      metricName: `${name}_bucket`,
      exemplar: exemplars[bucket] ?? null,
    };
  });
  return [
    ...buckets,
    { value: sum, labels: { ...labels }, metricName: `${name}_sum` },
    { value: count, labels: { ...labels }, metricName: `${name}_count` },
  ];
}

function metricOf({ name, type, help, aggregate }: MetricSpec, values: () => MetricValue[]): SeriesMetric {
  return { name, get: () => ({ name, type, help, aggregator: aggregate, values: values() }) };
}
