/** How the values of several processes become one: counts add up, limits and states do not. */
export type Aggregate = 'sum' | 'max';

/** What a value counts in; panels are drawn by it. `timestamp` is seconds since 1970, `state` is 0 or 1. */
export type MetricUnit =
  | 'count'
  | 'seconds'
  | 'timestamp'
  | 'bytes'
  | 'ratio'
  | 'per_second'
  | 'tokens'
  | 'usd'
  | 'cores'
  | 'state';

/** Which SLO is judged by a histogram, and its thresholds: each is a boundary of a bucket. */
export interface Thresholds {
  readonly slo: 'latency' | 'first_token';
  /** In the metric's unit. Those of the settings come on top (`telemetry.metrics`). */
  readonly at: readonly number[];
}

export interface MetricSpec {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly unit: MetricUnit;
  readonly help: string;
  /** The values that each label may take; null where whatever comes is taken, up to a number (cardinality.ts). */
  readonly labels: Readonly<Record<string, readonly string[] | null>>;
  /** Upper bounds, ascending; for histograms alone. */
  readonly buckets?: readonly number[];
  readonly thresholds?: Thresholds;
  readonly aggregate: Aggregate;
  /** False where no series is made at the start: the combinations are too many, or 0 would be a wrong number. */
  readonly zeroed?: false;
}

export type MetricSpecs = Readonly<Record<string, MetricSpec>>;
