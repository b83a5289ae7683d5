import type { ExperimentEvent } from '../experiments/events.ts';
import type { LatencyCounts, LoadTick } from '../load/events.ts';
import { watchLoopUtilisation } from '../system/event-loop.ts';
import { PERCENTILES } from './catalogue/labels.ts';
import { LOAD_METRICS } from './catalogue.ts';
import { createHandles } from './metric-handles.ts';
import type { MetricsSnapshot } from './snapshot.ts';

export interface LoadMetricsSetting {
  /** Labels every series, so that runs stay apart where one Prometheus sees many. */
  readonly runId: string;
  readonly command: 'load' | 'bench';
  readonly version: string;
}

/** What the load generator saw of one run, as metrics. */
export interface LoadMetrics {
  /** Takes an event of the run; all but the ticks of load mean nothing here. */
  readonly onEvent: (event: ExperimentEvent) => void;
  snapshot(): Promise<MetricsSnapshot>;
}

/** The counts of a phase that a tick tells, by the outcome label of `loadgen_requests_total`. */
interface Counts {
  readonly arrivals: number;
  readonly sent: number;
  readonly ok: number;
  readonly error: number;
  readonly timeout: number;
  readonly dropped: number;
}

const NO_LATENCIES: LatencyCounts = { counts: [], sumMs: 0 };
const NONE: Counts = { arrivals: 0, sent: 0, ok: 0, error: 0, timeout: 0, dropped: 0 };

export function createLoadMetrics({ runId: run_id, command, version }: LoadMetricsSetting): LoadMetrics {
  const { handles: metrics, read } = createHandles(LOAD_METRICS, { onOverflow: () => undefined });
  const readLoop = watchLoopUtilisation();
  let last: LoadTick | undefined;
  let counted = NONE;
  let measured = NO_LATENCIES;
  metrics.loadInfo.set({ run_id, command, version }, 1);

  /** A gauge of something that is over would stand still for ever, as if it went on. */
  const forget = (tick: LoadTick): void => {
    const labels = { run_id, phase: tick.phase };
    for (const gauge of [metrics.loadInFlight, metrics.loadOffered, metrics.loadAchieved])
      gauge.remove(labels);
    for (const gauge of [metrics.loadGoodput, metrics.loadErrorRatio]) gauge.remove(labels);
    metrics.loadLag.remove({ ...labels, percentile: '99' });
    for (const percentile of PERCENTILES) {
      metrics.loadLatency.remove({ ...labels, percentile });
      metrics.loadService.remove({ ...labels, percentile });
    }
  };
  const count = (tick: LoadTick): void => {
    const labels = { run_id, phase: tick.phase };
    const now = countsOf(tick, counted);
    metrics.loadArrivals.inc(labels, now.arrivals - counted.arrivals);
    metrics.loadSent.inc(labels, now.sent - counted.sent);
    for (const outcome of ['ok', 'error', 'timeout', 'dropped'] as const) {
      metrics.loadRequests.inc({ ...labels, outcome }, now[outcome] - counted[outcome]);
    }
    counted = now;
    const { latencies } = tick;
    if (latencies === undefined) return;
    metrics.loadDuration.add(labels, {
      counts: latencies.counts.map((count, bucket) => count - (measured.counts[bucket] ?? 0)),
      sum: (latencies.sumMs - measured.sumMs) / 1000,
    });
    measured = latencies;
  };
  const gauge = (tick: LoadTick): void => {
    const labels = { run_id, phase: tick.phase };
    const set = (handle: typeof metrics.loadGoodput, value: number | null): void =>
      value === null ? handle.remove(labels) : handle.set(labels, value);
    metrics.loadInFlight.set(labels, tick.inFlight);
    metrics.loadAchieved.set(labels, tick.achievedRate);
    set(metrics.loadOffered, tick.offeredRate);
    set(metrics.loadGoodput, tick.goodput);
    set(metrics.loadErrorRatio, tick.errorShare);
    const quantile = (handle: typeof metrics.loadLag, percentile: string, ms: number | null): void =>
      ms === null
        ? handle.remove({ ...labels, percentile })
        : handle.set({ ...labels, percentile }, ms / 1000);
    quantile(metrics.loadLag, '99', tick.lagP99Ms);
    for (const percentile of PERCENTILES) {
      quantile(metrics.loadService, percentile, tick.serviceMs?.[`p${percentile}`] ?? null);
      quantile(metrics.loadLatency, percentile, tick.latencyMs?.[`p${percentile}`] ?? null);
    }
  };

  return {
    onEvent(event) {
      if (event.type !== 'load.tick') return;
      // A phase of the same name may begin anew: its counts begin at 0, or its time does.
      if (last !== undefined && (last.phase !== event.phase || event.at < last.at)) {
        if (last.phase !== event.phase) forget(last);
        counted = NONE;
        measured = NO_LATENCIES;
      }
      last = event;
      count(event);
      gauge(event);
    },
    snapshot() {
      metrics.loadEventLoopUtilisation.set({ run_id }, readLoop());
      return read();
    },
  };
}

/** What was due and neither was dropped nor still waits has been sent; what waits is in flight of its own. */
function countsOf(
  { arrivals, completed, errors, timeouts, dropped, inFlight }: LoadTick,
  before: Counts,
): Counts {
  const ended = completed + errors + timeouts;
  return {
    arrivals,
    sent: Math.max(before.sent, Math.min(arrivals - dropped, ended + inFlight)),
    ok: completed,
    error: errors,
    timeout: timeouts,
    dropped,
  };
}
