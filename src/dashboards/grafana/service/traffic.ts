import type { QueryOutcome } from '../../../telemetry/catalogue.ts';
import type { Plan } from '../../plan.ts';
import { runbooks } from '../links.ts';
import { quantile, select, sumRate } from '../select.ts';
import type { PanelSpec, RowSpec } from '../spec.ts';

const ANSWERED = 'outcome="answered"';

/** The same wherever outcomes are shown: red failed, orange to purple got less or nothing, grey is no fault of the service. */
export const OUTCOME_COLOURS: Readonly<Record<QueryOutcome, string>> = {
  answered: 'green',
  abstained: 'light-blue',
  no_context: 'blue',
  degraded: 'orange',
  error: 'red',
  rejected: 'purple',
  invalid: '#a0a0a0',
  withdrawn: '#707070',
};

/** One hue, the darker the worse, so that they are told from the colours of outcomes and bounds. */
export const QUANTILE_COLOURS = { p50: 'light-blue', p95: 'blue', p99: 'dark-blue' } as const;

/** Latency of answered questions; the points lead to traces. */
export function latencyPanel(plan: Plan): PanelSpec {
  const { alerts } = plan;
  return {
    kind: 'lines',
    title: 'Latency',
    description:
      'Seconds that the engine took for an answered question: p50, p95 and p99. The dots are exemplars, each a trace.',
    unit: 's',
    queries: [0.5, 0.95, 0.99].map((q) => ({
      expr: quantile(q, 'queryDuration', '', ANSWERED),
      legend: `p${q * 100}`,
      exemplar: true,
    })),
    bounds: { warn: alerts.p95Seconds, bad: alerts.p95Seconds },
    colours: QUANTILE_COLOURS,
    links: runbooks(plan, 'RagLatencyP95High', 'RagLatencyBudgetBurn'),
    needs: 'traffic',
  };
}

export const outcomesPanel: PanelSpec = {
  kind: 'lines',
  title: 'Questions by outcome',
  description: 'Questions a second, by what became of each.',
  unit: 'reqps',
  queries: [{ expr: sumRate('queries', 'outcome'), legend: '{{outcome}}', exemplar: true }],
  colours: OUTCOME_COLOURS,
  stacked: true,
};

export const inFlightPanel: PanelSpec = {
  kind: 'lines',
  title: 'In flight and queued',
  description:
    'Questions that are being answered, HTTP requests that are not answered yet, and requests that wait for a place.',
  unit: 'short',
  queries: [
    { expr: `sum(${select('inFlight')})`, legend: 'questions in flight' },
    { expr: `sum(${select('requestsInFlight')})`, legend: 'requests in flight' },
    { expr: `sum by (queue) (${select('queueDepth')})`, legend: 'queued: {{queue}}' },
  ],
};

export const refusedPanel: PanelSpec = {
  kind: 'lines',
  title: 'Refused requests',
  description: 'Requests a second that were turned away with 503, by reason.',
  unit: 'reqps',
  queries: [{ expr: sumRate('refused', 'queue, reason'), legend: '{{queue}}: {{reason}}' }],
  stacked: true,
};

/** Rate, errors, duration: of questions first, then of HTTP. */
export function trafficRow(plan: Plan): RowSpec {
  return {
    title: 'Rate, errors, duration',
    panels: [
      outcomesPanel,
      latencyPanel(plan),
      {
        kind: 'heatmap',
        title: 'Latency, as a heatmap',
        description:
          'How many questions took how long: two humps are two kinds of question, which quantiles hide.',
        unit: 's',
        queries: [{ expr: sumRate('queryDuration', 'le', '', '_bucket'), legend: '{{le}}', exemplar: true }],
      },
      {
        kind: 'lines',
        title: 'Errors by stage',
        description: 'Questions a second that failed, by the stage that failed and the error code.',
        unit: 'reqps',
        queries: [{ expr: sumRate('errors', 'stage, error_type'), legend: '{{stage}}: {{error_type}}' }],
        stacked: true,
        needs: 'failures',
      },
      {
        kind: 'lines',
        title: 'Latency, from the cache and not',
        description: 'p95 of all questions, by whether the answer came out of a cache.',
        unit: 's',
        queries: [{ expr: quantile(0.95, 'queryDuration', 'cache'), legend: 'cache {{cache}}' }],
        needs: 'traffic',
      },
      { ...inFlightPanel, links: runbooks(plan, 'RagQueueSaturated') },
      {
        kind: 'lines',
        title: 'HTTP requests',
        description: 'HTTP requests a second, by route and status.',
        unit: 'reqps',
        queries: [{ expr: sumRate('requests', 'endpoint, status'), legend: '{{endpoint}} {{status}}' }],
        stacked: true,
        needs: 'traffic',
      },
      {
        kind: 'lines',
        title: 'HTTP latency by route',
        description: 'Seconds from the arrival of a request to the end of its response, p95.',
        unit: 's',
        queries: [{ expr: quantile(0.95, 'requestDuration', 'endpoint'), legend: '{{endpoint}}' }],
        needs: 'traffic',
      },
      { ...refusedPanel, links: runbooks(plan, 'RagShedding') },
    ],
  };
}

export function stagesRow(): RowSpec {
  return {
    title: 'Stages',
    panels: [
      {
        kind: 'lines',
        title: 'p95 by stage',
        description: 'Seconds that each stage of the pipeline took, p95.',
        unit: 's',
        queries: [{ expr: quantile(0.95, 'stageDuration', 'stage'), legend: '{{stage}}' }],
        width: 12,
        needs: 'traffic',
      },
      {
        kind: 'lines',
        title: 'Share of time by stage',
        description:
          'Which part of the time of all stages each of them took: where there is something to gain.',
        unit: 'percentunit',
        queries: [
          {
            expr: `${sumRate('stageDuration', 'stage', '', '_sum')} / ignoring (stage) group_left () ${sumRate('stageDuration', '', '', '_sum')}`,
            legend: '{{stage}}',
          },
        ],
        width: 12,
        stacked: true,
        max: 1,
        needs: 'traffic',
      },
    ],
  };
}
