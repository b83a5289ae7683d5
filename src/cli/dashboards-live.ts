import { judgeAnswer, type LiveQuery, type LiveStatus } from '../dashboards/check/live.ts';
import type { Need } from '../dashboards/grafana/spec.ts';
import { GroundspeedError, messageOf } from '../kernel/errors.ts';

const TIMEOUT_MS = 30_000;

export interface LiveResult extends LiveQuery {
  readonly status: LiveStatus;
  readonly series: number;
  readonly message?: string;
}

/** Asks every query, one after the other: a check must not be a load. Throws `target.unavailable` where nobody answers. */
export async function askPrometheus(
  url: string,
  queries: readonly LiveQuery[],
  without: ReadonlySet<Need>,
): Promise<LiveResult[]> {
  const prometheus = prometheusAt(url);
  const results: LiveResult[] = [];
  for (const query of queries) {
    if (query.needs !== undefined && without.has(query.needs)) {
      results.push({ ...query, status: 'skipped', series: 0, message: `without ${query.needs}` });
      continue;
    }
    results.push({ ...query, ...judgeAnswer(await prometheus.ask(query.query)) });
  }
  return results;
}

function prometheusAt(text: string): { ask(query: string): Promise<unknown> } {
  const url = addressOf(text);
  const headers: Record<string, string> = { 'content-type': 'application/x-www-form-urlencoded' };
  if (url.username !== '') {
    const login = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    headers.authorization = `Basic ${Buffer.from(login).toString('base64')}`;
    url.username = '';
    url.password = '';
  }
  const shown = url.href;
  const endpoint = new URL('api/v1/query', url.href.endsWith('/') ? url : `${url.href}/`);
  return {
    async ask(query) {
      try {
        const signal = AbortSignal.timeout(TIMEOUT_MS);
        const response = await fetch(endpoint, {
          method: 'POST',
          headers,
          body: new URLSearchParams({ query }),
          signal,
        });
        const body = await response.text();
        return readAnswer(body, `${response.status} ${response.statusText}`);
      } catch (cause) {
        throw new GroundspeedError(
          'target.unavailable',
          `Prometheus at ${shown} does not answer: ${reasonOf(cause)}`,
          {
            where: '--prometheus',
            hint: 'Name the URL at which its own page opens, such as http://127.0.0.1:9090.',
            cause,
          },
        );
      }
    },
  };
}

function addressOf(text: string): URL {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return new URL(text);
  throw new GroundspeedError('usage.argument', 'That is no URL of a Prometheus', {
    where: '--prometheus',
    hint: 'Such as http://127.0.0.1:9090.',
  });
}

function readAnswer(body: string, status: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return { status: 'error', error: `no JSON, but ${status}` };
  }
}

/** fetch says only that it failed; why is in its cause. */
function reasonOf(thrown: unknown): string {
  const { cause } = thrown as { cause?: unknown };
  return messageOf(cause ?? thrown);
}
