import { inWords, promDuration } from '../duration.ts';
import { canaryExpected, type Plan, scaled } from '../plan.ts';
import { metric, ofJob } from '../promql-text.ts';
import type { AlertRule } from './rule.ts';
import { WINDOWS } from './windows.ts';

const MINUTE = 60;
/** A canary is missing once so many of its intervals have passed. */
const MISSED_INTERVALS = 3;
/** How long a timestamp is remembered after its series has gone, in intervals: a restart forgets it, the alert must not. */
const REMEMBERED_INTERVALS = 12;
/** After so many intervals without any timestamp an expected canary counts as one that does not run; well before the memory ends. */
const ABSENT_INTERVALS = 6;
const STALE_FOR = 5 * MINUTE;

/** Whether answers are still right, and whether anybody still looks. */
export function qualityAlerts(plan: Plan): AlertRule[] {
  const { alerts } = plan;
  const hour = scaled(plan, WINDOWS['1h']);
  return [
    {
      alert: 'RagQualityLow',
      expr: `${onlineScoreLow(plan, hour)} or ${goldenRecallLow(plan, hour)}`,
      forSeconds: 15 * MINUTE,
      severity: 'warning',
      summary: 'Answers are worse than they should be',
      description: `{{ with $labels.evaluator }}The mean online score {{ . }} of the last hour{{ else }}The recall at {{ $labels.k }} of the golden set {{ $labels.dataset }}{{ end }} is {{ $value | humanizePercentage }}; the floors are ${alerts.onlineScoreFloor} online and ${alerts.goldenRecallFloor} on golden questions.`,
    },
    staleCanary(plan),
    ...(canaryExpected(plan) ? [absentCanary(plan)] : []),
  ];
}

/** When golden questions were last scored, as far back as so many seconds: the newest value, whatever a clock said before it. */
const lastScored = (plan: Plan, seconds: number): string =>
  `last_over_time(${ofJob(plan, metric('evalLastSuccess'))}[${promDuration(seconds)}])`;

function staleCanary(plan: Plan): AlertRule {
  const interval = plan.alerts.canaryIntervalSeconds;
  const remembered = interval * REMEMBERED_INTERVALS + STALE_FOR * plan.timeScale;
  return {
    alert: 'RagCanaryStale',
    expr: `time() - max by (job, dataset, k) (${lastScored(plan, remembered)}) > ${MISSED_INTERVALS * interval}`,
    forSeconds: STALE_FOR,
    severity: 'warning',
    labels: { canary: 'stale' },
    summary: 'The golden canary of {{ $labels.job }} has stopped',
    description:
      'Golden questions were last asked and scored {{ $value | humanizeDuration }} ago; rag_eval_recall_ratio is frozen at what it was then.',
  };
}

/** A canary that never ran leaves no timestamp to be old, and one that died no longer has one once it is forgotten. */
function absentCanary(plan: Plan): AlertRule {
  const interval = plan.alerts.canaryIntervalSeconds;
  const up = ofJob(plan, 'up');
  const before = `${up} offset ${promDuration(MISSED_INTERVALS * interval)}`;
  const scored = `count by (job) (${lastScored(plan, ABSENT_INTERVALS * interval)})`;
  return {
    alert: 'RagCanaryStale',
    // By job: instances may have come and gone meanwhile.
    expr: `count by (job) (${up} == 1) and count by (job) (${before} == 1) unless on (job) ${scored}`,
    forSeconds: STALE_FOR,
    severity: 'warning',
    labels: { canary: 'absent' },
    summary: 'No golden canary asks {{ $labels.job }}',
    description: `The service is up, and no golden question was asked and scored for ${inWords(ABSENT_INTERVALS * interval)}: a canary is expected (alerts.canaryExpected), and none runs.`,
  };
}

function onlineScoreLow(plan: Plan, hour: string): string {
  const { alerts } = plan;
  const which = ['source="online"', 'evaluator=~"lexical_faithfulness|llm_judge"'];
  const scores = (part: string) => `${ofJob(plan, `${metric('evalScore')}_${part}`, ...which)}[${hour}]`;
  const sum = (part: string) => `sum by (job, evaluator) (rate(${scores(part)}))`;
  const samples = `sum by (job, evaluator) (increase(${scores('count')}))`;
  return `(${sum('sum')} / ${sum('count')} < ${alerts.onlineScoreFloor} and ${samples} >= ${alerts.minimumSamples})`;
}

function goldenRecallLow(plan: Plan, hour: string): string {
  const { alerts } = plan;
  const which = ['source="offline"', 'evaluator="golden_recall"'];
  const scores = `${ofJob(plan, `${metric('evalScore')}_count`, ...which)}[${hour}]`;
  const samples = `sum by (job, instance) (increase(${scores}))`;
  return `(${ofJob(plan, metric('evalRecall'))} < ${alerts.goldenRecallFloor} and on (job, instance) ${samples} >= ${alerts.minimumSamples})`;
}
