import type { MetricSpec, MetricSpecs } from './spec.ts';

const gauge = (name: string, unit: MetricSpec['unit'], help: string, more: Partial<MetricSpec> = {}) =>
  ({ name, type: 'gauge', unit, help, labels: {}, aggregate: 'sum', zeroed: false, ...more }) as const;
const counter = (name: string, help: string) =>
  ({ name, type: 'counter', unit: 'seconds', help, labels: {}, aggregate: 'sum', zeroed: false }) as const;
/** Of several processes, the worst or the newest. */
const worst = { aggregate: 'max' } as const;

/** Of what is told of the event loop; it moves on whoever reads, and however often. */
const WINDOW = 'of the last 15 to 30 seconds';
/** Under the names that prom-client has for them. */
const delay = (figure: string, help: string) =>
  ({
    name: `nodejs_eventloop_lag_${figure}_seconds`,
    type: 'gauge',
    unit: 'seconds',
    help: `${help}, ${WINDOW}.`,
    labels: {},
    aggregate: 'max',
    zeroed: false,
  }) as const;

/** What a process uses of the machine that prom-client does not tell, or tells otherwise to each of two readers. Where the system does not say, there is no series. */
export const SYSTEM_METRICS = {
  cpuCores: {
    name: 'rag_cpu_cores',
    type: 'gauge',
    unit: 'cores',
    help: 'Cores that a process may use.',
    labels: {},
    aggregate: 'max',
    zeroed: false,
  },
  machineCpu: {
    name: 'rag_machine_cpu_seconds_total',
    type: 'counter',
    unit: 'seconds',
    help: 'Seconds of all processors of the machine, by whether any program had them; in a container, too, of the machine.',
    labels: { state: ['busy', 'idle'] },
    aggregate: 'max',
    zeroed: false,
  },
  eventLoopUtilisation: {
    name: 'rag_event_loop_utilization_ratio',
    type: 'gauge',
    unit: 'ratio',
    help: `Share of the time that the event loop was busy, ${WINDOW}.`,
    labels: {},
    aggregate: 'max',
    zeroed: false,
  },
  eventLoopLagMin: delay('min', 'Least delay of the event loop'),
  eventLoopLagMax: delay('max', 'Most delay of the event loop'),
  eventLoopLagMean: delay('mean', 'Mean delay of the event loop'),
  eventLoopLagDeviation: delay('stddev', 'Standard deviation of the delays of the event loop'),
  eventLoopLagP50: delay('p50', 'Median of the delays of the event loop'),
  eventLoopLagP90: delay('p90', 'p90 of the delays of the event loop'),
  eventLoopLagP99: delay('p99', 'p99 of the delays of the event loop'),
  diskRead: {
    name: 'rag_disk_read_bytes_total',
    type: 'counter',
    unit: 'bytes',
    help: 'Bytes that the process had fetched from a disk.',
    labels: {},
    aggregate: 'sum',
    zeroed: false,
  },
  diskWritten: {
    name: 'rag_disk_written_bytes_total',
    type: 'counter',
    unit: 'bytes',
    help: 'Bytes that the process had sent to a disk.',
    labels: {},
    aggregate: 'sum',
    zeroed: false,
  },
  diskSize: {
    name: 'rag_disk_size_bytes',
    type: 'gauge',
    unit: 'bytes',
    help: 'Size of the file system that holds the index, or the working folder.',
    labels: {},
    aggregate: 'max',
    zeroed: false,
  },
  diskFree: {
    name: 'rag_disk_free_bytes',
    type: 'gauge',
    unit: 'bytes',
    help: 'Free space of that file system, as far as the process may use it.',
    labels: {},
    aggregate: 'max',
    zeroed: false,
  },
  networkReceived: {
    name: 'rag_network_received_bytes_total',
    type: 'counter',
    unit: 'bytes',
    help: 'Bytes that came in over the network interfaces of the machine or container, those of loopback apart from the others.',
    labels: { interface: ['loopback', 'external'] },
    aggregate: 'max',
    zeroed: false,
  },
  networkSent: {
    name: 'rag_network_sent_bytes_total',
    type: 'counter',
    unit: 'bytes',
    help: 'Bytes that went out over the network interfaces of the machine or container, those of loopback apart from the others.',
    labels: { interface: ['loopback', 'external'] },
    aggregate: 'max',
    zeroed: false,
  },
  packetsReceived: {
    name: 'rag_network_received_packets_total',
    type: 'counter',
    unit: 'count',
    help: 'Packets that came in over them.',
    labels: { interface: ['loopback', 'external'] },
    aggregate: 'max',
    zeroed: false,
  },
  packetsSent: {
    name: 'rag_network_sent_packets_total',
    type: 'counter',
    unit: 'count',
    help: 'Packets that went out over them.',
    labels: { interface: ['loopback', 'external'] },
    aggregate: 'max',
    zeroed: false,
  },
} as const satisfies MetricSpecs;

