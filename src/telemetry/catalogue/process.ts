import type { MetricSpec, MetricSpecs } from './spec.ts';

/** What a process uses of the machine that prom-client does not tell. Where the system does not say, there is no series. */
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
  eventLoopUtilisation: {
    name: 'rag_event_loop_utilization_ratio',
    type: 'gauge',
    unit: 'ratio',
    help: 'Share of the time since the last reading that the event loop was busy.',
    labels: {},
    aggregate: 'max',
    zeroed: false,
  },
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
} as const satisfies MetricSpecs;

const gauge = (name: string, unit: MetricSpec['unit'], help: string, more: Partial<MetricSpec> = {}) =>
  ({ name, type: 'gauge', unit, help, labels: {}, aggregate: 'sum', zeroed: false, ...more }) as const;
const counter = (name: string, help: string) =>
  ({ name, type: 'counter', unit: 'seconds', help, labels: {}, aggregate: 'sum', zeroed: false }) as const;
/** Of several processes, the worst or the newest. */
const worst = { aggregate: 'max' } as const;
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
  eventLoopLag: gauge('nodejs_eventloop_lag_seconds', 'seconds', 'Lag of the event loop.', worst),
  eventLoopLagMin: gauge('nodejs_eventloop_lag_min_seconds', 'seconds', 'Least lag recorded.', worst),
  eventLoopLagMax: gauge('nodejs_eventloop_lag_max_seconds', 'seconds', 'Most lag recorded.', worst),
  eventLoopLagMean: gauge('nodejs_eventloop_lag_mean_seconds', 'seconds', 'Mean of the lag recorded.', worst),
  eventLoopLagDeviation: gauge(
    'nodejs_eventloop_lag_stddev_seconds',
    'seconds',
    'Standard deviation of the lag.',
    worst,
  ),
  eventLoopLagP50: gauge('nodejs_eventloop_lag_p50_seconds', 'seconds', 'Median of the lag recorded.', worst),
  eventLoopLagP90: gauge('nodejs_eventloop_lag_p90_seconds', 'seconds', 'p90 of the lag recorded.', worst),
  eventLoopLagP99: gauge('nodejs_eventloop_lag_p99_seconds', 'seconds', 'p99 of the lag recorded.', worst),
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

/** Gauges of prom-client's whose names promtool refuses: they end as counters do. */
export const PROCESS_OMITTED: readonly string[] = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
];
