import { z } from 'zod';

/** The highest of the burn rates that page: an error rate of 14.4 budgets, which must be one that can be seen. */
export const HIGHEST_BURN_RATE = 14.4;

/** Shares have dust of binary fractions behind them. */
const DUST = 1e-9;
const canBurn = (target: number): boolean => HIGHEST_BURN_RATE * (1 - target) < 1 - DUST;
const CANNOT_BURN =
  'must leave a budget under 1 / 14.4 (a target above 0.9306): a burn rate of 14.4 budgets would be an error rate of 1 or more, and could never be seen';

const target = () => z.coerce.number().lt(1).refine(canBurn, CANNOT_BURN);
const share = () => z.coerce.number().gt(0).lt(1);
const seconds = () => z.coerce.number().gt(0).max(86_400);
const whole = () => z.coerce.number().int();
const boolean = z.union([
  z.boolean(),
  z
    .enum(['true', 'false', '1', '0', 'yes', 'no', 'on', 'off'])
    .transform((word) => ['true', '1', 'yes', 'on'].includes(word)),
]);
/** `host:port`, as a scrape configuration names what is scraped. */
const address = z
  .string()
  .regex(/^[^\s/:]+:\d{1,5}$|^\[[0-9a-fA-F:]+\]:\d{1,5}$/, 'must be host:port, without a scheme');
const addresses = (fallback: readonly string[]) =>
  z
    .union([
      z.array(z.string()),
      z.string().transform((list) =>
        list
          .split(',')
          .map((item) => item.trim())
          .filter(Boolean),
      ),
    ])
    .pipe(z.array(address))
    .default([...fallback]);

const objectives = z.strictObject({
  windowDays: whole()
    .min(1)
    .max(90)
    .default(30)
    .describe('Days over which the error budgets of the service are counted.'),
  availability: target()
    .default(0.99)
    .describe('Share of questions that neither fail, nor are rejected, nor get an apology; above 0.9306.'),
  latencySeconds: seconds()
    .default(2)
    .describe(
      'Seconds within which a question is answered in time; a bound of the buckets of rag_query_duration_seconds.',
    ),
  latencyShare: target()
    .default(0.95)
    .describe('Share of the answered questions that are answered in time; above 0.9306.'),
});

const alerts = z.strictObject({
  errorRate: share()
    .default(0.05)
    .describe('Share of failed, rejected and apologised-for questions above which RagHighErrorRate fires.'),
  minimumQueries: whole()
    .min(0)
    .max(1_000_000)
    .default(20)
    .describe(
      'Questions that a window needs before RagHighErrorRate judges it; budget burns need as many in their longer one.',
    ),
  p95Seconds: seconds()
    .default(5)
    .describe(
      'p95 of answered questions, in seconds, above which RagLatencyP95High fires; a bound of the buckets.',
    ),
  memoryRatio: share().default(0.85).describe('Share of the memory limit above which RagMemoryHigh fires.'),
  restarts: whole()
    .min(0)
    .max(1000)
    .default(2)
    .describe('Restarts within 15 minutes above which RagRestarting fires.'),
  sheddingRate: share().default(0.05).describe('Share of rejected questions above which RagShedding fires.'),
  emptyRetrievalRate: share()
    .default(0.2)
    .describe('Share of searches without a hit above which RagEmptyRetrievalHigh fires.'),
  degradedRate: share()
    .default(0.1)
    .describe(
      'Share of degraded answers among the questions not rejected above which RagDegradedHigh fires.',
    ),
  ingestIntervalSeconds: z.coerce
    .number()
    .gt(0)
    .optional()
    .describe(
      'Seconds between two ingests, at most; RagIndexStale fires past it. Without one there is no such alert.',
    ),
  onlineScoreFloor: share()
    .default(0.5)
    .describe('Mean online score (lexical faithfulness, LLM judge) below which RagQualityLow fires.'),
  goldenRecallFloor: share()
    .default(0.6)
    .describe('Recall of the golden canary below which RagQualityLow fires.'),
  minimumSamples: whole()
    .min(1)
    .max(1_000_000)
    .default(20)
    .describe('Scores within an hour that RagQualityLow needs.'),
  canaryIntervalSeconds: z.coerce
    .number()
    .gt(0)
    .default(300)
    .describe(
      'Seconds between two canary runs; RagCanaryStale fires once three of them have passed without one.',
    ),
  canaryExpected: boolean
    .optional()
    .describe(
      'Whether golden questions are asked of the service: RagCanaryStale then fires as well where none ever were. Without it, yes where the service asks itself (evaluation.canaryEverySeconds, or the service of the compose file), else no.',
    ),
  firstTokenSeconds: seconds()
    .default(2)
    .describe('p95 of the time to the first token, in seconds, above which RagTtftHigh fires.'),
  queueRatio: share()
    .default(0.8)
    .describe('Share of server.maxQueuedQueries that wait above which RagQueueSaturated fires.'),
  eventLoopLagSeconds: seconds()
    .default(0.2)
    .describe('p99 of the lag of the event loop, in seconds, above which RagEventLoopLag fires.'),
  runbookUrl: z
    .url()
    .default('http://localhost:8088')
    .describe(
      'Where the runbooks can be read: each alert links to NAME.md below it. The compose file serves them here.',
    ),
});