const spaces = { labels: { space: null } } as const;

/** What prom-client tells of a process by itself (on Linux), as far as it is passed on. */
export const RUNTIME_METRICS = {
  cpuSeconds: counter('process_cpu_seconds_total', 'CPU seconds, of the program and of the system for it.'),
  cpuUserSeconds: counter('process_cpu_user_seconds_total', 'CPU seconds of the program.'),
  cpuSystemSeconds: counter('process_cpu_system_seconds_total', 'CPU seconds of the system for it.'),
  startTime: gauge('process_start_time_seconds', 'timestamp', 'When the process began.', worst),
  residentMemory: gauge('process_resident_memory_bytes', 'bytes', 'Memory that is resident.'),
  virtualMemory: gauge('process_virtual_memory_bytes', 'bytes', 'Virtual memory.'),
  processHeap: gauge('process_heap_bytes', 'bytes', 'Heap of the process.'),
  openFiles: gauge('process_open_fds', 'count', 'Open file descriptors.'),
  maxFiles: gauge('process_max_fds', 'count', 'File descriptors that may be open.', worst),
  eventLoopLag: gauge(
    'nodejs_eventloop_lag_seconds',
    'seconds',
    'How late the event loop was at the reading itself.',
    worst,
  ),
  activeResources: gauge('nodejs_active_resources', 'count', 'What keeps the event loop alive.', {
    labels: { type: null },
  }),
  activeHandles: gauge('nodejs_active_handles', 'count', 'Open handles.', { labels: { type: null } }),
  activeRequests: gauge('nodejs_active_requests', 'count', 'Open requests of libuv.', {
    labels: { type: null },
  }),
  heapTotal: gauge('nodejs_heap_size_total_bytes', 'bytes', 'Heap that was taken.'),
  heapUsed: gauge('nodejs_heap_size_used_bytes', 'bytes', 'Heap in use.'),
  externalMemory: gauge('nodejs_external_memory_bytes', 'bytes', 'Memory outside of the heap, held by it.'),
  heapSpaceTotal: gauge('nodejs_heap_space_size_total_bytes', 'bytes', 'Heap by space, taken.', spaces),
  heapSpaceUsed: gauge('nodejs_heap_space_size_used_bytes', 'bytes', 'Heap by space, in use.', spaces),
  heapSpaceAvailable: gauge(
    'nodejs_heap_space_size_available_bytes',
    'bytes',
    'Heap by space, free.',
    spaces,
  ),
  nodeVersion: gauge('nodejs_version_info', 'state', '1, with the version of Node.js as labels.', {
    ...worst,
    labels: { version: null, major: null, minor: null, patch: null },
  }),
  garbageCollection: {
    name: 'nodejs_gc_duration_seconds',
    type: 'histogram',
    unit: 'seconds',
    help: 'Seconds of garbage collections, by kind.',
    labels: { kind: ['major', 'minor', 'incremental', 'weakcb'] },
    buckets: [0.001, 0.01, 0.1, 1, 2, 5],
    aggregate: 'sum',
    zeroed: false,
  },
} as const satisfies MetricSpecs;

/**
 * Gauges of prom-client's that are not passed on: promtool refuses names of gauges that end as counters do, and delays of the
 * event loop since the last reading are lost to the second of two readers.
 */
export const PROCESS_OMITTED: readonly string[] = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
  ...['min', 'max', 'mean', 'stddev', 'p50', 'p90', 'p99'].map(
    (figure) => `nodejs_eventloop_lag_${figure}_seconds`,
  ),
];
