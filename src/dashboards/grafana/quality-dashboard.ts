import type { Plan } from '../plan.ts';
import { mean, quantile, select, sumRate } from './select.ts';
import { canaryAgePanel, goldenRecallPanel, onlineScorePanel, samplesPanel } from './service/answers.ts';
import { ASKED_RATE, BAD_RATE } from './service/overview.ts';
import type { DashboardSpec, PanelSpec } from './spec.ts';
import { serviceVariables } from './variables.ts';

/** Scores come seldom: an hour holds enough of them for a mean. */
const HOUR = '1h';
const DAY = '1d';

export function qualityDashboard(plan: Plan): DashboardSpec {
  return {
    uid: 'groundspeed-quality',
    title: 'Quality over time',
    description:
      'Whether answers stay right over weeks: golden questions asked of the live service, live answers scored, and each day beside the version that it ran. The history of nightly runs in CI is drawn by `groundspeed trend`.',
    from: 'now-30d',
    variables: serviceVariables,
    rows: [
      { title: 'Golden runs', panels: goldenPanels(plan) },
      { title: 'Online scores', panels: onlinePanels(plan) },
      { title: 'Night by night', panels: nightlyPanels() },
    ],
  };
}

function goldenPanels(plan: Plan): PanelSpec[] {
  return [
    goldenRecallPanel(plan),
    canaryAgePanel(plan),
    {
      kind: 'lines',
      title: 'Golden scores',
      description: 'Mean score of the golden questions that were asked within the hour, by evaluator.',
      unit: 'percentunit',
      queries: [{ expr: mean('evalScore', 'evaluator', 'source="offline"'), legend: '{{evaluator}}' }],
      max: 1,
      interval: HOUR,
      needs: 'canary',
    },
  ];
}

function onlinePanels(plan: Plan): PanelSpec[] {
  return [
    { ...onlineScorePanel(plan), interval: HOUR },
    {
      kind: 'lines',
      title: 'The worst tenth',
      description: 'The online score under which a tenth of the answers scored within the hour lie.',
      unit: 'percentunit',
      queries: [
        { expr: quantile(0.1, 'evalScore', 'evaluator', 'source="online"'), legend: '{{evaluator}}' },
      ],
      max: 1,
      interval: HOUR,
      needs: 'online',
    },
    { ...samplesPanel, interval: HOUR },
  ];
}

function nightlyPanels(): PanelSpec[] {
  const daily = (what: 'min' | 'avg') =>
    `${what} by (dataset, k) (${what}_over_time(${select('evalRecall')}[1d]))`;
  return [
    {
      kind: 'lines',
      title: 'Golden recall, day by day',
      description: 'Mean and least recall of the day before each point.',
      unit: 'percentunit',
      queries: [
        { expr: daily('avg'), legend: '{{dataset}} @{{k}}: mean' },
        { expr: daily('min'), legend: '{{dataset}} @{{k}}: least' },
      ],
      max: 1,
      interval: DAY,
      needs: 'canary',
    },
    {
      kind: 'lines',
      title: 'Answered, day by day',
      description:
        'Share of questions of the day that neither failed, nor were rejected, nor got an apology; and of those with a context to answer from.',
      unit: 'percentunit',
      queries: [
        { expr: `1 - ${BAD_RATE} / ${ASKED_RATE}`, legend: 'available' },
        {
          expr: `1 - ${sumRate('queries', '', 'outcome="no_context"')} / ${ASKED_RATE}`,
          legend: 'with a context',
        },
      ],
      max: 1,
      interval: DAY,
      needs: 'traffic',
    },
    {
      kind: 'lines',
      title: 'Versions',
      description:
        'Instances by the version that they run: a step in quality beside a step here has a cause.',
      unit: 'short',
      queries: [
        { expr: `count by (version, commit) (${select('buildInfo')})`, legend: '{{version}} {{commit}}' },
      ],
    },
  ];
}
