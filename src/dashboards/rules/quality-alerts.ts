import { promDuration } from '../duration.ts';
import { type Plan, scaled } from '../plan.ts';
import { metric } from '../promql-text.ts';
import type { AlertRule } from './rule.ts';
import { WINDOWS } from './windows.ts';

const MINUTE = 60;
/** A canary is missing once so many of its intervals have passed. */
const MISSED_INTERVALS = 3;
/** How long a timestamp is remembered after its series has gone, in intervals: a restart forgets it, the alert must not. */
const REMEMBERED_INTERVALS = 12;

/** Whether answers are still right, and whether anybody still looks. */
export function qualityAlerts(plan: Plan): AlertRule[] {
  const { alerts } = plan;
  const hour = scaled(plan, WINDOWS['1h']);
  const seen = `${metric('evalLastSuccess')}[${promDuration(alerts.canaryIntervalSeconds * REMEMBERED_INTERVALS)}]`;
  return [
    {
      alert: 'RagQualityLow',
      expr: `${onlineScoreLow(plan, hour)} or ${goldenRecallLow(plan, hour)}`,
      forSeconds: 15 * MINUTE,
      severity: 'warning',
      summary: 'Answers are worse than they should be',
      description: `{{ with $labels.evaluator }}The mean online score {{ . }} of the last hour{{ else }}The recall at {{ $labels.k }} of the golden set {{ $labels.dataset }}{{ end }} is {{ $value | humanizePercentage }}; the floors are ${alerts.onlineScoreFloor} online and ${alerts.goldenRecallFloor} on golden questions.`,
    },
    {
      alert: 'RagCanaryStale',
      expr: `time() - max by (job, dataset, k) (max_over_time(${seen})) > ${MISSED_INTERVALS * alerts.canaryIntervalSeconds}`,
      forSeconds: 5 * MINUTE,
      severity: 'warning',
      summary: 'The golden canary has stopped',
      description: `Golden questions were last asked and scored {{ $value | humanizeDuration }} ago; rag_eval_recall_ratio is frozen at what it was then.`,
    },
  ];
}

function onlineScoreLow({ alerts }: Plan, hour: string): string {
  const which = `{source="online",evaluator=~"lexical_faithfulness|llm_judge"}[${hour}]`;
  const sum = (part: string) => `sum by (job, evaluator) (rate(${metric('evalScore')}_${part}${which}))`;
  const samples = `sum by (job, evaluator) (increase(${metric('evalScore')}_count${which}))`;
  return `(${sum('sum')} / ${sum('count')} < ${alerts.onlineScoreFloor} and ${samples} >= ${alerts.minimumSamples})`;
}

function goldenRecallLow({ alerts }: Plan, hour: string): string {
  const which = `{source="offline",evaluator="golden_recall"}[${hour}]`;
  const samples = `sum by (job, instance) (increase(${metric('evalScore')}_count${which}))`;
  return `(${metric('evalRecall')} < ${alerts.goldenRecallFloor} and on (job, instance) ${samples} >= ${alerts.minimumSamples})`;
}
