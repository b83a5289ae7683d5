import { type Metric, Registry } from 'prom-client';
import type { LabelValues } from './cardinality.ts';
import type { MetricSpec, MetricSpecs, Thresholds } from './catalogue.ts';
import { createDistributions, createValues, type SeriesMetric } from './series.ts';
import type { MetricsSnapshot } from './snapshot.ts';

type Labels<Name extends string> = Partial<Readonly<Record<Name, string | number>>>;

/** One series of a counter, whose labels were looked up once: for what is counted with every question. */
export interface BoundCounter {
  /** By 1; what is below 0 or no number changes nothing. */
  inc(by?: number): void;
}

export interface CounterHandle<Name extends string = string> extends BoundCounter {
  inc(labels: Labels<Name>, by?: number): void;
  inc(by?: number): void;
  at(labels: Labels<Name>): BoundCounter;
}

export interface GaugeHandle<Name extends string = string> {
  set(labels: Labels<Name>, value: number): void;
  set(value: number): void;
  /** Takes a series away: no number is better than one that was right once. */
  remove(labels: Labels<Name>): void;
}

/** One series of a histogram, whose labels were looked up once: for what is observed with every question. */
export interface BoundHistogram {
  /**
   * `traceId` makes the observation its bucket's exemplar. Below 0 counts as 0: a clock was set back. What is no number is not
   * counted.
   */
  observe(value: number, traceId?: string): void;
}

export interface HistogramHandle<Name extends string = string> {
  observe(labels: Labels<Name>, value: number, traceId?: string): void;
  observe(value: number): void;
  /** Observations that were counted elsewhere: by bucket, each in one of them, and their sum. None may be below 0. */
  add(labels: Labels<Name>, counted: { readonly counts: readonly number[]; readonly sum: number }): void;
  at(labels: Labels<Name>): BoundHistogram;
}

interface HandleKinds<Name extends string> {
  readonly counter: CounterHandle<Name>;
  readonly gauge: GaugeHandle<Name>;
  readonly histogram: HistogramHandle<Name>;
}

/** What is observed with, by the keys of `Specs`. */
export type Handles<Specs extends MetricSpecs> = {
  readonly [Key in keyof Specs]: HandleKinds<Extract<keyof Specs[Key]['labels'], string>>[Specs[Key]['type']];
};

/** Boundaries on top of the catalogue's, in the metric's unit. */
export type ExtraThresholds = Partial<Readonly<Record<Thresholds['slo'], readonly number[]>>>;

export interface HandleSetting {
  readonly thresholds?: ExtraThresholds;
  readonly onOverflow: (metric: string, label: string) => void;
}

/** Makes the metrics of `specs` in a registry of their own, and what reads them. */
export function createHandles<Specs extends MetricSpecs>(
  specs: Specs,
  setting: HandleSetting,
): { readonly handles: Handles<Specs>; readonly read: () => Promise<MetricsSnapshot> } {
  const registry = new Registry();
  const handles = Object.fromEntries(
    Object.entries(specs).map(([key, spec]) => [key, createHandle(spec, registry, setting)]),
  ) as unknown as Handles<Specs>;
  return { handles, read: () => readRegistry(registry) };
}

/** Handles that do nothing, at no cost. */
export function createIdleHandles<Specs extends MetricSpecs>(specs: Specs): Handles<Specs> {
  const nothing = (): void => undefined;
  const idle = {
    inc: nothing,
    set: nothing,
    remove: nothing,
    observe: nothing,
    add: nothing,
    at: () => idle,
  };
  return Object.fromEntries(Object.keys(specs).map((key) => [key, idle])) as unknown as Handles<Specs>;
}

// prom-client's types give a metric's type as a number; at run time it is a word.
export async function readRegistry(registry: Pick<Registry, 'getMetricsAsJSON'>): Promise<MetricsSnapshot> {
  return (await registry.getMetricsAsJSON()) as unknown as MetricsSnapshot;
}

/** The bounds of a histogram's buckets, with the thresholds that were set among them. */
export function bucketsOf(
  { buckets = [], thresholds }: Pick<MetricSpec, 'buckets' | 'thresholds'>,
  extra: ExtraThresholds = {},
): number[] {
  const more = thresholds === undefined ? [] : (extra[thresholds.slo] ?? []);
  const all = [...buckets, ...more.filter((bound) => Number.isFinite(bound) && bound > 0)];
  return [...new Set(all)].sort((a, b) => a - b);
}

function createHandle(spec: MetricSpec, registry: Registry, setting: HandleSetting) {
  const starts = spec.zeroed === false ? [] : combinations(spec.labels);
  const add = ({ metric }: { readonly metric: SeriesMetric }): void =>
    registry.registerMetric(metric as unknown as Metric);
  if (spec.type === 'histogram') {
    const distributions = createDistributions(spec, bucketsOf(spec, setting.thresholds), setting);
    for (const labels of starts) distributions.at(labels);
    add(distributions);
    return histogramHandle(distributions);
  }
  const values = createValues(spec, setting);
  for (const labels of starts) values.at(labels);
  add(values);
  return spec.type === 'counter' ? counterHandle(values) : gaugeHandle(values);
}

function counterHandle({ at }: ReturnType<typeof createValues>): CounterHandle {
  return {
    inc(first?: LabelValues | number, by?: number) {
      at(labelsIn(first)).inc(typeof first === 'number' ? first : by);
    },
    at,
  };
}

function gaugeHandle({ at, remove }: ReturnType<typeof createValues>): GaugeHandle {
  return {
    set(first: LabelValues | number, value?: number) {
      at(labelsIn(first)).value = typeof first === 'number' ? first : value!;
    },
    remove,
  };
}

function histogramHandle({ at }: ReturnType<typeof createDistributions>): HistogramHandle {
  return {
    add: (labels, counted) => at(labels).add(counted),
    observe(first: LabelValues | number, given?: number, traceId?: string) {
      at(labelsIn(first)).observe(typeof first === 'number' ? first : given!, traceId);
    },
    at,
  };
}

const labelsIn = (first: LabelValues | number | undefined): LabelValues | undefined =>
  typeof first === 'object' ? first : undefined;

/** Every combination of the labels' values. */
function combinations(labels: MetricSpec['labels']): Record<string, string>[] {
  return Object.entries(labels).reduce<Record<string, string>[]>(
    (made, [label, values]) =>
      made.flatMap((one) => (values ?? []).map((value) => ({ ...one, [label]: value }))),
    [{}],
  );
}
