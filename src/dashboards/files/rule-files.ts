import { promDuration } from '../duration.ts';
import { type Plan, scaled, scrapeSeconds } from '../plan.ts';
import { alertRules } from '../rules/alerts.ts';
import { objectiveRules, shortRules } from '../rules/recording.ts';
import type { AlertRule } from '../rules/rule.ts';
import { GENERATED, yamlText } from './yaml-text.ts';

const NOMINAL = 'The window in the name of a recorded series is the nominal one.';

export function recordingRuleFile(plan: Plan): string {
  const interval = promDuration(scrapeSeconds(plan));
  return yamlText(`${GENERATED}\n${NOMINAL}`, {
    groups: [
      { name: 'groundspeed-rates', interval, rules: shortRules(plan) },
      { name: 'groundspeed-objectives', interval, rules: objectiveRules(plan) },
    ],
  });
}

export function alertRuleFile(plan: Plan): string {
  const { windowDays, availability, latencySeconds, latencyShare } = plan.objectives;
  const stated = `Objectives over ${windowDays} days: availability ${availability}, answered within ${latencySeconds} s ${latencyShare}.`;
  const scale =
    plan.timeScale === 1
      ? ''
      : `\nEvery window and \`for\` is scaled by ${plan.timeScale}: for rehearsals only.`;
  return yamlText(`${GENERATED}\n${stated}${scale}`, {
    groups: [
      {
        name: 'groundspeed-alerts',
        interval: promDuration(scrapeSeconds(plan)),
        rules: alertRules(plan).map((rule) => asYaml(plan, rule)),
      },
    ],
  });
}

function asYaml(
  plan: Plan,
  { alert, expr, forSeconds, severity, labels, summary, description }: AlertRule,
): unknown {
  return {
    alert,
    expr,
    ...(forSeconds !== undefined && { for: scaled(plan, forSeconds) }),
    labels: { severity, ...labels },
    annotations: {
      summary,
      description,
      runbook_url: `${plan.alerts.runbookUrl.replace(/\/$/, '')}/${alert}.md`,
    },
  };
}
