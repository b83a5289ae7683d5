import { describe, expect, it } from 'vitest';
import {
  failureInterval,
  percentileCurve,
  phaseLatencies,
  phaseRows,
  timeBins,
} from '../../src/reporting/series.ts';
import { sortSamples } from '../../src/statistics/quantiles.ts';
import { sampleLoad } from './sample-load-record.ts';
import { sampleRun } from './sample-record.ts';

const { record, columns } = sampleRun();
const phases = record.load!.phases;

describe('series of a phase', () => {
  it('hold the latencies of completed requests and timeouts, and no others', () => {
    phases.forEach((phase, index) => {
      const latencies = phaseLatencies(columns, phaseRows(columns, index));
      expect(latencies.length).toBe(phase.completed + phase.timeouts);
      expect(latencies.at(-1)).toBeCloseTo(phase.latencyMs.max!, 9);
    });
  });

  it('draw percentiles as far as ten samples lie beyond, never falling', () => {
    const curve = percentileCurve(sortSamples(Float64Array.from({ length: 1000 }, (_, index) => index + 1)));
    expect(curve[0]).toEqual({ nines: 0, latencyMs: 1 });
    expect(curve.at(-1)).toEqual({ nines: 2, latencyMs: 990 });
    const values = curve.map(({ latencyMs }) => latencyMs);
    expect(values).toEqual([...values].sort((a, b) => a - b));
    expect(percentileCurve(sortSamples([1, 2, 3]))).toEqual([]);
  });

  it('bin a phase by time without losing a request', () => {
    const index = phases.findIndex(({ name }) => name === 'overload');
    const phase = phases[index]!;
    const bins = timeBins(columns, phaseRows(columns, index), phase);
    const width = bins[0]!.end;
    expect(bins.at(-1)!.end).toBeCloseTo(phase.scheduledSeconds, 9);
    const failures = bins.reduce((sum, bin) => sum + bin.failureRate * width, 0);
    expect(failures).toBeCloseTo(phase.errors + phase.timeouts + phase.dropped, 6);
    const sent = bins.reduce((sum, bin) => sum + bin.sentRate * width, 0);
    expect(sent).toBeLessThanOrEqual(phase.arrivals - phase.dropped + 1e-6);
    expect(sent).toBeGreaterThan(0.9 * (phase.arrivals - phase.dropped));
  });

  it('gives a bin no quantile that its requests cannot carry', () => {
    const phase = phases[2]!;
    const few = phaseRows(columns, 2).subarray(0, 210);
    const bins = timeBins(columns, few, phase);
    expect(bins).toHaveLength(2);
    expect(bins[1]).toMatchObject({ p50: null, p95: null }); // all 210 are due at the start of the schedule
  });

  it('tell in each bin what was offered, however much of it was sent', () => {
    const index = phases.findIndex(({ name }) => name === 'overload');
    const bins = timeBins(columns, phaseRows(columns, index), phases[index]!);
    const offered = bins.reduce((sum, bin) => sum + bin.dueRate * (bin.end - bin.start), 0);
    expect(offered).toBeCloseTo(phases[index]!.arrivals, 6);
  });

  it('bound the error rate only where failures are many enough', () => {
    const load = sampleLoad();
    const ends = load.record.load!.phases.map((_, index) =>
      failureInterval(load.columns, phaseRows(load.columns, index)),
    );
    expect(ends.slice(0, -1)).toEqual([null, null, null, null]);
    const { errorRate } = load.record.load!.phases.at(-1)!;
    expect(ends.at(-1)![0]).toBeLessThan(errorRate);
    expect(ends.at(-1)![1]).toBeGreaterThan(errorRate);
  });

  it('give each phase its rows, and each row to one phase', () => {
    const rows = phases.map((_, index) => phaseRows(columns, index));
    expect(rows.map(({ length }) => length)).toEqual(phases.map(({ arrivals }) => arrivals));
    expect(new Set(rows.flatMap((one) => [...one])).size).toBe(columns.length);
    expect(phaseRows(columns, 200)).toHaveLength(0);
  });
});
