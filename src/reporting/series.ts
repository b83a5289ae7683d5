import type { RequestColumns } from '../records/columns.ts';
import { OUTCOMES } from '../records/columns.ts';
import type { PhaseRecord } from '../records/schema.ts';
import { batchShareInterval } from '../statistics/batch-means.ts';
import { carriedQuantile, type SortedSamples, sortSamples } from '../statistics/quantiles.ts';

/** What the charts draw, computed from the request columns: one pass over a phase each, whatever its size. */

const COMPLETED = OUTCOMES.indexOf('completed');
const TIMEOUT = OUTCOMES.indexOf('timeout');

/** The rows of one phase, by its index in record.load.phases. */
export function phaseRows({ columns, length }: RequestColumns, phase: number): Uint32Array {
  const phases = columns.phase;
  // Counted first: a run may have many phases, and room for all its requests in each would be a waste.
  let size = 0;
  for (let row = 0; row < length; row += 1) if (phases[row] === phase) size += 1;
  const rows = new Uint32Array(size);
  for (let row = 0, place = 0; row < length; row += 1) if (phases[row] === phase) rows[place++] = row;
  return rows;
}

/** 95 % interval of the share of errors, timeouts and drops, from batch means; null where it cannot be had. */
export function failureInterval({ columns }: RequestColumns, rows: Uint32Array): [number, number] | null {
  const failed = new Uint8Array(rows.length);
  for (let index = 0; index < rows.length; index += 1)
    if (columns.outcome[rows[index]!] !== COMPLETED) failed[index] = 1;
  const found = batchShareInterval(failed);
  return found && [found.low, found.high];
}

/** Latencies (end − due) of completed requests and timeouts, in milliseconds, ascending. */
export function phaseLatencies({ columns }: RequestColumns, rows: Uint32Array): SortedSamples {
  const latencies = new Float64Array(rows.length).fill(Number.NaN);
  for (let index = 0; index < rows.length; index += 1) {
    const row = rows[index]!;
    const outcome = columns.outcome[row];
    if (outcome === COMPLETED || outcome === TIMEOUT)
      latencies[index] = columns.end[row]! - columns.due[row]!;
  }
  return sortSamples(latencies);
}

export interface PercentilePoint {
  /** −log10(1 − p): 0 at the minimum, 1 at p90, 2 at p99. */
  readonly nines: number;
  readonly latencyMs: number;
}

/** Beyond the last point fewer than so many samples lie: further out the curve would be anecdote. */
const TAIL_SAMPLES = 10;
const CURVE_POINTS = 96;

/** Latency by percentile, equally spaced in nines, as far out as ten samples lie beyond. */
export function percentileCurve(sorted: SortedSamples): PercentilePoint[] {
  if (sorted.length < 2 * TAIL_SAMPLES) return [];
  const last = Math.log10(sorted.length / TAIL_SAMPLES);
  return Array.from({ length: CURVE_POINTS + 1 }, (_, step) => {
    const nines = (last * step) / CURVE_POINTS;
    const rank = Math.ceil((1 - 10 ** -nines) * sorted.length - 1e-9);
    return { nines, latencyMs: sorted[Math.max(rank, 1) - 1]! };
  });
}

export interface TimeBin {
  /** Seconds since the phase began: start and end of the bin. */
  readonly start: number;
  readonly end: number;
  /** Of arrivals due in the bin; null where they are too few to carry it. */
  readonly p50: number | null;
  readonly p95: number | null;
  /** Requests due in the bin, per second: what was offered. */
  readonly dueRate: number;
  /** Requests sent in the bin, per second. */
  readonly sentRate: number;
  /** Errors, timeouts and drops among arrivals due in the bin, per second. */
  readonly failureRate: number;
}

/** Enough that most bins carry a p95 (which needs 72 samples). */
const ARRIVALS_A_BIN = 100;
const MOST_BINS = 60;

/** The phase in bins of equal duration, over its schedule. */
export function timeBins({ columns }: RequestColumns, rows: Uint32Array, phase: PhaseRecord): TimeBin[] {
  const bins = Math.min(MOST_BINS, Math.floor(rows.length / ARRIVALS_A_BIN));
  if (bins < 2 || phase.scheduledSeconds <= 0) return [];
  const seconds = phase.scheduledSeconds / bins;
  const binOf = (ms: number): number => Math.min(bins - 1, Math.floor(ms / 1000 / seconds));
  const latencies = Array.from({ length: bins }, (): number[] => []);
  const offered = new Uint32Array(bins);
  const sent = new Uint32Array(bins);
  const failures = new Uint32Array(bins);
  for (const row of rows) {
    const due = columns.due[row]!;
    const outcome = columns.outcome[row]!;
    const bin = binOf(due);
    offered[bin]! += 1;
    if (outcome !== COMPLETED) failures[bin]! += 1;
    if (outcome === COMPLETED || outcome === TIMEOUT) latencies[bin]!.push(columns.end[row]! - due);
    const sentAt = columns.sent[row]!;
    if (sentAt < phase.scheduledSeconds * 1000) sent[binOf(sentAt)]! += 1;
  }
  return latencies.map((values, bin) => {
    const sorted = sortSamples(values);
    return {
      start: bin * seconds,
      end: (bin + 1) * seconds,
      p50: carriedQuantile(sorted, 0.5),
      p95: carriedQuantile(sorted, 0.95),
      dueRate: offered[bin]! / seconds,
      sentRate: sent[bin]! / seconds,
      failureRate: failures[bin]! / seconds,
    };
  });
}
