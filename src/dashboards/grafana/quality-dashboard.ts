import type { NightlyVerdict } from '../../telemetry/catalogue.ts';
import type { Plan } from '../plan.ts';
import { mean, quantile, select, sumRate } from './select.ts';
import { canaryAgePanel, goldenRecallPanel, onlineScorePanel, samplesPanel } from './service/answers.ts';
import { ASKED_RATE, BAD_RATE } from './service/overview.ts';
import type { DashboardSpec, PanelSpec, State } from './spec.ts';
import { variablesOfService } from './variables.ts';

/** Scores come seldom: an hour holds enough of them for a mean. */
const HOUR = '1h';
const DAY = '1d';
const DAY_SECONDS = 86_400;

export function qualityDashboard(plan: Plan): DashboardSpec {
  return {
    uid: 'groundspeed-quality',
    title: 'Quality over time',
    description:
      'Whether answers stay right over weeks: golden questions asked of the live service, live answers scored, the run of each night (evaluate, bench or gate with --tell) with its verdict, and each day beside the version that it ran.',
    from: 'now-30d',
    refresh: '15m',
    variables: variablesOfService(plan),
    rows: [
      { title: 'Golden runs', panels: goldenPanels(plan) },
      { title: 'Online scores', panels: onlinePanels(plan) },
      { title: 'Nightly runs', panels: nightlyPanels() },
      { title: 'Day by day', panels: dailyPanels() },
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

/** A gauge holds until the next run: a night without one must be a gap, and not the night before once more. */
const ofTheDay = (values: string): string =>
  `${values} and on (dataset, command) (time() - max by (dataset, command) (${select('nightlyTime')}) < ${DAY_SECONDS})`;

const nightlyMeasure = (measures: string): string =>
  ofTheDay(`max by (dataset, command, measure) (${select('nightlyMeasure', `measure=~"${measures}"`)})`);

/** The verdicts as numbers, of which a timeline is made. */
const VERDICTS = [
  { value: 0, text: 'passed', colour: 'green' },
  { value: 1, text: 'inconclusive', colour: 'yellow' },
  { value: 2, text: 'invalid', colour: 'orange' },
  { value: 3, text: 'failed', colour: 'red' },
] as const satisfies readonly (State & { readonly text: NightlyVerdict })[];

function nightlyPanels(): PanelSpec[] {
  const night = { interval: DAY, points: true, needs: 'nightly' } as const;
  return [
    {
      kind: 'stat',
      title: 'Last nightly run',
      description: 'When the last nightly run ended that was told to the service (--tell), in UTC.',
      unit: 'dateTimeAsIso',
      queries: [
        {
          expr: `max by (dataset, command) (${select('nightlyTime')}) * 1000`,
          legend: '{{dataset}} {{command}}',
        },
      ],
      width: 8,
      named: true,
      needs: 'nightly',
    },
    {
      kind: 'lines',
      title: 'Since the last nightly run',
      description:
        'Seconds since the last nightly run ended. Past a day and an hour one is missing, past two days and two hours two.',
      unit: 's',
      queries: [
        {
          expr: `time() - max by (dataset, command) (${select('nightlyTime')})`,
          legend: '{{dataset}} {{command}}',
        },
      ],
      bounds: { warn: DAY_SECONDS + 3600, bad: 2 * (DAY_SECONDS + 3600) },
      needs: 'nightly',
    },
    {
      kind: 'timeline',
      title: 'Gate, night by night',
      description:
        'What the gate said of each nightly run; invalid is a run that cannot be trusted. A night without a colour had no run, or one that was not gated.',
      unit: 'short',
      queries: [
        {
          expr: ofTheDay(
            `max by (dataset, command) (${VERDICTS.map(({ text, value }) => `${select('nightlyVerdict', `verdict="${text}"`)} * ${value}`).join(' or ')})`,
          ),
          legend: '{{dataset}} {{command}}',
        },
      ],
      states: VERDICTS,
      interval: DAY,
      needs: 'nightly',
    },
    {
      ...night,
      kind: 'lines',
      title: 'Right, night by night',
      description:
        'Share of right answers of each nightly run, and how faithful the answers were to what was found. A night without a run is a gap.',
      unit: 'percentunit',
      queries: [
        {
          expr: nightlyMeasure('right|faithfulness.*'),
          legend: '{{dataset}} {{command}}: {{measure}}',
        },
      ],
      max: 1,
    },
    {
      ...night,
      kind: 'lines',
      title: 'Retrieval, night by night',
      description: 'Recall, nDCG and success at k of each nightly run. A night without a run is a gap.',
      unit: 'percentunit',
      queries: [
        {
          expr: nightlyMeasure('recall@.+|ndcg@.+|success@.+'),
          legend: '{{dataset}} {{command}}: {{measure}}',
        },
      ],
      max: 1,
    },
    {
      ...night,
      kind: 'lines',
      title: 'Latency, night by night',
      description:
        'Percentiles of each nightly run: under its load, or without one of the questions asked one after the other. A night whose load could not be trusted is a gap.',
      unit: 's',
      queries: [
        {
          expr: ofTheDay(`max by (dataset, command, percentile) (${select('nightlyLatency')})`),
          legend: '{{dataset}} {{command}}: p{{percentile}}',
        },
      ],
    },
  ];
}

function dailyPanels(): PanelSpec[] {
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
