import { costOf } from '../load/cost.ts';
import { distributionOf } from '../load/distribution.ts';
import { isInTime } from '../load/in-time.ts';
import type { PhaseSetting, PhaseVerdicts } from '../load/phase-setting.ts';
import type { PhaseRecorder } from '../load/recorder.ts';
import type { Clause, ClauseEvidence, DurationName, Subject } from '../objectives/slo.ts';
import { CACHE_CODES, OUTCOMES, RIGHT_CODES } from '../records/columns.ts';
import { batchMeanInterval } from '../statistics/batch-means.ts';
import { mean } from '../statistics/quantiles.ts';
import { type ShareEvidence, shareEvidence, sumOfShares } from '../statistics/share-evidence.ts';
import type { RunEvidence } from './capacity/port.ts';

const COMPLETED = OUTCOMES.indexOf('completed');
const RIGHT = RIGHT_CODES.indexOf('right');
const UNSCORED = RIGHT_CODES.indexOf('unscored');
const TIMEOUT = OUTCOMES.indexOf('timeout');
const UNKNOWN_CACHE = CACHE_CODES.indexOf('unknown');
const HITS = [CACHE_CODES.indexOf('response'), CACHE_CODES.indexOf('semantic')];

/** One phase that is over, with what was decided about each of its rows. */
export interface JudgedPhase {
  readonly rows: PhaseRecorder;
  readonly setting: PhaseSetting;
  readonly verdicts: PhaseVerdicts;
}

type Tested = ClauseEvidence['tested'];

const UNKNOWN: Tested = { estimate: null, low: null, high: null };

/**
 * What one phase shows of one clause, from its requests in the order of their arrivals. They share a queue, so intervals
 * come from batch means, and latencies tell how requests lean on each other where failures are too rare to.
 */
export function evidenceOf(
  { subject, bound }: Pick<Clause, 'subject' | 'bound'>,
  phase: JudgedPhase,
): RunEvidence {
  switch (subject.kind) {
    case 'quantile':
      return ofQuantile(subject, bound, phase);
    case 'mean':
      return ofMean(durations(subject.of, phase.rows));
    case 'error':
      return ofRows(phase, allRows(phase), (row) => phase.rows.outcome[row] !== COMPLETED);
    case 'attainment':
      return ofAttainment(phase);
    case 'right':
      return ofRows(phase, scoredRows(phase), (row) => isRight(phase, row));
    case 'goodput':
      return perSecond(ofAttainment(phase), phase);
    case 'throughput':
      return exactly(
        completed(phase.rows) / (Math.max(phase.setting.elapsed, phase.setting.duration) / 1000),
      );
    case 'cache-hits':
      return ofRows(phase, rowsThatTellOfCaches(phase.rows), (row) => isHit(phase.rows.cache[row]!));
    case 'cost':
      return ofCost(subject.per, phase);
    case 'measure':
      return ofMeasure(subject.measure, phase);
  }
}

/** `pX < T` by the share of arrivals that took longer than T, failed or were dropped. */
function ofQuantile(
  { of, quantile }: Extract<Subject, { kind: 'quantile' }>,
  bound: number,
  phase: JudgedPhase,
): RunEvidence {
  const values = durations(of, phase.rows);
  const { outcome } = phase.rows;
  const judged = allRows(phase).filter((row) => outcome[row] !== COMPLETED || !Number.isNaN(values[row]!));
  const evidence = ofRows(phase, judged, (row) => outcome[row] !== COMPLETED || !(values[row]! <= bound));
  return { ...evidence, observed: distributionOf(values).carried(quantile) };
}

/** Milliseconds of completed requests and timeouts (at their value); NaN for the rest, and for what was not told. */
function durations(of: DurationName, rows: PhaseRecorder): Float64Array {
  const { due, sent, first, end, outcome, outputTokens } = rows;
  return Float64Array.from({ length: rows.rows }, (_, row) => {
    if (outcome[row] !== COMPLETED && outcome[row] !== TIMEOUT) return Number.NaN;
    if (of === 'latency') return end[row]! - due[row]!;
    if (of === 'service') return end[row]! - sent[row]!;
    if (outcome[row] !== COMPLETED) return Number.NaN;
    if (of === 'ttft') return first.at(row) - due[row]!;
    const gaps = outputTokens.at(row) - 1;
    return gaps > 0 ? (end[row]! - first.at(row)) / gaps : Number.NaN;
  });
}

/** Right answers that came late, requests that failed and wrong answers, each by itself: the former come in bursts, the latter do not. */
function ofAttainment(phase: JudgedPhase): RunEvidence {
  const { outcome } = phase.rows;
  const rows = scoredRows(phase);
  const share = (holds: (row: number) => boolean, inBursts = true): ShareEvidence =>
    shareEvidence(onesOf(rows, holds), inBursts ? { load: loadOf(phase, rows) } : {});
  const failed = share((row) => outcome[row] !== COMPLETED);
  const late = share((row) => isRight(phase, row) && !isInTime(phase.rows, row, phase.setting));
  const wrong = share((row) => outcome[row] === COMPLETED && !isRight(phase, row));
  const missing = sumOfShares([failed, late, wrong]);
  const rest = (value: number | null): number | null => (value === null ? null : 1 - value);
  return evidence({
    ...missing,
    estimate: rest(missing.estimate),
    low: rest(missing.high),
    high: rest(missing.low),
  });
}

