import { describe, expect, it } from 'vitest';
import { LATENCY_BOUNDS, type LoadTick } from '../../src/load/events.ts';
import { createLoadMetrics } from '../../src/telemetry/load-metrics.ts';
import { renderMetrics } from '../../src/telemetry/merge.ts';
import { readExposition, valueIn } from './exposition.ts';

const RUN = 'run-1';

function tick(more: Partial<LoadTick> = {}): LoadTick {
  return {
    type: 'load.tick',
    phase: 'open 10/s',
    loop: 'open',
    warmup: false,
    at: 250,
    duration: 10_000,
    offeredRate: 10,
    achievedRate: 9.5,
    inFlight: 2,
    arrivals: 10,
    completed: 5,
    errors: 1,
    timeouts: 1,
    dropped: 1,
    latencyMs: { p50: 20, p95: 40, p99: 80 },
    lagP99Ms: 1,
    errorShare: 0.3,
    goodput: 4,
    ...more,
  };
}

function watched() {
  const metrics = createLoadMetrics({ runId: RUN, command: 'load', version: '1.2.3' });
  const read = async () => {
    const families = readExposition(await renderMetrics([await metrics.snapshot()]));
    return (name: string, labels: Record<string, string> = { phase: 'open 10/s' }) =>
      valueIn(families, name, { run_id: RUN, ...labels });
  };
  return { metrics, read };
}

describe('what the load generator sees', () => {
  it('becomes counts and gauges in base units, labelled with the run', async () => {
    const { metrics, read } = watched();
    metrics.onEvent(tick());
    const value = await read();
    const phase = 'open 10/s';
    expect(value('loadgen_run_info', { command: 'load', version: '1.2.3' })).toBe(1);
    expect(value('loadgen_arrivals_total')).toBe(10);
    expect(value('loadgen_sent_total')).toBe(9);
    expect(value('loadgen_requests_total', { phase, outcome: 'ok' })).toBe(5);
    expect(value('loadgen_requests_total', { phase, outcome: 'dropped' })).toBe(1);
    expect(value('loadgen_latency_seconds', { phase, percentile: '95' })).toBe(0.04);
    expect(value('loadgen_lag_seconds', { phase, percentile: '99' })).toBe(0.001);
    expect(value('loadgen_offered_rate')).toBe(10);
    expect(value('loadgen_error_ratio')).toBe(0.3);
  });

  it('adds up over ticks, whose counts begin with the phase, and never falls', async () => {
    const { metrics, read } = watched();
    metrics.onEvent(tick());
    metrics.onEvent(tick({ at: 500, arrivals: 16, completed: 12, inFlight: 0 }));
    metrics.onEvent(tick({ phase: 'next', at: 250, arrivals: 3, completed: 3, inFlight: 0, dropped: 0 }));
    metrics.onEvent(tick({ at: 250, arrivals: 2, completed: 1 })); // the first phase once more
    const value = await read();
    expect(value('loadgen_arrivals_total')).toBe(18);
    expect(value('loadgen_requests_total', { phase: 'open 10/s', outcome: 'ok' })).toBe(13);
    expect(value('loadgen_arrivals_total', { phase: 'next' })).toBe(3);
  });

  it('shows no number where there is none, nor the gauges of a phase that is over', async () => {
    const { metrics, read } = watched();
    metrics.onEvent(tick());
    metrics.onEvent(tick({ at: 500, latencyMs: null, offeredRate: null, goodput: null, errorShare: null }));
    const value = await read();
    for (const name of ['loadgen_offered_rate', 'loadgen_goodput_rate', 'loadgen_error_ratio'])
      expect(value(name), name).toBeUndefined();
    expect(value('loadgen_latency_seconds', { phase: 'open 10/s', percentile: '95' })).toBeUndefined();
    metrics.onEvent(tick({ phase: 'next' }));
    const later = await read();
    expect(later('loadgen_in_flight')).toBeUndefined();
    expect(later('loadgen_in_flight', { phase: 'next' })).toBe(2);
    expect(later('loadgen_arrivals_total')).toBe(10);
  });

  it('counts latencies by bucket, each once, whatever phases and ticks they come in', async () => {
    const { metrics, read } = watched();
    const counts = (...some: readonly (readonly [bucket: number, count: number])[]) => {
      const all = new Array<number>(LATENCY_BOUNDS.length + 1).fill(0);
      for (const [bucket, count] of some) all[bucket] = count;
      return all;
    };
    const of10 = LATENCY_BOUNDS.indexOf(10);
    metrics.onEvent(tick({ latencies: { counts: counts([of10, 3]), sumMs: 24 } }));
    metrics.onEvent(tick({ at: 500, latencies: { counts: counts([of10, 4], [18, 1]), sumMs: 60_032 } }));
    metrics.onEvent(tick({ phase: 'next', latencies: { counts: counts([0, 2]), sumMs: 0.1 } }));
    metrics.onEvent(tick({ phase: 'next', at: 500 })); // a driver that does not tell
    const value = await read();
    const bucket = (le: string, phase: string) =>
      value('loadgen_request_duration_seconds_bucket', { phase, le });
    expect(bucket('0.005', 'open 10/s')).toBe(0);
    expect(bucket('0.01', 'open 10/s')).toBe(4);
    expect(bucket('30', 'open 10/s')).toBe(4);
    expect(bucket('+Inf', 'open 10/s')).toBe(5);
    expect(value('loadgen_request_duration_seconds_count')).toBe(5);
    expect(value('loadgen_request_duration_seconds_sum')).toBeCloseTo(60.032, 9);
    expect(bucket('0.0001', 'next')).toBe(2);
  });

  it('heeds ticks alone', async () => {
    const { metrics, read } = watched();
    metrics.onEvent({ type: 'warning', message: 'hot' });
    expect((await read())('loadgen_arrivals_total')).toBeUndefined();
  });
});
