import type { Plan } from '../../plan.ts';
import { runbooksAt } from '../links.ts';
import { FIRING } from '../select.ts';
import type { PanelSpec } from '../spec.ts';

/** What fires now, each alert beside its runbook. */
export function firingPanel(plan: Plan): PanelSpec {
  const named = `label_join(label_replace(${FIRING}, "suffix", ".md", "", ""), "runbook", "", "alertname", "suffix")`;
  // A table without rows could as well be one that failed.
  const nothing = `label_replace(label_replace(vector(0) unless on () ${FIRING}, "severity", "ok", "", ""), "alertname", "nothing fires", "", "")`;
  return {
    kind: 'table',
    title: 'Firing alerts',
    description:
      'Alerts of the service that fire, as Prometheus has it. It can know of none where the rules are not loaded: groundspeed dashboards check --prometheus says whether they are.',
    unit: 'short',
    queries: [
      {
        expr: `max by (severity, alertname, instance, dependency, runbook) (${named} or ${nothing})`,
        legend: '',
      },
    ],
    columns: [
      {
        label: 'severity',
        colours: { critical: 'red', warning: 'orange', info: 'blue', ok: 'green' },
      },
      { label: 'alertname' },
      { label: 'instance' },
      { label: 'dependency' },
      { label: 'runbook', below: runbooksAt(plan) },
    ],
    width: 24,
    height: 5,
  };
}
