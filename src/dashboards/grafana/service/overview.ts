import { percent } from '../../figures.ts';
import { type Plan, scrapeSeconds } from '../../plan.ts';
import { bucketOf } from '../../promql-text.ts';
import { WINDOWS, type Window } from '../../rules/windows.ts';
import { runbooks } from '../links.ts';
import { mean, quantile, rateOf, sumRate, upOfService, whereKnown } from '../select.ts';
import type { PanelSpec, RowSpec } from '../spec.ts';
import { firingPanel } from './firing.ts';

/** What the alert RagHighErrorRate counts as bad; `or`, because where nothing ever fell back there is no such series. */
export const BAD_RATE = `sum(${rateOf('queries', 'outcome=~"error|rejected"')} or ${rateOf('fallbacks', 'to="last-resort"')})`;
export const ASKED_RATE = sumRate('queries', '', 'outcome!~"invalid|withdrawn"');
const ANSWERED = 'outcome="answered"';

/** One line that says whether anything is wrong, and below it what fires. */
export function overviewRow(plan: Plan): RowSpec {
  return { title: 'Overview', panels: [...serviceStats(plan), ...answerStats(plan), firingPanel(plan)] };
}

/** The step with which `$__rate_interval`, which is a step and a scrape, is as long as a window of the alerts. */
function stepFor(plan: Plan, window: Window): string {
  const scrape = scrapeSeconds(plan);
  return `${Math.max(scrape, Math.round(WINDOWS[window] * plan.timeScale - scrape))}s`;
}

/** Whether it answers, and how fast. */
function serviceStats(plan: Plan): PanelSpec[] {
  const { objectives, alerts } = plan;
  const interval = stepFor(plan, '5m');
  const inTime = sumRate(
    'queryDuration',
    '',
    `${ANSWERED},${bucketOf(objectives.latencySeconds)}`,
    '_bucket',
  );
  const inTimeShare = `${inTime} / ${sumRate('queryDuration', '', ANSWERED, '_count')}`;
  return [
    instancesStat(plan),
    {
      kind: 'stat',
      title: 'Error rate',
      description: `Share of the questions of the last five minutes that failed, were rejected or got an apology. Orange past what the objective allows, red above ${percent(alerts.errorRate)}: RagHighErrorRate fires where it stays there for five minutes, of ${alerts.minimumQueries} questions or more.`,
      unit: 'percentunit',
      queries: [{ expr: whereKnown(`${BAD_RATE} / ${ASKED_RATE}`), legend: 'error rate' }],
      bounds: { warn: Math.min(1 - objectives.availability, alerts.errorRate), bad: alerts.errorRate },
      interval,
      links: runbooks(plan, 'RagHighErrorRate', 'RagErrorBudgetBurn'),
      needs: 'traffic',
    },
    {
      kind: 'stat',
      title: 'p95 latency',
      description:
        'Nineteen of twenty questions that were answered within the last five minutes took no longer in the engine.',
      unit: 's',
      queries: [{ expr: whereKnown(quantile(0.95, 'queryDuration', '', ANSWERED)), legend: 'p95' }],
      bounds: { warn: Math.min(objectives.latencySeconds, alerts.p95Seconds), bad: alerts.p95Seconds },
      interval,
      links: runbooks(plan, 'RagLatencyP95High'),
      needs: 'traffic',
    },
    {
      kind: 'stat',
      title: `Within ${objectives.latencySeconds} s`,
      description: `Share of the questions answered within the last five minutes that took no longer than the objective of ${objectives.latencySeconds} s; it should be ${percent(objectives.latencyShare)} or more.`,
      unit: 'percentunit',
      queries: [{ expr: whereKnown(inTimeShare), legend: 'within the objective' }],
      bounds: { warn: objectives.latencyShare, bad: objectives.latencyShare, lessIsWorse: true },
      interval,
      links: runbooks(plan, 'RagLatencyBudgetBurn'),
      needs: 'traffic',
    },
  ];
}

/** "2 of 3", in the colour of two thirds. The numbers become labels, so that a legend can say them. */
function instancesStat(plan: Plan): PanelSpec {
  const up = upOfService(plan.monitoring.job);
  const named = (label: string, count: string) =>
    `on () group_left (${label}) count_values("${label}", ${count})`;
  return {
    kind: 'stat',
    title: 'Instances up',
    description: 'Instances that Prometheus can scrape, of those that it should. Red where one is missing.',
    unit: 'percentunit',
    queries: [
      {
        expr: `avg(${up}) * ${named('running', `sum(${up})`)} * ${named('all', `count(${up})`)}`,
        legend: '{{running}} of {{all}} up',
      },
    ],
    bounds: { warn: 1, bad: 1, lessIsWorse: true },
    named: true,
    none: 'no target',
    links: runbooks(plan, 'RagDown', 'RagTargetMissing', 'RagRestarting'),
  };
}

/** Whether what it answers is any good, and what it costs. */
function answerStats(plan: Plan): PanelSpec[] {
  const { alerts } = plan;
  const empty = `${sumRate('retrievals', '', 'retriever="fused",result="empty"')} / ${sumRate('retrievals', '', 'retriever="fused"')}`;
  return [
    {
      kind: 'stat',
      title: 'First token, p95',
      description: 'Seconds from a question to the first piece of its answer, p95 of the last five minutes.',
      unit: 's',
      queries: [{ expr: whereKnown(quantile(0.95, 'firstToken')), legend: 'p95' }],
      bounds: { warn: alerts.firstTokenSeconds, bad: alerts.firstTokenSeconds },
      interval: stepFor(plan, '5m'),
      links: runbooks(plan, 'RagTtftHigh'),
      needs: 'traffic',
    },
    {
      kind: 'stat',
      title: 'Empty retrieval',
      description: 'Share of the searches of the last 15 minutes that found nothing at all.',
      unit: 'percentunit',
      queries: [{ expr: whereKnown(empty), legend: 'empty' }],
      bounds: { warn: alerts.emptyRetrievalRate / 2, bad: alerts.emptyRetrievalRate },
      interval: stepFor(plan, '15m'),
      links: runbooks(plan, 'RagEmptyRetrievalHigh'),
      needs: 'traffic',
    },
    {
      kind: 'stat',
      title: 'Online quality',
      description: 'Mean lexical faithfulness of the live answers that were scored within the last hour.',
      unit: 'percentunit',
      queries: [
        {
          expr: whereKnown(mean('evalScore', '', 'source="online",evaluator="lexical_faithfulness"')),
          legend: 'faithfulness',
        },
      ],
      bounds: { warn: alerts.onlineScoreFloor, bad: alerts.onlineScoreFloor, lessIsWorse: true },
      interval: stepFor(plan, '1h'),
      links: runbooks(plan, 'RagQualityLow'),
      needs: 'online',
    },
    {
      kind: 'stat',
      title: 'Cost a question',
      description:
        'US dollars spent on models for each question of the last five minutes, after the price table of the settings.',
      unit: 'currencyUSD',
      queries: [{ expr: whereKnown(`${sumRate('cost')} / ${ASKED_RATE}`), legend: 'cost' }],
      interval: stepFor(plan, '5m'),
      none: 'no traffic or no prices',
      needs: 'prices',
    },
  ];
}
