import type { Plan } from '../plan.ts';
import { select, sumRate } from './select.ts';
import { cpuPanel, eventLoopPanel, memoryPanel } from './service/process.ts';
import { inFlightPanel, latencyPanel, outcomesPanel, refusedPanel } from './service/traffic.ts';
import type { DashboardSpec, PanelSpec } from './spec.ts';
import { generatorVariables, serviceVariables } from './variables.ts';

/** What the generator saw beside what the target says of itself: where they differ is where time is lost between them. */
export function loadDashboard(plan: Plan): DashboardSpec {
  const target: readonly PanelSpec[] = [
    outcomesPanel,
    latencyPanel(plan),
    inFlightPanel,
    refusedPanel,
    cpuPanel,
    memoryPanel(plan),
    eventLoopPanel(plan),
  ];
  return {
    uid: 'groundspeed-load-test',
    title: 'Load test',
    description:
      'A load test while it runs: what the generator offered and saw (load and bench with --metrics-port), beside what the target says of itself.',
    from: 'now-15m',
    variables: [...serviceVariables, ...generatorVariables],
    rows: [
      { title: 'Generator', panels: generatorPanels() },
      { title: 'Is the generator to be believed', panels: validityPanels() },
      { title: 'Target', panels: target },
    ],
  };
}

function generator(panel: Omit<PanelSpec, 'kind' | 'needs'>): PanelSpec {
  return { kind: 'lines', needs: 'generator', ...panel };
}

const latest = (key: Parameters<typeof select>[0], by = 'run_id', matchers = '') =>
  `max by (${by}) (${select(key, matchers)})`;

function generatorPanels(): PanelSpec[] {
  return [
    generator({
      title: 'Offered and achieved',
      description:
        'Requests a second that were due and that were sent, and those right and in time. A gap between the first two is the fault of the generator or of its limits.',
      unit: 'reqps',
      queries: [
        { expr: sumRate('loadArrivals', 'run_id'), legend: '{{run_id}}: due' },
        { expr: sumRate('loadSent', 'run_id'), legend: '{{run_id}}: sent' },
        { expr: latest('loadAchieved'), legend: '{{run_id}}: achieved' },
      ],
    }),
    generator({
      title: 'Schedule',
      description: 'Requests a second that the schedule asks for; there is none in a closed loop.',
      unit: 'reqps',
      queries: [{ expr: latest('loadOffered'), legend: '{{run_id}}: offered' }],
    }),
    generator({
      title: 'Goodput',
      description:
        'Answers a second that were right and in time, from a sample of the last answers; there is none where nothing is judged.',
      unit: 'reqps',
      queries: [{ expr: latest('loadGoodput'), legend: '{{run_id}}: goodput' }],
    }),
    generator({
      title: 'Latency, as a user feels it',
      description:
        'From when a request was due to its end, over the last seconds. Hold it against the latency that the target tells below.',
      unit: 's',
      queries: [{ expr: latest('loadLatency', 'run_id, percentile'), legend: '{{run_id}}: p{{percentile}}' }],
    }),
    generator({
      title: 'Requests by outcome',
      description: 'Requests a second, by what became of them.',
      unit: 'reqps',
      queries: [{ expr: sumRate('loadRequests', 'run_id, outcome'), legend: '{{run_id}}: {{outcome}}' }],
      stacked: true,
    }),
    generator({
      title: 'Error rate, as a user feels it',
      description: 'Errors, timeouts and drops among the arrivals of the last seconds.',
      unit: 'percentunit',
      queries: [{ expr: latest('loadErrorRatio'), legend: '{{run_id}}' }],
      max: 1,
    }),
    generator({
      title: 'Requests in flight',
      description: 'Requests that were sent and are not answered yet.',
      unit: 'short',
      queries: [{ expr: latest('loadInFlight'), legend: '{{run_id}}' }],
    }),
  ];
}

function validityPanels(): PanelSpec[] {
  return [
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