/** The share of some rows for which something holds. */
function ofRows(phase: JudgedPhase, rows: readonly number[], holds: (row: number) => boolean): RunEvidence {
  return evidence(shareEvidence(onesOf(rows, holds), { load: loadOf(phase, rows) }));
}

function onesOf(rows: readonly number[], holds: (row: number) => boolean): Uint8Array {
  return Uint8Array.from(rows, (row) => (holds(row) ? 1 : 0));
}

/** Latencies, which show how requests lean on each other; NaN for those that failed. */
function loadOf({ rows: { end, due, outcome } }: JudgedPhase, rows: readonly number[]): Float64Array {
  return Float64Array.from(rows, (row) =>
    outcome[row] === COMPLETED || outcome[row] === TIMEOUT ? end[row]! - due[row]! : Number.NaN,
  );
}

const allRows = ({ rows }: JudgedPhase): number[] => Array.from({ length: rows.rows }, (_, row) => row);

function scoredRows(phase: JudgedPhase): number[] {
  const { right } = phase.verdicts;
  return allRows(phase).filter((row) => right[row] !== UNSCORED);
}

function isRight({ rows, verdicts }: JudgedPhase, row: number): boolean {
  return verdicts.right[row] === RIGHT && rows.outcome[row] === COMPLETED;
}

function completed({ rows, outcome }: PhaseRecorder): number {
  let count = 0;
  for (let row = 0; row < rows; row += 1) if (outcome[row] === COMPLETED) count += 1;
  return count;
}

const isHit = (code: number): boolean => HITS.includes(code);

function rowsThatTellOfCaches({ rows, cache, outcome }: PhaseRecorder): number[] {
  return Array.from({ length: rows }, (_, row) => row).filter(
    (row) => outcome[row] === COMPLETED && cache[row] !== UNKNOWN_CACHE,
  );
}

function perSecond({ tested, ...share }: RunEvidence, { setting }: JudgedPhase): RunEvidence {
  const rate = share.size / (setting.duration / 1000);
  const scaled = (value: number | null): number | null => (value === null ? null : value * rate);
  const scaledTested = {
    estimate: scaled(tested.estimate),
    low: scaled(tested.low),
    high: scaled(tested.high),
  };
  return { ...share, observed: scaledTested.estimate, tested: scaledTested };
}

function ofMean(values: Float64Array): RunEvidence {
  const told = values.filter((value) => !Number.isNaN(value));
  const size = told.length;
  if (size === 0) return nothing('nothing was measured of it');
  const interval = batchMeanInterval(told);
  return evidence({
    estimate: mean(told),
    low: interval?.low ?? null,
    high: interval?.high ?? null,
    effectiveSize: null,
    size,
  });
}

function ofMeasure(name: string, { rows, verdicts }: JudgedPhase): RunEvidence {
  const measure = verdicts.measures?.find((one) => one.name === name);
  if (measure === undefined) return nothing('it was not measured');
  return ofMean(Float64Array.from({ length: rows.rows }, (_, row) => measure.ofRow(row)));
}

/** What is counted, not sampled: the phase's own figure, without an interval. */
function exactly(value: number): RunEvidence {
  const tested = { estimate: value, low: value, high: value };
  return { observed: value, tested, size: 1, effectiveSize: null };
}

/**
 * The mean cost of a query by batch means; of a right or good answer, all that was spent by those that were, whose share
 * has the interval.
 */
function ofCost(per: 'query' | 'right' | 'good', phase: JudgedPhase): RunEvidence {
  const { rows } = phase;
  if (per === 'query')
    return ofMean(Float64Array.from({ length: rows.rows }, (_, row) => rows.costUsd.at(row)));
  const total = costOf(rows, { right: 0, good: 0 })?.totalUsd ?? null;
  const { tested, ...share } =
    per === 'good' ? ofAttainment(phase) : ofRows(phase, scoredRows(phase), (row) => isRight(phase, row));
  const each = (part: number | null): number | null =>
    total === null || part === null || part === 0 ? null : total / (part * share.size);
  const costs = { estimate: each(tested.estimate), low: each(tested.high), high: each(tested.low) };
  return { ...share, observed: costs.estimate, tested: costs };
}

function nothing(reason: string): RunEvidence {
  return { observed: null, tested: UNKNOWN, reason, size: 0, effectiveSize: null };
}

function evidence({ estimate, low, high, effectiveSize, size }: ShareEvidence): RunEvidence {
  const known = { observed: estimate, tested: { estimate, low, high }, size, effectiveSize };
  if (size === 0) return nothing('nothing was measured of it');
  return low === null && high === null
    ? { ...known, reason: `${size} requests are too few for an interval` }
    : known;
}
