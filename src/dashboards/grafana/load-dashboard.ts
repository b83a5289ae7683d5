import type { LOAD_OUTCOMES } from '../../telemetry/catalogue.ts';
import type { Plan } from '../plan.ts';
import { quantile, select, sumRate } from './select.ts';
import { cpuPanel, eventLoopPanel, memoryPanel } from './service/process.ts';
import {
  inFlightPanel,
  latencyPanel,
  outcomesPanel,
  QUANTILE_COLOURS,
  refusedPanel,
} from './service/traffic.ts';
import type { DashboardSpec, PanelSpec } from './spec.ts';
import { generatorVariables, variablesOfService } from './variables.ts';

/** What the generator saw beside what the target says of itself: where they differ is where time is lost between them. */
export function loadDashboard(plan: Plan): DashboardSpec {
  return {
    uid: 'groundspeed-load-test',
    title: 'Load test',
    description:
      'A load test while it runs: what the generator offered and saw (load and bench with --metrics-port), beside what the target says of itself.',
    from: 'now-15m',
    refresh: '10s',
    variables: [...variablesOfService(plan), ...generatorVariables],
    rows: [
      { title: 'Load, and what came of it', panels: loadPanels(plan) },
      { title: 'Latency, as a user feels it', panels: latencyPanels() },
      { title: 'Is the generator to be believed', panels: validityPanels() },
      {
        title: 'Process of the target',
        panels: [cpuPanel, memoryPanel(plan), eventLoopPanel(plan)].map(ofTarget),
      },
    ],
  };
}

const OUTCOME_COLOURS: Readonly<Record<(typeof LOAD_OUTCOMES)[number], string>> = {
  ok: 'green',
  error: 'red',
  timeout: 'orange',
  dropped: 'purple',
};

/** A panel of the service by a name that says whose it is. */
function ofTarget(panel: PanelSpec): PanelSpec {
  const { title } = panel;
  const [initial, second] = title;
  const word = second === second?.toUpperCase() ? title : `${initial!.toLowerCase()}${title.slice(1)}`;
  return { ...panel, title: `Target: ${word}` };
}

function generator(panel: Omit<PanelSpec, 'kind' | 'needs'>): PanelSpec {
  return { kind: 'lines', needs: 'generator', ...panel };
}

/** Of all generators of a run. */
const total = (key: Parameters<typeof select>[0]) => `sum by (run_id) (${select(key)})`;

/** Of the worst generator of a run. */
const latest = (key: Parameters<typeof select>[0], by = 'run_id', matchers = '') =>
  `max by (${by}) (${select(key, matchers)})`;

/** Each line of the screen has the generator's view left of the target's. */
function loadPanels(plan: Plan): PanelSpec[] {
  return [
    generator({
      title: 'Offered, completed, good',
      description:
        'Requests a second that were due, that were answered without an error, and whose answers were right and in time (from a sample of the last ones; none where nothing is judged). The gap below what was offered is what the target, or the generator, could not do.',
      unit: 'reqps',
      queries: [
        { expr: sumRate('loadArrivals', 'run_id'), legend: '{{run_id}}: offered' },
        { expr: sumRate('loadRequests', 'run_id', 'outcome="ok"'), legend: '{{run_id}}: completed' },
        { expr: total('loadGoodput'), legend: '{{run_id}}: good' },
      ],
      colours: { offered: 'light-blue', completed: 'green', good: 'dark-green' },
    }),
    generator({
      title: 'Requests by outcome',
      description: 'Requests a second, by what became of them.',
      unit: 'reqps',
      queries: [{ expr: sumRate('loadRequests', 'run_id, outcome'), legend: '{{run_id}}: {{outcome}}' }],
      colours: OUTCOME_COLOURS,
      stacked: true,
    }),
    ofTarget(outcomesPanel),
    generator({
      title: 'Error rate, as a user feels it',
      description: 'Errors, timeouts and drops among the arrivals of the last seconds.',
      unit: 'percentunit',
      queries: [{ expr: latest('loadErrorRatio'), legend: '{{run_id}}' }],
      max: 1,
    }),
    delayPanel(),
    ofTarget(latencyPanel(plan)),
    generator({
      title: 'Requests in flight',
      description: 'Requests that were sent and are not answered yet.',
      unit: 'short',
      queries: [{ expr: total('loadInFlight'), legend: '{{run_id}}' }],
    }),
    ofTarget(inFlightPanel),
    ofTarget(refusedPanel),
  ];
}

