import { SERVICE_METRICS } from './catalogue.ts';
import {
  type CounterHandle,
  createHandles,
  createIdleHandles,
  type ExtraThresholds,
  type Handles,
} from './metric-handles.ts';
import type { MetricsOptions } from './options.ts';
import type { MetricsSnapshot } from './snapshot.ts';

/** What is observed with, by the catalogue's keys. */
export type MetricHandles = Handles<typeof SERVICE_METRICS>;

/** One service's metrics, in a registry of its own: two services in one process don't mix. */
export interface Metrics extends MetricHandles {
  /** False where nothing is counted: whoever would have to listen or measure for it need not. */
  readonly enabled: boolean;
  /** Called before each reading, to set what is only worth counting then. What comes back undoes that. */
  beforeReading(refresh: () => void): () => void;
  /** All values, as plain data that can cross to another process. */
  snapshot(): Promise<MetricsSnapshot>;
}

export interface BuildInfo {
  readonly version: string;
  readonly nodeVersion: string;
  /** Of the source; left out where it is not known. */
  readonly commit?: string;
}

export interface MetricsSetting extends BuildInfo {
  /** By default true. */
  readonly enabled?: boolean;
  /** Thresholds of the user's own SLOs: each becomes a boundary, so that it is counted and not estimated. */
  readonly thresholds?: ExtraThresholds;
}

/** Makes what the service observes of the catalogue; what has few labels stands at zero from the start. */
export function createMetrics(setting: MetricsSetting): Metrics {
  const { version, nodeVersion, commit = '', enabled = true, thresholds = {} } = setting;
  if (!enabled) return idleMetrics();
  const refreshers = new Set<() => void>();
  let overflow: CounterHandle | undefined;
  const { handles, read } = createHandles(SERVICE_METRICS, {
    thresholds,
    onOverflow: (metric, label) => overflow?.inc({ metric, label }),
  });
  overflow = handles.labelOverflow;
  handles.buildInfo.set({ version, commit, node_version: nodeVersion }, 1);
  return {
    ...handles,
    enabled,
    beforeReading(refresh) {
      refreshers.add(refresh);
      return () => refreshers.delete(refresh);
    },
    async snapshot() {
      for (const refresh of refreshers) refreshed(refresh);
      return read();
    },
  };
}

/** A store that is closed already, during a shutdown, must not take all the other numbers with it. */
function refreshed(refresh: () => void): void {
  try {
    refresh();
  } catch {
    // What it would have set stays as it was last.
  }
}

function idleMetrics(): Metrics {
  return {
    ...createIdleHandles(SERVICE_METRICS),
    enabled: false,
    beforeReading: () => () => undefined,
    snapshot: async () => [],
  };
}

/** The part of the settings (`telemetry.metrics`), as `createMetrics` takes it. */
export function metricsSettingOf(
  options: MetricsOptions | undefined,
): Omit<MetricsSetting, Exclude<keyof BuildInfo, 'commit'>> {
  if (options === undefined) return {};
  const { enabled, latencySeconds, firstTokenSeconds, commit } = options;
  return {
    enabled,
    thresholds: { latency: latencySeconds, first_token: firstTokenSeconds },
    ...(commit !== undefined && { commit }),
  };
}
