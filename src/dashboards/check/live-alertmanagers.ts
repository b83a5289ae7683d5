import { type Finding, found, type Place } from './finding.ts';
import { answerOf, listIn } from './live-answer.ts';

/** An Alertmanager that Prometheus sends alerts to, and whether they arrive. */
export interface LiveAlertmanager {
  readonly url: string;
  /** Null where it can be told neither from here nor by what Prometheus counted. */
  readonly reachable: boolean | null;
  /** What speaks for that, in words. */
  readonly why: string;
}

/** What Prometheus counts of the notifications that it sends to one Alertmanager, since it began. */
export interface Notifications {
  readonly attempts: number;
  readonly errors: number;
}

const PLACE: Place = { file: 'prometheus/prometheus.yml' };

/** Addresses of `GET /api/v1/alertmanagers`, with the path of alerts; a finding where it has none. */
export function alertmanagersOf(answer: unknown): {
  readonly urls: readonly string[];
  readonly findings: readonly Finding[];
} {
  const { data, error } = answerOf(answer);
  if (error !== undefined)
    return { urls: [], findings: [found(PLACE, 'live-alertmanagers', `its Alertmanagers: ${error}`)] };
  const urls = listIn<{ url?: string }>(data, 'activeAlertmanagers').flatMap(({ url }) =>
    url !== undefined && URL.canParse(url) ? [url] : [],
  );
  if (urls.length > 0) return { urls, findings: [] };
  const none =
    'Prometheus knows no Alertmanager, so that alerts fire and nobody is told: name it below alerting.alertmanagers, as in prometheus.yml (--without alertmanager where that is meant)';
  return { urls, findings: [found(PLACE, 'live-alertmanager-missing', none)] };
}

/** Counters of `/metrics` of Prometheus itself, by the address of the Alertmanager. */
export function notificationsIn(exposition: string): ReadonlyMap<string, Notifications> {
  const counted = (metric: string): Map<string, number> =>
    new Map(
      [...exposition.matchAll(new RegExp(`^${metric}\\{alertmanager="([^"]*)"\\} (\\S+)`, 'gm'))].map(
        ([, url, value]): [string, number] => [url!, Number(value)],
      ),
    );
  const attempts = counted('prometheus_notifications_latency_seconds_count');
  const errors = counted('prometheus_notifications_errors_total');
  return new Map(
    [...attempts].map(([url, count]) => [url, { attempts: count, errors: errors.get(url) ?? 0 }]),
  );
}

/**
 * Whether alerts arrive at an Alertmanager. `answers` is whether it does from here, where names and ports may be others than
 * there: what Prometheus itself counted weighs more, and on its own machine what is refused here is refused there.
 */
export function judgeAlertmanager(seen: {
  readonly url: string;
  readonly answers: boolean;
  readonly counted: Notifications | undefined;
  readonly onSameHost: boolean;
}): LiveAlertmanager {
  const { url, answers, counted, onSameHost } = seen;
  if (answers) return { url, reachable: true, why: 'it answers' };
  const { attempts = 0, errors = 0 } = counted ?? {};
  if (attempts > 0 && errors >= attempts)
    return {
      url,
      reachable: false,
      why: `${errors} of ${attempts} attempts of Prometheus to send it alerts failed`,
    };
  if (onSameHost) return { url, reachable: false, why: 'it does not answer on the machine of Prometheus' };
  if (attempts === 0)
    return {
      url,
      reachable: null,
      why: 'it does not answer from here, and Prometheus has had nothing to send',
    };
  const arrived = `${attempts - errors} of ${attempts} attempts of Prometheus to send it alerts came through`;
  return { url, reachable: errors === 0 ? true : null, why: arrived };
}

export function alertmanagerFindings({ url, reachable, why }: LiveAlertmanager): Finding[] {
  if (reachable !== false) return [];
  const todo = 'nobody is told of alerts: start it, or correct its address below alerting.alertmanagers';
  return [
    found(PLACE, 'live-alertmanager-down', `the Alertmanager at ${url} cannot be reached (${why}): ${todo}`),
  ];
}
