import { CACHE_CODES, OUTCOMES, RIGHT_CODES } from '../records/columns.ts';
import type { PhaseRecord, QuantilesRecord } from '../records/schema.ts';
import { batchMeanInterval, batchQuantileInterval, batchShareInterval } from '../statistics/batch-means.ts';
import { carriedQuantile, mean, type SortedSamples, sortSamples } from '../statistics/quantiles.ts';
import { steadyStateOf } from '../statistics/steady-state.ts';
import type { PhaseRecorder } from './recorder.ts';
import { stageShare } from './stage-share.ts';

const COMPLETED = OUTCOMES.indexOf('completed');
const TIMEOUT = OUTCOMES.indexOf('timeout');
const RIGHT = RIGHT_CODES.indexOf('right');
const UNSCORED = RIGHT_CODES.indexOf('unscored');

/** Above this share of unscored arrivals, attainment says too little about the rest and is withheld. */
export const UNSCORED_LIMIT = 0.05;

/** Of the arrivals of an open loop, the share that must have been sent before the schedule was over. */
const LEAST_ON_SCHEDULE = 0.98;

/** What was decided about each row of a phase after it was over, by position. */
export interface PhaseVerdicts {
  /** RIGHT_CODES. A failed request of a scorable question is `wrong`. */
  readonly right: Uint8Array;
  /** Index into `classes`. */
  readonly funnel: Uint8Array;
  readonly classes: readonly string[];
}

export interface PhaseSetting {
  readonly name: string;
  readonly loop: 'open' | 'closed';
  readonly arrivalProcess: 'poisson' | 'constant' | 'closed';
  readonly cacheMode: PhaseRecord['cacheMode'];
  readonly concurrency: number | null;
  readonly offeredRate: number | null;
  /** Milliseconds for which requests were sent: as planned, or up to the interruption. More than 0. */
  readonly duration: number;
  /** Milliseconds that the phase really took, drain included. */
  readonly elapsed: number;
  readonly interrupted: boolean;
  readonly deadline: number;
  readonly startedAtEpochMs: number;
  readonly stageNames: readonly string[];
  readonly warmup: boolean;
  readonly usage: Omit<PhaseRecord['generator'], 'maxInFlight'>;
}

/** The record of one phase, from its rows. Pure: the same rows and verdicts give the same record. */
export function summarisePhase(
  rows: PhaseRecorder,
  verdicts: PhaseVerdicts,
  setting: PhaseSetting,
): PhaseRecord {
  const latency = difference(rows.end, rows.due, rows);
  const sorted = sortSamples(latency);
  const counts = outcomeCounts(rows, setting);
  const invalidReasons = reasonsAgainst(counts, setting);
  return {
    name: setting.name,
    loop: setting.loop,
    arrivalProcess: setting.arrivalProcess,
    cacheMode: setting.cacheMode,
    concurrency: setting.concurrency,
    offeredRate: setting.offeredRate,
    scheduledSeconds: setting.duration / 1000,
    startedAtEpochMs: setting.startedAtEpochMs,
    ...counts,
    latencyMs: quantiles(sorted),
    latencyCi95: latencyIntervals(latency, sorted),
    serviceMs: quantiles(sortSamples(difference(rows.end, rows.sent, rows))),
    lagMs: quantiles(sortSamples(lag(rows))),
    firstTokenMs: firstToken(rows),
    deadlineMs: setting.deadline,
    ...goodput(rows, latency, verdicts, setting),
    ...caching(rows),
    repeatShare: repeatShare(rows),
    funnel: countBy(verdicts.funnel, rows.rows, verdicts.classes),
    stageShare: stageShare(rows, latency, setting.stageNames),
    generator: { ...setting.usage, maxInFlight: rows.maxInFlight },
    steadyState: setting.warmup
      ? null
      : steadyStateOf(rows.due.subarray(0, rows.rows), latency, { duration: setting.duration }),
    warmup: setting.warmup,
    valid: invalidReasons.length === 0,
    invalidReasons,
  };
}

type Counts = Pick<
  PhaseRecord,
  | 'arrivals'
  | 'completed'
  | 'errors'
  | 'timeouts'
  | 'dropped'
  | 'errorRate'
  | 'achievedRate'
  | 'throughputPerSecond'
>;

function outcomeCounts({ rows, outcome, sent }: PhaseRecorder, { duration, elapsed }: PhaseSetting): Counts {
  const { completed, error, timeout, dropped } = countBy(outcome, rows, OUTCOMES);
  let onSchedule = 0;
  for (let row = 0; row < rows; row += 1) if (sent[row]! <= duration) onSchedule += 1;
  return {
    arrivals: rows,
    completed,
    errors: error,
    timeouts: timeout,
    dropped,
    errorRate: rows === 0 ? 0 : (error + timeout + dropped) / rows,
    achievedRate: onSchedule / (duration / 1000),
    throughputPerSecond: completed / (Math.max(elapsed, duration) / 1000),
  };
}

/** `to − from` for completed requests and timeouts, NaN for the rest. */
function difference(to: Float64Array, from: Float64Array, rows: PhaseRecorder): Float64Array {
  const values = new Float64Array(rows.rows).fill(Number.NaN);
  for (let row = 0; row < rows.rows; row += 1) {
    const outcome = rows.outcome[row]!;
    if (outcome === COMPLETED || outcome === TIMEOUT) values[row] = to[row]! - from[row]!;
  }
  return values;
}

