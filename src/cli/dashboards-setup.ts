import type { Finding } from '../dashboards/check/finding.ts';
import {
  alertmanagerFindings,
  alertmanagersOf,
  judgeAlertmanager,
  type LiveAlertmanager,
  notificationsIn,
} from '../dashboards/check/live-alertmanagers.ts';
import { judgeRules, type LiveRules } from '../dashboards/check/live-rules.ts';
import { judgeTargets, type LiveTargets, type Scraped } from '../dashboards/check/live-targets.ts';
import type { RuleJson } from '../dashboards/check/rule-files.ts';
import { type PrometheusAddress, type PrometheusApi, prometheusAt } from './prometheus-api.ts';

const PATIENCE_MS = 3000;

export interface LiveSetup {
  /** Null where it was left out. */
  readonly rules: Omit<LiveRules, 'findings'> | null;
  readonly targets: Omit<LiveTargets, 'findings'>;
  readonly alertmanagers: readonly LiveAlertmanager[] | null;
}

export interface SetupOrder extends Scraped {
  readonly at: PrometheusAddress;
  readonly rules: readonly RuleJson[];
  readonly without: ReadonlySet<string>;
}

/** Whether a Prometheus has the rules, scrapes the service and reaches whoever tells people. */
export async function askSetup(order: SetupOrder): Promise<{ setup: LiveSetup; findings: Finding[] }> {
  const { at, without } = order;
  const prometheus = prometheusAt(at);
  const rules = without.has('rules') ? undefined : judgeRules(order.rules, await prometheus.get('rules'));
  const targets = judgeTargets(order, await prometheus.get('targets?state=active'));
  const told = without.has('alertmanager') ? undefined : await askAlertmanagers(prometheus);
  return {
    setup: {
      rules: rules === undefined ? null : { expected: rules.expected, healthy: rules.healthy },
      targets: { targets: targets.targets, up: targets.up },
      alertmanagers: told?.alertmanagers ?? null,
    },
    findings: [...(rules?.findings ?? []), ...targets.findings, ...(told?.findings ?? [])],
  };
}

async function askAlertmanagers(
  prometheus: PrometheusApi,
): Promise<{ alertmanagers: LiveAlertmanager[]; findings: readonly Finding[] }> {
  const { urls, findings } = alertmanagersOf(await prometheus.get('alertmanagers'));
  const counted = urls.length === 0 ? new Map() : notificationsIn((await prometheus.ownMetrics()) ?? '');
  const alertmanagers = await Promise.all(
    urls.map(async (url) =>
      judgeAlertmanager({
        url,
        answers: await answers(url),
        counted: counted.get(url),
        onSameHost: hostOf(url) === hostOf(prometheus.url),
      }),
    ),
  );
  return { alertmanagers, findings: [...findings, ...alertmanagers.flatMap(alertmanagerFindings)] };
}

/** Whether anything answers at the address of an Alertmanager. Nobody's token is sent there. */
async function answers(url: string): Promise<boolean> {
  const ready = url.replace(/\/api\/v\d\/alerts$/, '/-/ready');
  const response = await fetch(ready, {
    redirect: 'manual',
    signal: AbortSignal.timeout(PATIENCE_MS),
  }).catch(() => undefined);
  await response?.body?.cancel();
  return response !== undefined && response.status < 500;
}

function hostOf(url: string): string {
  const { hostname } = new URL(url);
  return ['localhost', '[::1]'].includes(hostname) ? '127.0.0.1' : hostname;
}

export function setupText({ rules, targets, alertmanagers }: LiveSetup): string {
  const parts = [
    rules === null ? 'rules not asked' : `${rules.healthy} of ${rules.expected} rules loaded and evaluated`,
    `${targets.up} of ${targets.targets} instances up`,
    alertmanagers === null
      ? 'Alertmanager not asked'
      : alertmanagers.length === 0
        ? 'no Alertmanager'
        : alertmanagers.map(({ url, why }) => `Alertmanager ${new URL(url).host}: ${why}`).join(', '),
  ];
  return `Prometheus: ${parts.join('; ')}`;
}
