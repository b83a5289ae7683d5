import { percent } from '../../figures.ts';
import type { Plan } from '../../plan.ts';
import { runbooks } from '../links.ts';
import { rateOf, select, sumRate } from '../select.ts';
import type { PanelSpec, RowSpec } from '../spec.ts';

const byInstance = (expression: string) => `max by (instance) (${expression})`;

export function memoryPanel(plan: Plan): PanelSpec {
  const { alerts } = plan;
  return {
    kind: 'lines',
    title: 'Memory, of its limit',
    description: `Share of the memory limit that is resident. RagMemoryHigh fires above ${percent(alerts.memoryRatio)}.`,
    unit: 'percentunit',
    queries: [{ expr: `${select('residentMemory')} / ${select('memoryLimit')}`, legend: '{{instance}}' }],
    bounds: { warn: alerts.memoryRatio, bad: alerts.memoryRatio },
    max: 1,
    links: runbooks(plan, 'RagMemoryHigh'),
  };
}

export const cpuPanel: PanelSpec = {
  kind: 'lines',
  title: 'CPU',
  description:
    'Cores in use, of the program and of the system for it; those that it may use; and those that all programs of the machine have in use.',
  unit: 'short',
  queries: [
    { expr: `sum by (instance) (${rateOf('cpuSeconds')})`, legend: '{{instance}}: in use' },
    { expr: byInstance(select('cpuCores')), legend: '{{instance}}: allowed' },
    { expr: byInstance(rateOf('machineCpu', 'state="busy"')), legend: '{{instance}}: all programs' },
  ],
};

export function eventLoopPanel(plan: Plan): PanelSpec {
  const { alerts } = plan;
  return {
    kind: 'lines',
    title: 'Lag of the event loop',
    description: 'p99 of what the event loop was late by.',
    unit: 's',
    queries: [{ expr: byInstance(select('eventLoopLagP99')), legend: '{{instance}}' }],
    bounds: { warn: alerts.eventLoopLagSeconds, bad: alerts.eventLoopLagSeconds },
    links: runbooks(plan, 'RagEventLoopLag'),
  };
}

/** For when the question is the machine rather than the pipeline; closed until then. */
export function processRow(plan: Plan): RowSpec {
  return { title: 'Process', collapsed: true, panels: [...machinePanels(plan), ...servicePanels(plan)] };
}

function machinePanels(plan: Plan): PanelSpec[] {
  return [
    memoryPanel(plan),
    cpuPanel,
    eventLoopPanel(plan),
    {
      kind: 'lines',
      title: 'Heap',
      description: 'Heap of JavaScript: in use, and taken.',
      unit: 'bytes',
      queries: [
        { expr: `sum by (instance) (${select('heapUsed')})`, legend: '{{instance}}: in use' },
        { expr: `sum by (instance) (${select('heapTotal')})`, legend: '{{instance}}: taken' },
      ],
    },
    {
      kind: 'lines',
      title: 'Garbage collection',
      description: 'Share of the time that went into garbage collection, by kind.',
      unit: 'percentunit',
      queries: [{ expr: sumRate('garbageCollection', 'kind', '', '_sum'), legend: '{{kind}}' }],
      stacked: true,
    },
    {
      kind: 'lines',
      title: 'Event loop in use',
      description: 'Share of the time that the event loop was busy; at 1 the process cannot do more.',
      unit: 'percentunit',
      queries: [{ expr: byInstance(select('eventLoopUtilisation')), legend: '{{instance}}' }],
      max: 1,
    },
    {
      kind: 'lines',
      title: 'Disk',
      description: 'Bytes a second that the process had fetched from a disk and sent to one.',
      unit: 'Bps',
      queries: [
        { expr: sumRate('diskRead', 'instance'), legend: '{{instance}}: read' },
        { expr: sumRate('diskWritten', 'instance'), legend: '{{instance}}: written' },
      ],
    },
    {
      kind: 'lines',
      title: 'Disk in use',
      description: 'Share of the file system of the index that is taken.',
      unit: 'percentunit',
      queries: [{ expr: `1 - ${select('diskFree')} / ${select('diskSize')}`, legend: '{{instance}}' }],
      bounds: { warn: 0.8, bad: 0.9 },
      max: 1,
    },
    {
      kind: 'lines',
      title: 'Network',
      description: 'Bytes a second that came in and went out, loopback apart.',
      unit: 'Bps',
      queries: [
        { expr: sumRate('networkReceived', 'instance, interface'), legend: '{{instance}} {{interface}}: in' },
        { expr: sumRate('networkSent', 'instance, interface'), legend: '{{instance}} {{interface}}: out' },
      ],
    },
    {
      kind: 'lines',
      title: 'Packets',
      description: 'Packets a second that came in and went out, loopback apart.',
      unit: 'cps',
      queries: [
        { expr: sumRate('packetsReceived', 'instance, interface'), legend: '{{instance}} {{interface}}: in' },
        { expr: sumRate('packetsSent', 'instance, interface'), legend: '{{instance}} {{interface}}: out' },
      ],
    },
  ];
}

function servicePanels(plan: Plan): PanelSpec[] {
  return [
    {
      kind: 'lines',
      title: 'Workers',
      description:
        'Processes that answer questions, and those a second that ended unasked and were replaced.',
      unit: 'short',
      queries: [
        { expr: `sum by (instance) (${select('workers')})`, legend: '{{instance}}: workers' },
        { expr: sumRate('workerRestarts', 'role'), legend: '{{role}} replaced a second' },
      ],
    },
    {
      kind: 'lines',
      title: 'Uptime',
      description: 'Seconds since the process began.',
      unit: 's',
      queries: [{ expr: `time() - ${select('startTime')}`, legend: '{{instance}}' }],
      links: runbooks(plan, 'RagRestarting'),
    },
    {
      kind: 'lines',
      title: 'Versions',
      description:
        'Instances by the version that they run: two lines during a rollout, one before and after.',
      unit: 'short',
      queries: [
        {
          expr: `count by (version, commit, node_version) (${select('buildInfo')})`,
          legend: '{{version}} {{commit}} (Node.js {{node_version}})',
        },
      ],
    },
    {
      kind: 'lines',
      title: 'Open files',
      description: 'Share of the file descriptors that the process may open.',
      unit: 'percentunit',
      queries: [{ expr: `${select('openFiles')} / ${select('maxFiles')}`, legend: '{{instance}}' }],
      max: 1,
    },
    {
      kind: 'lines',
      title: 'Lost spans',
      description: 'Spans a second that were recorded and never reached the collector.',
      unit: 'cps',
      queries: [{ expr: sumRate('spansDropped', 'reason'), legend: '{{reason}}' }],
    },
    {
      kind: 'lines',
      title: 'Labels that overflowed',
      description: 'Observations a second whose label value was counted as other.',
      unit: 'cps',
      // Nothing has overflowed where there is no series: 0 then, not a gap.
      queries: [
        {
          expr: `sum(${rateOf('labelOverflow')}) or 0 * sum(${select('buildInfo')})`,
          legend: 'observations',
        },
      ],
    },
  ];
}