/** sent − due, of all that was sent. */
function lag({ rows, sent, due }: PhaseRecorder): Float64Array {
  return sent.subarray(0, rows).map((at, row) => at - due[row]!);
}

/** first token − due, of completed requests; null where none told of its first token. */
function firstToken({ rows, first, due, outcome }: PhaseRecorder): QuantilesRecord | null {
  const values = first
    .subarray(0, rows)
    .map((at, row) => (outcome[row] === COMPLETED ? at - due[row]! : Number.NaN));
  const sorted = sortSamples(values);
  return sorted.length === 0 ? null : quantiles(sorted);
}

function quantiles(sorted: SortedSamples): QuantilesRecord {
  const none = sorted.length === 0;
  return {
    p50: carriedQuantile(sorted, 0.5),
    p90: carriedQuantile(sorted, 0.9),
    p95: carriedQuantile(sorted, 0.95),
    p99: carriedQuantile(sorted, 0.99),
    mean: none ? null : mean(sorted),
    max: none ? null : sorted[sorted.length - 1]!,
  };
}

function latencyIntervals(latency: Float64Array, sorted: SortedSamples): PhaseRecord['latencyCi95'] {
  const inTimeOrder = latency.filter((value) => !Number.isNaN(value));
  const at = (p: number): [number, number] | null =>
    bounds(batchQuantileInterval(inTimeOrder, p, { sorted }));
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), mean: bounds(batchMeanInterval(inTimeOrder)) };
}

function bounds(interval: { low: number; high: number } | null): [number, number] | null {
  return interval === null ? null : [interval.low, interval.high];
}

/** Right *and* in time, on the very same requests: per scheduled second, and as a share of what could be scored. */
function goodput(
  rows: PhaseRecorder,
  latency: Float64Array,
  { right }: PhaseVerdicts,
  { deadline, duration }: PhaseSetting,
): Pick<PhaseRecord, 'goodputPerSecond' | 'goodputCi95' | 'attainment' | 'attainmentCi95' | 'unscoredShare'> {
  const good = new Uint8Array(rows.rows);
  let scored = 0;
  for (let row = 0; row < rows.rows; row += 1) {
    if (right[row] === UNSCORED) continue;
    if (right[row] === RIGHT && latency[row]! <= deadline && rows.outcome[row] === COMPLETED)
      good[scored] = 1;
    scored += 1;
  }
  const unscoredShare = rows.rows === 0 ? 0 : (rows.rows - scored) / rows.rows;
  if (scored === 0 || unscoredShare > UNSCORED_LIMIT) {
    return {
      goodputPerSecond: null,
      goodputCi95: null,
      attainment: null,
      attainmentCi95: null,
      unscoredShare,
    };
  }
  const goods = good.subarray(0, scored);
  const interval = bounds(batchShareInterval(goods));
  const perSecond = scored / (duration / 1000);
  const attainment = mean(goods);
  return {
    goodputPerSecond: attainment * perSecond,
    goodputCi95: interval && [interval[0] * perSecond, interval[1] * perSecond],
    attainment,
    attainmentCi95: interval,
    unscoredShare,
  };
}

function caching(rows: PhaseRecorder): Pick<PhaseRecord, 'cacheHitRate' | 'cacheStates'> {
  const completed = rows.cache.subarray(0, rows.rows).filter((_, row) => rows.outcome[row] === COMPLETED);
  const states = countBy(completed, completed.length, CACHE_CODES);
  const told = completed.length - states.unknown;
  const hits = states.response + states.semantic;
  return {
    cacheHitRate: told === 0 ? null : hits / told,
    cacheStates: Object.fromEntries(Object.entries(states).filter(([, count]) => count > 0)),
  };
}

function repeatShare(rows: PhaseRecorder): number {
  const distinct = new Set(rows.question.subarray(0, rows.rows)).size;
  return rows.rows === 0 ? 0 : 1 - distinct / rows.rows;
}

/** Why the numbers of a phase in this process cannot be trusted. Its lag is the engine's own doing and is reported, not judged. */
function reasonsAgainst(
  { arrivals, completed, dropped, achievedRate }: Counts,
  { loop, duration, interrupted }: PhaseSetting,
): string[] {
  const seconds = duration / 1000;
  const reasons: string[] = [];
  if (interrupted) reasons.push(`interrupted after ${seconds.toFixed(1)} s`);
  if (arrivals === 0) reasons.push('no request was made');
  else if (completed === 0) reasons.push('no request was answered');
  if (loop === 'open' && arrivals > 0) {
    const onSchedule = achievedRate / (arrivals / seconds);
    if (onSchedule < LEAST_ON_SCHEDULE) {
      reasons.push(
        `only ${(100 * onSchedule).toFixed(1)} % of the schedule was sent in time: the generator or the engine fell behind`,
      );
    }
    if (dropped > 0) reasons.push(`${dropped} requests found no room in flight and were dropped`);
  }
  return reasons;
}

function countBy<N extends string>(
  codes: Uint8Array,
  length: number,
  names: readonly N[],
): Record<N, number> {
  const counts = Object.fromEntries(names.map((name) => [name, 0])) as Record<N, number>;
  for (let row = 0; row < length; row += 1) counts[names[codes[row]!]!] += 1;
  return counts;
}
