import { alertmanagerConfig } from './files/alertmanager.ts';
import { composeFile, dockerfile, dockerIgnore, tempoConfig } from './files/compose.ts';
import { dashboardProvisioning, datasourceProvisioning } from './files/grafana.ts';
import { prometheusConfig } from './files/prometheus.ts';
import { alertRuleFile, recordingRuleFile } from './files/rule-files.ts';
import { dashboardOf } from './grafana/dashboard.ts';
import { loadDashboard } from './grafana/load-dashboard.ts';
import { qualityDashboard } from './grafana/quality-dashboard.ts';
import { serviceDashboard } from './grafana/service-dashboard.ts';
import type { DashboardSpec } from './grafana/spec.ts';
import { checkPlan, type Plan } from './plan.ts';

/** Where dashboards and rules stand below the folder; `dashboards check` looks there. */
export const DASHBOARD_FOLDER = 'grafana/dashboards';
export const RULE_FOLDER = 'prometheus/rules';
export const RUNBOOK_FOLDER = 'runbooks';

export function dashboardSpecs(plan: Plan): readonly DashboardSpec[] {
  return [serviceDashboard(plan), loadDashboard(plan), qualityDashboard(plan)];
}

/**
 * Every generated file, path below the folder → text; a function of the plan alone, so that what differs in it was changed by
 * somebody. Throws `config.invalid` where rules could never fire.
 */
export function buildFiles(plan: Plan): ReadonlyMap<string, string> {
  checkPlan(plan);
  const dashboards = dashboardSpecs(plan).map((spec): [string, string] => [
    `${DASHBOARD_FOLDER}/${spec.uid.replace('groundspeed-', '')}.json`,
    `${JSON.stringify(dashboardOf(spec), null, 2)}\n`,
  ]);
  return new Map([
    ...dashboards,
    ['grafana/provisioning/dashboards/groundspeed.yml', dashboardProvisioning()],
    ['grafana/provisioning/datasources/groundspeed.yml', datasourceProvisioning(plan)],
    ['prometheus/prometheus.yml', prometheusConfig(plan)],
    [`${RULE_FOLDER}/groundspeed.recording.yml`, recordingRuleFile(plan)],
    [`${RULE_FOLDER}/groundspeed.alerts.yml`, alertRuleFile(plan)],
    ['alertmanager/alertmanager.yml', alertmanagerConfig(plan)],
    ['tempo/tempo.yml', tempoConfig()],
    ['compose.yml', composeFile(plan)],
    ['Dockerfile', dockerfile()],
    ['Dockerfile.dockerignore', dockerIgnore()],
    ['secrets/.gitignore', '# Nothing in here is committed.\n*\n!.gitignore\n'],
  ]);
}
