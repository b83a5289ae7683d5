import type { Plan } from '../../plan.ts';
import { bucketOf } from '../../promql-text.ts';
import { mean, quantile, rateOf, sumRate, upOfService } from '../select.ts';
import type { PanelSpec, RowSpec } from '../spec.ts';

/** What the alert RagHighErrorRate counts as bad; `or`, because where nothing ever fell back there is no such series. */
export const BAD_RATE = `sum(${rateOf('queries', 'outcome=~"error|rejected"')} or ${rateOf('fallbacks', 'to="last-resort"')})`;
export const ASKED_RATE = sumRate('queries', '', 'outcome!~"invalid|withdrawn"');
const ANSWERED = 'outcome="answered"';

/** One line that says whether anything is wrong. */
export function overviewRow(plan: Plan): RowSpec {
  return { title: 'Overview', panels: [...serviceStats(plan), ...answerStats(plan)] };
}

/** Whether it answers, and how fast. */
function serviceStats({ objectives, alerts }: Plan): PanelSpec[] {
  const budget = 1 - objectives.availability;
  const inTime = sumRate(
    'queryDuration',
    '',
    `${ANSWERED},${bucketOf(objectives.latencySeconds)}`,
    '_bucket',
  );
  return [
    {
      kind: 'stat',
      title: 'Instances up',
      description: 'Instances that Prometheus can scrape.',
      unit: 'short',
      queries: [{ expr: `sum(${upOfService})`, legend: 'up' }],
      bounds: { warn: 1, bad: 1 },
    },
    {
      kind: 'stat',
      title: 'Error rate',
      description: `Share of questions that failed, were rejected or got an apology. Red where RagHighErrorRate fires: above ${alerts.errorRate}.`,
      unit: 'percentunit',
      queries: [{ expr: `${BAD_RATE} / ${ASKED_RATE}`, legend: 'error rate' }],
      bounds: { warn: Math.min(budget, alerts.errorRate), bad: alerts.errorRate },
      needs: 'traffic',
    },
    {
      kind: 'stat',
      title: 'p95 latency',
      description: 'Nineteen of twenty answered questions took no longer in the engine.',
      unit: 's',
      queries: [{ expr: quantile(0.95, 'queryDuration', '', ANSWERED), legend: 'p95' }],
      bounds: { warn: Math.min(objectives.latencySeconds, alerts.p95Seconds), bad: alerts.p95Seconds },
      needs: 'traffic',
    },
    {
      kind: 'stat',
      title: `Within ${objectives.latencySeconds} s`,
      description: `Share of answered questions that were answered within the objective of ${objectives.latencySeconds} s.`,
      unit: 'percentunit',
      queries: [
        {
          expr: `${inTime} / ${sumRate('queryDuration', '', ANSWERED, '_count')}`,
          legend: 'within the objective',
        },
      ],
      bounds: { warn: objectives.latencyShare, bad: objectives.latencyShare },
      needs: 'traffic',
    },
  ];
}

/** Whether what it answers is any good, and what it costs. */
function answerStats({ alerts }: Plan): PanelSpec[] {
  return [
    {
      kind: 'stat',
      title: 'First token, p95',
      description: 'Seconds from a question to the first piece of its answer, p95.',
      unit: 's',
      queries: [{ expr: quantile(0.95, 'firstToken'), legend: 'p95' }],
      bounds: { warn: alerts.firstTokenSeconds, bad: alerts.firstTokenSeconds },
      needs: 'traffic',
    },
    {
      kind: 'stat',
      title: 'Empty retrieval',
      description: 'Share of searches that found nothing at all.',
      unit: 'percentunit',
      queries: [
        {
          expr: `${sumRate('retrievals', '', 'retriever="fused",result="empty"')} / ${sumRate('retrievals', '', 'retriever="fused"')}`,
          legend: 'empty',
        },
      ],
      bounds: { warn: alerts.emptyRetrievalRate / 2, bad: alerts.emptyRetrievalRate },
      needs: 'traffic',
    },
    {
      kind: 'stat',
      title: 'Online quality',
      description: 'Mean lexical faithfulness of the live answers that were scored.',
      unit: 'percentunit',
      queries: [
        {
          expr: mean('evalScore', '', 'source="online",evaluator="lexical_faithfulness"'),
          legend: 'faithfulness',
        },
      ],
      bounds: { warn: alerts.onlineScoreFloor, bad: alerts.onlineScoreFloor },
      needs: 'online',
    },
    {
      kind: 'stat',
      title: 'Cost a question',
      description: 'US dollars spent on models for each question, after the price table of the settings.',
      unit: 'currencyUSD',
      queries: [{ expr: `${sumRate('cost')} / ${ASKED_RATE}`, legend: 'cost' }],
      needs: 'prices',
    },
  ];
}
