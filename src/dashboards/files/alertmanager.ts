import type { Channel } from '../options.ts';
import { type Plan, scaled } from '../plan.ts';
import type { Severity } from '../rules/rule.ts';
import { GENERATED, yamlText } from './yaml-text.ts';

/** By what each severity is sent: who must wake up, who should look today, who may look this week. */
const CHANNELS_OF: Readonly<Record<Severity, readonly Channel[]>> = {
  critical: ['sms', 'slack', 'email'],
  warning: ['slack', 'email'],
  info: ['email'],
};
const SEVERITIES = Object.keys(CHANNELS_OF) as Severity[];
const REPEAT_SECONDS: Readonly<Record<Severity, number>> = { critical: 3600, warning: 14_400, info: 86_400 };

/** The quietest first. */
const BY_LOUDNESS: readonly Channel[] = ['email', 'slack', 'sms'];

const QUIETER = 'severity=~"warning|info"';

/** Secrets are read from files below `monitoring.secretsDir`; none stands here. */
export function alertmanagerConfig(plan: Plan): string {
  const { monitoring } = plan;
  const usesEmail = monitoring.channels.includes('email');
  return yamlText(GENERATED, {
    ...(usesEmail && {
      global: {
        smtp_smarthost: monitoring.smarthost,
        smtp_from: monitoring.emailFrom,
        smtp_auth_username: monitoring.emailFrom,
        smtp_auth_password_file: `${monitoring.secretsDir}/smtp_password`,
      },
    }),
    route: {
      receiver: 'warning',
      group_by: ['alertname', 'job'],
      group_wait: scaled(plan, 30),
      group_interval: scaled(plan, 300),
      repeat_interval: scaled(plan, REPEAT_SECONDS.warning),
      routes: SEVERITIES.map((severity) => ({
        receiver: severity,
        matchers: [`severity="${severity}"`],
        ...(severity === 'critical' && { group_wait: scaled(plan, 10) }),
        repeat_interval: scaled(plan, REPEAT_SECONDS[severity]),
      })),
    },
    inhibit_rules: [
      // Where an instance is down, its own warnings are consequences, and so may be those of the whole job: not another instance's.
      {
        source_matchers: ['alertname="RagDown"'],
        target_matchers: [QUIETER],
        equal: ['job', 'instance'],
      },
      {
        source_matchers: ['alertname="RagDown"'],
        target_matchers: [QUIETER, 'instance=""'],
        equal: ['job'],
      },
      {
        source_matchers: ['alertname="RagTargetMissing"'],
        target_matchers: [QUIETER],
        equal: ['job'],
      },
      // A budget that burns fast burns slowly too.
      {
        source_matchers: ['alertname=~"Rag.*BudgetBurn"', 'severity="critical"'],
        target_matchers: ['alertname=~"Rag.*BudgetBurn"', 'severity="info"'],
        equal: ['alertname', 'job'],
      },
    ],
    receivers: SEVERITIES.map((severity) => receiver(plan, severity)),
  });
}

function receiver({ monitoring }: Plan, severity: Severity): unknown {
  const wanted = CHANNELS_OF[severity].filter((channel) => monitoring.channels.includes(channel));
  // No alert is lost because its channel is not used; nor does one that can wait till Monday wake anybody because of it.
  const quietest = BY_LOUDNESS.filter((channel) => monitoring.channels.includes(channel)).slice(0, 1);
  const channels = wanted.length > 0 ? wanted : quietest;
  const { email, slackChannel, smsUrl, secretsDir } = monitoring;
  return {
    name: severity,
    ...(channels.includes('sms') && {
      webhook_configs: [
        {
          url: smsUrl,
          send_resolved: true,
          http_config: { authorization: { type: 'Bearer', credentials_file: `${secretsDir}/sms_token` } },
        },
      ],
    }),
    ...(channels.includes('slack') && {
      slack_configs: [
        {
          api_url_file: `${secretsDir}/slack_webhook_url`,
          channel: slackChannel,
          send_resolved: true,
          title: '[{{ .Status | toUpper }}] {{ .CommonLabels.severity }}: {{ .CommonLabels.alertname }}',
          text: '{{ range .Alerts }}{{ .Annotations.summary }}\n{{ .Annotations.description }}\n{{ .Annotations.runbook_url }}\n{{ end }}',
        },
      ],
    }),
    ...(channels.includes('email') && { email_configs: [{ to: email, send_resolved: true }] }),
  };
}
