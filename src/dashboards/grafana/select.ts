import { CATALOGUE, type MetricKey } from '../../telemetry/catalogue.ts';

const SERVICE = 'job=~"$job",instance=~"$instance"';
const GENERATOR = 'job=~"$load_job",instance=~"$load_instance",run_id=~"$run"';

export type Part = '' | '_sum' | '_count' | '_bucket';

/** A metric of the catalogue at the chosen service, or at the chosen load generator. */
export function select(key: MetricKey, matchers = '', part: Part = ''): string {
  const { name } = CATALOGUE[key];
  const base = name.startsWith('loadgen_') ? GENERATOR : SERVICE;
  return `${name}${part}{${base}${matchers === '' ? '' : `,${matchers}`}}`;
}

export const upOfService = `up{${SERVICE}}`;

/** Events a second. */
export function rateOf(key: MetricKey, matchers = '', part: Part = ''): string {
  return `rate(${select(key, matchers, part)}[$__rate_interval])`;
}

export function sumRate(key: MetricKey, by = '', matchers = '', part: Part = ''): string {
  return `sum${by === '' ? '' : ` by (${by})`} (${rateOf(key, matchers, part)})`;
}

/** A quantile of a histogram, over all instances together: quantiles of each cannot be put together. */
export function quantile(q: number, key: MetricKey, by = '', matchers = ''): string {
  const labels = by === '' ? 'le' : `le, ${by}`;
  return `histogram_quantile(${q}, sum by (${labels}) (${rateOf(key, matchers, '_bucket')}))`;
}

/** The mean of what a histogram was given. */
export function mean(key: MetricKey, by = '', matchers = ''): string {
  return `${sumRate(key, by, matchers, '_sum')} / ${sumRate(key, by, matchers, '_count')}`;
}
