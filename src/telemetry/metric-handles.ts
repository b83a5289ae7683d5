import { type Metric, Registry } from 'prom-client';
import type { LabelValues } from './cardinality.ts';
import type { MetricSpec, MetricSpecs, Thresholds } from './catalogue.ts';
import { createDistributions, createValues, type SeriesMetric } from './series.ts';
import type { MetricsSnapshot } from './snapshot.ts';

type Labels<Name extends string> = Partial<Readonly<Record<Name, string | number>>>;

export interface CounterHandle<Name extends string = string> {
  inc(labels: Labels<Name>, by?: number): void;
  inc(by?: number): void;
}

export interface GaugeHandle<Name extends string = string> {
  set(labels: Labels<Name>, value: number): void;
  set(value: number): void;
  /** Takes a series away: no number is better than one that was right once. */
  remove(labels: Labels<Name>): void;
}

export interface HistogramHandle<Name extends string = string> {
  /** `traceId` makes the observation its bucket's exemplar. Below 0 counts as 0: a clock was set back. */
  observe(labels: Labels<Name>, value: number, traceId?: string): void;
  observe(value: number): void;
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
  const idle = { inc: nothing, set: nothing, remove: nothing, observe: nothing };
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
      const value = (typeof first === 'number' ? first : by) ?? 1;
      if (value >= 0 && Number.isFinite(value)) at(labelsIn(first)).value += value; // a counter never falls
    },
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

function histogramHandle({ observe }: ReturnType<typeof createDistributions>): HistogramHandle {
  return {
    observe(first: LabelValues | number, given?: number, traceId?: string) {
      const value = typeof first === 'number' ? first : given!;
      if (!Number.isFinite(value)) return;
      const exemplar = traceId !== undefined && traceId.length <= LONGEST_TRACE_ID ? traceId : undefined;
      observe(labelsIn(first) ?? {}, Math.max(0, value), exemplar);
    },
  };
}

const labelsIn = (first: LabelValues | number | undefined): LabelValues | undefined =>
  typeof first === 'object' ? first : undefined;

/** OpenMetrics allows 128 characters for all labels of an exemplar; a trace id of W3C has 32. */
const LONGEST_TRACE_ID = 64;

/** Every combination of the labels' values. */
function combinations(labels: MetricSpec['labels']): Record<string, string>[] {
  return Object.entries(labels).reduce<Record<string, string>[]>(
    (made, [label, values]) =>
      made.flatMap((one) => (values ?? []).map((value) => ({ ...one, [label]: value }))),
    [{}],
  );
}
