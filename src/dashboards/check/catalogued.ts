import { CATALOGUE, type MetricSpec } from '../../telemetry/catalogue.ts';
import type { Matcher, ParsedQuery, Selector } from './promql.ts';

/** What Prometheus says by itself, of every target and of every alert. */
const OF_PROMETHEUS: ReadonlySet<string> = new Set(['up', 'ALERTS']);
/** Labels that Prometheus puts on what it scrapes. */
const OF_TARGETS: readonly string[] = ['job', 'instance'];
const PARTS = ['_bucket', '_count', '_sum'] as const;

const BY_NAME: ReadonlyMap<string, MetricSpec> = new Map(
  Object.values(CATALOGUE).map((spec): [string, MetricSpec] => [spec.name, spec]),
);

export interface Series {
  readonly spec: MetricSpec;
  /** Of a histogram. */
  readonly part: (typeof PARTS)[number] | undefined;
}

/** What a name of a series means; undefined where the catalogue has no such metric, or it has no such series. */
export function seriesOf(name: string): Series | undefined {
  const plain = BY_NAME.get(name);
  if (plain !== undefined) return plain.type === 'histogram' ? undefined : { spec: plain, part: undefined };
  for (const part of PARTS) {
    const spec = name.endsWith(part) ? BY_NAME.get(name.slice(0, -part.length)) : undefined;
    if (spec?.type === 'histogram') return { spec, part };
  }
  return undefined;
}

/** Whether a series only goes up, so that it means nothing without a rate. */
export const isCounting = ({ spec, part }: Series): boolean => spec.type === 'counter' || part !== undefined;

export function labelsOf(series: Series): readonly string[] {
  const own = Object.keys(series.spec.labels);
  return [...own, ...OF_TARGETS, ...(series.part === '_bucket' ? ['le'] : [])];
}

/** Everything in a query that the catalogue does not know: metrics, labels, and values of labels. `recorded` are the rules' own. */
export function unknownIn(query: ParsedQuery, recorded: ReadonlySet<string>): string[] {
  const own = (metric: string) => OF_PROMETHEUS.has(metric) || recorded.has(metric);
  return [
    ...query.selectors.flatMap((selector) => (own(selector.metric) ? [] : unknownInSelector(selector))),
    ...query.groupings.flatMap(({ labels, metrics }) => {
      if (metrics.some((metric) => own(metric) || seriesOf(metric) === undefined)) return [];
      const known = new Set(metrics.flatMap((metric) => labelsOf(seriesOf(metric)!)));
      return labels
        .filter((label) => !known.has(label))
        .map((label) => `none of ${metrics.join(', ')} has a label ${label} to group by`);
    }),
  ];
}

function unknownInSelector({ metric, matchers }: Selector): string[] {
  if (metric === '') return ['a series is selected by labels alone, without a metric'];
  const series = seriesOf(metric);
  if (series === undefined) return [`${metric} is no series of the catalogue`];
  const known = labelsOf(series);
  return matchers.flatMap((matcher) => {
    if (!known.includes(matcher.label)) return [`${metric} has no label ${matcher.label}`];
    return unknownValues(series, matcher);
  });
}

function unknownValues({ spec }: Series, { label, op, value }: Matcher): string[] {
  const allowed = spec.labels[label];
  if (allowed == null) return [];
  const values =
    op === '=' || op === '!=' ? [value] : value.split('|').filter((word) => /^[\w-]+$/.test(word));
  return values
    .filter((one) => !allowed.includes(one))
    .map((one) => `${spec.name} has no ${label} ${one}; it has ${allowed.join(', ')}`);
}