/** Latency holds the lag of the generator: whether it is that. */
function delayPanel(): PanelSpec {
  return generator({
    title: 'Latency, service and lag',
    description:
      'p95 from when a request was due to its end (latency), the same from when it was sent (service), and p99 of what the generator was late by (lag). Where latency is far above that of the target, beside it, and lag is not the cause, the time goes between the two.',
    unit: 's',
    queries: [
      { expr: quantile(0.95, 'loadDuration', 'run_id'), legend: '{{run_id}}: latency p95' },
      { expr: latest('loadService', 'run_id', 'percentile="95"'), legend: '{{run_id}}: service p95' },
      { expr: latest('loadLag', 'run_id', 'percentile="99"'), legend: '{{run_id}}: lag p99' },
    ],
    colours: { 'latency p95': 'blue', 'service p95': 'green', 'lag p99': 'orange' },
  });
}

function latencyPanels(): PanelSpec[] {
  return [
    generator({
      title: 'Latency',
      description: 'From when a request was due to its end, of the generators of a run together.',
      unit: 's',
      queries: [0.5, 0.95, 0.99].map((q) => ({
        expr: quantile(q, 'loadDuration', 'run_id'),
        legend: `{{run_id}}: p${q * 100}`,
      })),
      colours: QUANTILE_COLOURS,
    }),
    {
      kind: 'heatmap',
      title: 'Latency, as a heatmap',
      description:
        'How many requests took how long, as a user feels it: two humps are two kinds of request, which quantiles hide.',
      unit: 's',
      queries: [{ expr: sumRate('loadDuration', 'le', '', '_bucket'), legend: '{{le}}' }],
      needs: 'generator',
    },
    generator({
      title: 'Latency of the last seconds',
      description:
        'The same of the last three seconds by each generator, exactly: buckets round, and a rate looks further back.',
      unit: 's',
      queries: [{ expr: latest('loadLatency', 'run_id, percentile'), legend: '{{run_id}}: p{{percentile}}' }],
    }),
  ];
}

function validityPanels(): PanelSpec[] {
  return [
    generator({
      title: 'Scheduled, due, sent',
      description:
        'Requests a second that the schedule asks for now (none in a closed loop), that were due, and that were sent. A gap between them is the fault of the generator or of its limits.',
      unit: 'reqps',
      queries: [
        { expr: total('loadOffered'), legend: '{{run_id}}: scheduled' },
        { expr: sumRate('loadArrivals', 'run_id'), legend: '{{run_id}}: due' },
        { expr: sumRate('loadSent', 'run_id'), legend: '{{run_id}}: sent' },
        { expr: total('loadAchieved'), legend: '{{run_id}}: sent in the last seconds' },
      ],
    }),
    generator({
      title: 'Lag',
      description:
        'p99 of what the generator itself was late by. Where it is not far below the latency, the latency is not the target’s.',
      unit: 's',
      queries: [{ expr: latest('loadLag', 'run_id, percentile'), legend: '{{run_id}}: p{{percentile}}' }],
    }),
    generator({
      title: 'Event loop of the generator',
      description: 'Share of the time that its event loop was busy; near 1 it is the bottleneck.',
      unit: 'percentunit',
      queries: [{ expr: latest('loadEventLoopUtilisation'), legend: '{{run_id}}' }],
      bounds: { warn: 0.7, bad: 0.9 },
      max: 1,
    }),
    generator({
      title: 'Runs',
      description: 'Which runs are under way, by command and version.',
      unit: 'short',
      queries: [
        {
          expr: latest('loadInfo', 'run_id, command, version'),
          legend: '{{run_id}}: {{command}} {{version}}',
        },
      ],
    }),
  ];
}
