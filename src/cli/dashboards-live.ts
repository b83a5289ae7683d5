import { judgeAnswer, type LiveQuery, type LiveStatus } from '../dashboards/check/live.ts';
import type { Need } from '../dashboards/grafana/spec.ts';
import { type PrometheusAddress, prometheusAt } from './prometheus-api.ts';

export interface LiveResult extends LiveQuery {
  readonly status: LiveStatus;
  readonly series: number;
  readonly message?: string;
}

/** Asks every query, one after the other: a check must not be a load. Throws `target.unavailable` where nobody answers. */
export async function askPrometheus(
  at: string | PrometheusAddress,
  queries: readonly LiveQuery[],
  without: ReadonlySet<Need>,
): Promise<LiveResult[]> {
  const prometheus = prometheusAt(typeof at === 'string' ? { url: at } : at);
  const results: LiveResult[] = [];
  for (const query of queries) {
    if (query.needs !== undefined && without.has(query.needs)) {
      results.push({ ...query, status: 'skipped', series: 0, message: `without ${query.needs}` });
      continue;
    }
    results.push({ ...query, ...judgeAnswer(await prometheus.query(query.query)) });
  }
  return results;
}
