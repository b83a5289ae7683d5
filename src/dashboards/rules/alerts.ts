import { inWords } from '../duration.ts';
import { percent } from '../figures.ts';
import { type Plan, scaled } from '../plan.ts';
import { metric, ofJob, roundedShare } from '../promql-text.ts';
import { burnRateAlerts } from './burn-rate.ts';
import { qualityAlerts } from './quality-alerts.ts';
import { RECORDED } from './recording.ts';
import type { AlertRule } from './rule.ts';
import { WINDOWS } from './windows.ts';

const MINUTE = 60;

/** Every alert, in the order of the reference: availability, objectives, load and resilience, quality, the process. */
export function alertRules(plan: Plan): AlertRule[] {
  return [
    ...availabilityAlerts(plan),
    ...burnRateAlerts(plan),
    ...resilienceAlerts(plan),
    ...qualityAlerts(plan),
    ...saturationAlerts(plan),
  ];
}

function availabilityAlerts(plan: Plan): AlertRule[] {
  const { alerts, monitoring } = plan;
  const fiveMinutes = scaled(plan, WINDOWS['5m']);
  const asked = `sum by (job) (increase(${ofJob(plan, metric('queries'), 'outcome!~"invalid|withdrawn"')}[${fiveMinutes}]))`;
  const up = ofJob(plan, 'up');
  return [
    {
      alert: 'RagHighErrorRate',
      expr: `${roundedShare(ofJob(plan, RECORDED.badShare('5m')))} > ${alerts.errorRate} and ${asked} >= ${alerts.minimumQueries}`,
      forSeconds: 5 * MINUTE,
      severity: 'critical',
      summary: 'Too many questions go unanswered',
      description: `{{ $value | humanizePercentage }} of the questions of the last five minutes failed, were rejected or got an apology; more than ${percent(alerts.errorRate)} is too many.`,
    },
    {
      alert: 'RagLatencyP95High',
      expr: `histogram_quantile(0.95, ${ofJob(plan, RECORDED.answeredBuckets)}) > ${alerts.p95Seconds}`,
      forSeconds: 5 * MINUTE,
      severity: 'warning',
      summary: 'Answers are slow',
      description: `One answer in twenty takes {{ $value | humanizeDuration }} or more; the bound is ${alerts.p95Seconds} s.`,
    },
    {
      alert: 'RagMemoryHigh',
      expr: `${ofJob(plan, metric('residentMemory'))} / ${ofJob(plan, metric('memoryLimit'))} > ${alerts.memoryRatio}`,
      forSeconds: 5 * MINUTE,
      severity: 'warning',
      summary: '{{ $labels.instance }} is short of memory',
      description: `{{ $value | humanizePercentage }} of the memory limit is resident; past ${percent(alerts.memoryRatio)} the service is close to being killed.`,
    },
    {
      alert: 'RagDown',
      expr: `${up} == 0`,
      forSeconds: MINUTE,
      severity: 'critical',
      summary: '{{ $labels.instance }} is down',
      description: 'Prometheus cannot scrape {{ $labels.instance }}.',
    },
    {
      alert: 'RagTargetMissing',
      expr: `absent(${up})`,
      forSeconds: 5 * MINUTE,
      severity: 'critical',
      summary: 'Nothing is scraped',
      description: `Prometheus knows no target of the job ${monitoring.job}: nothing watches the service.`,
    },
    {
      alert: 'RagRestarting',
      expr: `changes(${ofJob(plan, metric('startTime'))}[${scaled(plan, WINDOWS['15m'])}]) > ${alerts.restarts}`,
      severity: 'critical',
      summary: '{{ $labels.instance }} keeps restarting',
      description: '{{ $labels.instance }} restarted {{ $value }} times within 15 minutes.',
    },
  ];
}

