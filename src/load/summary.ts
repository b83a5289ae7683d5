import { CACHE_CODES, DEGRADATION_CODES, OUTCOMES, RIGHT_CODES } from '../records/columns.ts';
import type { PhaseRecord, QuantilesRecord } from '../records/schema.ts';
import { batchMeanInterval, batchShareInterval } from '../statistics/batch-means.ts';
import { mean } from '../statistics/quantiles.ts';
import { steadyStateOf } from '../statistics/steady-state.ts';
import { cacheFigures } from './cache-figures.ts';
import { costOf } from './cost.ts';
import { distributionIn, distributionOf, toldIn } from './distribution.ts';
import { isInTime } from './in-time.ts';
import { bounds, latencyIntervals, quantilesOf } from './latency-record.ts';
import type { PhaseSetting, PhaseVerdicts } from './phase-setting.ts';
import type { PhaseRecorder } from './recorder.ts';
import { slowestRequests } from './slowest.ts';
import { stageShare } from './stage-share.ts';
import { reasonsAgainst, tailOf } from './validity.ts';

const COMPLETED = OUTCOMES.indexOf('completed');
const TIMEOUT = OUTCOMES.indexOf('timeout');
const RIGHT = RIGHT_CODES.indexOf('right');
const UNSCORED = RIGHT_CODES.indexOf('unscored');

/** Above this share of unscored arrivals, attainment says too little about the rest and is withheld. */
export const UNSCORED_LIMIT = 0.05;

