export interface MetricValue {
  readonly value: number;
  /** The part of the value that each process tells alike, since they share it: of all processes it counts once. */
  readonly common?: number;
  readonly labels: Readonly<Record<string, string | number>>;
  /** Of a histogram's parts: `…_bucket`, `…_sum`, `…_count`. */
  readonly metricName?: string;
  /** Of a bucket, in a process whose traces are sampled. `timestamp` is seconds since 1970. */
  readonly exemplar?: {
    readonly labelSet: Readonly<Record<string, string>>;
    readonly value: number;
    readonly timestamp: number;
  } | null;
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