function resilienceAlerts(plan: Plan): AlertRule[] {
  const { alerts } = plan;
  const fiveMinutes = scaled(plan, WINDOWS['5m']);
  const share = (part: string, whole: string) => roundedShare(`${ofJob(plan, part)} / ${ofJob(plan, whole)}`);
  const asked = `sum by (job, instance) (increase(${ofJob(plan, metric('queries'))}[${fiveMinutes}]))`;
  const open = ofJob(plan, metric('breakerState'), 'state="open"');
  return [
    {
      alert: 'RagShedding',
      expr: `${share(RECORDED.rejected, RECORDED.queries('5m'))} > ${alerts.sheddingRate}`,
      forSeconds: 5 * MINUTE,
      severity: 'warning',
      summary: 'Questions are turned away',
      description: `{{ $value | humanizePercentage }} of the questions are rejected, because more come than can be answered.`,
    },
    {
      alert: 'RagEmptyRetrievalHigh',
      expr: `${share(RECORDED.emptySearches, RECORDED.searches)} > ${alerts.emptyRetrievalRate}`,
      forSeconds: 15 * MINUTE,
      severity: 'warning',
      summary: 'Many searches find nothing',
      description: '{{ $value | humanizePercentage }} of the searches of the last 15 minutes found nothing.',
    },
    {
      alert: 'RagDegradedHigh',
      expr: `${share(RECORDED.degraded, RECORDED.notRejected)} > ${alerts.degradedRate}`,
      forSeconds: 15 * MINUTE,
      severity: 'warning',
      summary: 'Many answers are degraded',
      description:
        '{{ $value | humanizePercentage }} of the questions of the last 15 minutes got an answer of less than full quality, because something failed on the way.',
    },
    {
      alert: 'RagCircuitBreakerOpen',
      // A breaker that tries again is half open for a moment, and one that nobody asks stays open for ever.
      expr: `avg_over_time(${open}[${fiveMinutes}]) > 0.5 and on (job, instance) (${asked} > 0)`,
      forSeconds: MINUTE,
      severity: 'warning',
      summary: 'The circuit breaker of {{ $labels.dependency }} is open',
      description:
        '{{ $labels.instance }} spares {{ $labels.dependency }}, which failed too often: its breaker was open for {{ $value | humanizePercentage }} of the last five minutes.',
    },
    ...staleIndexAlert(plan),
  ];
}

function staleIndexAlert(plan: Plan): AlertRule[] {
  const { ingestIntervalSeconds } = plan.alerts;
  if (ingestIntervalSeconds === undefined) return [];
  return [
    {
      alert: 'RagIndexStale',
      expr: `time() - ${ofJob(plan, metric('indexLastSuccess'))} > ${ingestIntervalSeconds}`,
      forSeconds: 10 * MINUTE,
      severity: 'warning',
      summary: 'The index is out of date',
      description: `No documents were taken in to the end for {{ $value | humanizeDuration }}; they should be every ${inWords(ingestIntervalSeconds)}.`,
    },
  ];
}

function saturationAlerts(plan: Plan): AlertRule[] {
  const { alerts, queueCapacity } = plan;
  const queue: AlertRule = {
    alert: 'RagQueueSaturated',
    expr: `${ofJob(plan, metric('queueDepth'), 'queue="queries"')} / ${queueCapacity} > ${alerts.queueRatio}`,
    forSeconds: 5 * MINUTE,
    severity: 'warning',
    summary: 'The queue of {{ $labels.instance }} is nearly full',
    description: `{{ $value | humanizePercentage }} of the ${queueCapacity} places in the queue for questions are taken.`,
  };
  return [
    {
      alert: 'RagTtftHigh',
      expr: `histogram_quantile(0.95, ${ofJob(plan, RECORDED.firstTokenBuckets)}) > ${alerts.firstTokenSeconds}`,
      forSeconds: 10 * MINUTE,
      severity: 'warning',
      summary: 'Answers begin late',
      description: `One answer in twenty begins after {{ $value | humanizeDuration }} or more; the bound is ${alerts.firstTokenSeconds} s.`,
    },
    ...(queueCapacity > 0 ? [queue] : []),
    {
      alert: 'RagEventLoopLag',
      expr: `${ofJob(plan, metric('eventLoopLagP99'))} > ${alerts.eventLoopLagSeconds}`,
      forSeconds: 5 * MINUTE,
      severity: 'warning',
      summary: 'The event loop of {{ $labels.instance }} is blocked',
      description: `p99 of the lag of the event loop is {{ $value | humanizeDuration }}; the bound is ${alerts.eventLoopLagSeconds} s.`,
    },
  ];
}