const CHANNELS = ['email', 'slack', 'sms'] as const;
export type Channel = (typeof CHANNELS)[number];

const monitoring = z.strictObject({
  job: z
    .string()
    .regex(/^[a-zA-Z0-9_-]+$/, 'must be letters, digits, _ and -')
    .default('groundspeed')
    .describe('Name of the job under which Prometheus scrapes the service.'),
  scrapeSeconds: whole()
    .min(1)
    .max(300)
    .default(15)
    .describe('Seconds between two scrapes, and between two evaluations of the rules.'),
  services: addresses(['groundspeed:8080']).describe('Addresses of the service, as Prometheus reaches them.'),
  generators: addresses(['host.docker.internal:9464']).describe(
    'Addresses of load generators (--metrics-port), as Prometheus reaches them.',
  ),
  tokenFile: z
    .string()
    .default('/etc/prometheus/secrets/api_token')
    .describe(
      'File, as Prometheus sees it, with the token that the service asks for (server.apiToken); empty where it asks for none.',
    ),
  alertmanagers: addresses(['alertmanager:9093']).describe(
    'Addresses of Alertmanager, as Prometheus reaches them.',
  ),
  channels: z
    .union([
      z.array(z.enum(CHANNELS)),
      z.string().transform((list) => list.split(',').map((item) => item.trim())),
    ])
    .pipe(z.array(z.enum(CHANNELS)).min(1))
    .default([...CHANNELS])
    .describe(
      'By what alerts are sent: critical ones by all of them, warnings by Slack and email, the others by email; where none of these is named, by the quietest that is (email, Slack, SMS).',
    ),
  email: z.string().min(3).default('oncall@example.com').describe('Who gets alerts by email.'),
  emailFrom: z.string().min(3).default('alertmanager@example.com').describe('Sender of alerts by email.'),
  smarthost: address.default('smtp.example.com:587').describe('SMTP server that takes alerts.'),
  slackChannel: z
    .string()
    .min(1)
    .default('#rag-alerts')
    .describe(
      'Slack channel that gets alerts; the URL of the webhook is read from the file slack_webhook_url.',
    ),
  smsUrl: z
    .url()
    .default('http://sms-gateway:8080/alerts')
    .describe(
      "Webhook of an SMS gateway that takes Alertmanager's JSON; its token is read from the file sms_token.",
    ),
  secretsDir: z
    .string()
    .min(1)
    .default('/etc/alertmanager/secrets')
    .describe(
      'Folder, as Alertmanager sees it, with the files smtp_password, slack_webhook_url and sms_token.',
    ),
});

/** What dashboards and alerts are made of, besides the catalogue. */
export const dashboardOptions = {
  objectives: objectives.prefault({}),
  alerts: alerts.prefault({}),
  monitoring: monitoring.prefault({}),
} as const;

export type Objectives = z.infer<typeof objectives>;
export type AlertOptions = z.infer<typeof alerts>;
export type MonitoringOptions = z.infer<typeof monitoring>;