/** The record of one phase, from its rows. Pure: the same rows and verdicts give the same record. */
export function summarisePhase(
  rows: PhaseRecorder,
  verdicts: PhaseVerdicts,
  setting: PhaseSetting,
): PhaseRecord {
  const latency = latencyOf(rows);
  const latencies = distributionOf(latency);
  const room = new Float64Array(rows.rows);
  const told = (figure: OfRow): Float64Array => toldIn(room, rows.rows, figure);
  const lags = distributionIn(told(lagOf(rows)));
  const [lagMs, lagTail] = [quantilesOf(lags), tailOf(lags)];
  const counts = outcomeCounts(rows, setting);
  const invalidReasons = reasonsAgainst({ ...counts, lagTail, latencyP50: latencies.quantile(0.5) }, setting);
  const { right, good } = goodRows(rows, verdicts, setting);
  const steadyState = setting.warmup
    ? null
    : steadyStateOf(rows.due.subarray(0, rows.rows), latency, { duration: setting.duration });
  const caches = cacheFigures(rows, verdicts, { ...setting, steadyState });
  return {
    name: setting.name,
    loop: setting.loop,
    arrivalProcess: setting.arrivalProcess,
    shape: setting.shape,
    order: setting.order,
    thinkTimeMs: setting.thinkTimeMs,
    endedBy: setting.endedBy,
    cacheMode: setting.cacheMode,
    concurrency: setting.concurrency,
    offeredRate: setting.offeredRate,
    scheduledSeconds: setting.duration / 1000,
    startedAtEpochMs: setting.startedAtEpochMs,
    ...counts,
    latencyMs: quantilesOf(latencies),
    latencyCi95: latencyIntervals(
      told((row) => latency[row]!),
      latencies,
    ),
    serviceMs: quantilesOf(distributionIn(told(serviceOf(rows)))),
    lagMs,
    firstTokenMs: quantilesOfSome(told(firstTokenOf(rows))),
    perTokenMs: quantilesOfSome(told(perTokenOf(rows))),
    deadlineMs: setting.deadline,
    firstTokenDeadlineMs: setting.firstTokenDeadline,
    errorCi95: bounds(batchShareInterval(failures(rows))),
    ...quality(rows.rows, { right, good }, setting),
    measures: measures(verdicts, told),
    cost: costOf(rows, { right: ones(right), good: ones(good) }),
    ...answered(rows),
    ...(caches && { caches }),
    repeatShare: repeatShare(rows),
    funnel: countBy(verdicts.funnel, rows.rows, verdicts.classes),
    ...stageShare(rows, { latency, room, names: setting.stageNames }),
    ...(setting.warmup
      ? {}
      : { slowest: slowestRequests(rows, { latency, names: setting.stageNames, tracing: setting.tracing }) }),
    ...(setting.tracing && { tracing: setting.tracing }),
    generator: { ...setting.usage, maxInFlight: rows.maxInFlight, threads: setting.threads },
    ...(setting.machine && { machine: setting.machine }),
    steadyState,
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

const hasLatency = (outcome: number | undefined): boolean => outcome === COMPLETED || outcome === TIMEOUT;

/** end − due by row, of completed requests and timeouts, NaN for the rest. */
function latencyOf({ rows, end, due, outcome }: PhaseRecorder): Float64Array {
  const values = new Float64Array(rows).fill(Number.NaN);
  for (let row = 0; row < rows; row += 1) if (hasLatency(outcome[row])) values[row] = end[row]! - due[row]!;
  return values;
}

/** A figure by row, NaN where there is none. */
type OfRow = (row: number) => number;

/** end − sent, of the same. */
function serviceOf({ end, sent, outcome }: PhaseRecorder): OfRow {
  return (row) => (hasLatency(outcome[row]) ? end[row]! - sent[row]! : Number.NaN);
}

/** sent − due, of all that was sent. */
function lagOf({ sent, due }: PhaseRecorder): OfRow {
  return (row) => sent[row]! - due[row]!;
}

/** first token − due, of completed requests that told of it. */
function firstTokenOf({ first, due, outcome }: PhaseRecorder): OfRow {
  return (row) => (outcome[row] === COMPLETED ? first.at(row) - due[row]! : Number.NaN);
}

/** (end − first token) / (output tokens − 1), of completed requests that told of both. */
function perTokenOf({ first, end, outcome, outputTokens }: PhaseRecorder): OfRow {
  return (row) => {
    const gaps = outputTokens.at(row) - 1;
    return outcome[row] === COMPLETED && gaps > 0 ? (end[row]! - first.at(row)) / gaps : Number.NaN;
  };
}

function quantilesOfSome(values: Float64Array): QuantilesRecord | null {
  const distribution = distributionIn(values);
  return distribution.count === 0 ? null : quantilesOf(distribution);
}

/** Of the scored rows, in the order of their arrivals: ones for those that are right, and for those right *and* in time. */
function goodRows(
  rows: PhaseRecorder,
  { right: codes }: PhaseVerdicts,
  setting: PhaseSetting,
): { right: Uint8Array; good: Uint8Array } {
  const right = new Uint8Array(rows.rows);
  const good = new Uint8Array(rows.rows);
  let scored = 0;
  for (let row = 0; row < rows.rows; row += 1) {
    if (codes[row] === UNSCORED) continue;
    if (codes[row] === RIGHT && rows.outcome[row] === COMPLETED) {
      right[scored] = 1;
      if (isInTime(rows, row, setting)) good[scored] = 1;
    }
    scored += 1;
  }
  return { right: right.subarray(0, scored), good: good.subarray(0, scored) };
}

/** Ones for errors, timeouts and drops, in the order of the arrivals. */
function failures({ rows, outcome }: PhaseRecorder): Uint8Array {
  return outcome.slice(0, rows).map((code) => (code === COMPLETED ? 0 : 1));
}

function ones(values: Uint8Array): number {
  let count = 0;
  for (const value of values) count += value;
  return count;
}

/** Right, and right in time, on the very same requests: as shares of what could be scored, and per scheduled second. */
function quality(
  arrivals: number,
  { right, good }: { right: Uint8Array; good: Uint8Array },
  { duration }: PhaseSetting,
): Pick<
  PhaseRecord,
  | 'goodputPerSecond'
  | 'goodputCi95'
  | 'attainment'
  | 'attainmentCi95'
  | 'unscoredShare'
  | 'right'
  | 'rightCi95'
> {
  const scored = good.length;
  const unscoredShare = arrivals === 0 ? 0 : (arrivals - scored) / arrivals;
  const withheld = scored === 0 || unscoredShare > UNSCORED_LIMIT;
  const interval = withheld ? null : bounds(batchShareInterval(good));
  const perSecond = scored / (duration / 1000);
  const attainment = withheld ? null : mean(good);
  return {
    goodputPerSecond: attainment === null ? null : attainment * perSecond,
    goodputCi95: interval && [interval[0] * perSecond, interval[1] * perSecond],
    attainment,
    attainmentCi95: interval,
    unscoredShare,
    right: withheld ? null : mean(right),
    rightCi95: withheld ? null : bounds(batchShareInterval(right)),
  };
}

function measures(verdicts: PhaseVerdicts, told: (figure: OfRow) => Float64Array): PhaseRecord['measures'] {
  return (verdicts.measures ?? []).map(({ name, ofRow }) => {
    const values = told(ofRow);
    const none = values.length === 0;
    return {
      name,
      mean: none ? null : mean(values),
      ci95: bounds(batchMeanInterval(values)),
      n: values.length,
    };
  });
}

/** From where the answers came, and how full they were: of completed requests. */
function answered(rows: PhaseRecorder): Pick<PhaseRecord, 'cacheHitRate' | 'cacheStates' | 'degraded'> {
  const completed = new Uint8Array(rows.rows);
  const ofCompleted = <N extends string>(codes: Uint8Array, names: readonly N[]): Record<N, number> => {
    let count = 0;
    for (let row = 0; row < rows.rows; row += 1) {
      if (rows.outcome[row] === COMPLETED) completed[count++] = codes[row]!;
    }
    return countBy(completed, count, names);
  };
  const states = ofCompleted(rows.cache, CACHE_CODES);
  const count = Object.values(states).reduce((sum, one) => sum + one, 0);
  const told = count - states.unknown;
  const hits = states.response + states.semantic;
  return {
    cacheHitRate: told === 0 ? null : hits / told,
    cacheStates: counted(states),
    degraded: counted(ofCompleted(rows.degraded, DEGRADATION_CODES)),
  };
}

const counted = (counts: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));

function repeatShare(rows: PhaseRecorder): number {
  const distinct = new Set(rows.question.subarray(0, rows.rows)).size;
  return rows.rows === 0 ? 0 : 1 - distinct / rows.rows;
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
