import { CATALOGUE, type MetricKey, RUNTIME_METRICS, SYSTEM_METRICS } from '../../telemetry/catalogue.ts';

const SERVICE = 'job=~"$job",instance=~"$instance"';
const GENERATOR = 'job=~"$load_job",instance=~"$load_instance",run_id=~"$run"';

export type Part = '' | '_sum' | '_count' | '_bucket';

/** A metric of the catalogue at the chosen service, or at the chosen load generator. */
export function select(key: MetricKey, matchers = '', part: Part = ''): string {
  return ofServices(key, series(key, matchers, part));
}

function series(key: MetricKey, matchers: string, part: Part): string {
  const { name } = CATALOGUE[key];
  const base = name.startsWith('loadgen_') ? GENERATOR : SERVICE;
  return `${name}${part}{${base}${matchers === '' ? '' : `,${matchers}`}}`;
}

/** A load generator tells of its process and its machine too: where all jobs are chosen it is none of the services. */
function ofServices(key: MetricKey, expression: string): string {
  if (!(key in SYSTEM_METRICS || key in RUNTIME_METRICS)) return expression;
  return `(${expression} and on (job, instance) ${series('buildInfo', '', '')})`;
}

/**
 * `up` of the instances that should be there, 1 or 0: of the job of the settings, and of those that had a service within
 * the day, because every job of a Prometheus has an `up`, and where all jobs are chosen most are none of a service.
 */
export function upOfService(job: string): string {
  const known = `up{${SERVICE},job="${job}"} or last_over_time(${select('buildInfo')}[1d])`;
  return `(up{${SERVICE}} and on (job) (${known}))`;
}

/** Where it is a number. A share of nothing is none, and neither good nor bad. */
export const whereKnown = (expression: string): string => `${expression} >= 0`;

/** Alerts of the service that fire. Most are of a job as a whole, and have no instance. */
export const FIRING = 'ALERTS{alertstate="firing",alertname=~"Rag.+",job=~"$job",instance=~"$instance|"}';

/** Events a second. */
export function rateOf(key: MetricKey, matchers = '', part: Part = ''): string {
  return ofServices(key, `rate(${series(key, matchers, part)}[$__rate_interval])`);
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
