import { milliseconds } from '../kernel/units.ts';
import { distributionOf } from '../load/distribution.ts';
import { isInTime } from '../load/in-time.ts';
import { laterRows } from '../load/later-rows.ts';
import { laterMachine } from '../load/machine-columns.ts';
import type { RunPhase } from '../load/phase.ts';
import type { PhasePlan } from '../load/phase-plan.ts';
import type { PhaseRecorder } from '../load/recorder.ts';
import { reasonsOfGenerator, tailOf } from '../load/validity.ts';
import { OUTCOMES, RIGHT_CODES } from '../records/columns.ts';
import { inFlightBlocks, trendOf } from '../statistics/trend.ts';
import type { CapacityPort, ClosedRun, Losses, OpenRun, RunRequest } from './capacity/port.ts';
import type { LoadSession } from './load.ts';
import { evidenceOf, type JudgedPhase } from './slo-evidence.ts';

const COMPLETED = OUTCOMES.indexOf('completed');
const RIGHT = RIGHT_CODES.indexOf('right');
const UNSCORED = RIGHT_CODES.indexOf('unscored');

/** Milliseconds of a closed loop: long enough for its throughput to settle, and there are a dozen of them. */
const CLOSED_LOOP = 3000;

/** Milliseconds between two runs, for connections that are being closed and queues that nobody sees. */
const PAUSE = milliseconds(200);

/** A search's load on a real target: every run is a phase of the session, kept for the record. */
export class SessionPort implements CapacityPort {
  readonly #session: LoadSession;
  /** The runs, as phases of the record: of an open one, its counted part. */
  readonly phases: RunPhase[] = [];

  constructor(session: LoadSession) {
    this.#session = session;
  }

  async closed(concurrency: number): Promise<ClosedRun | undefined> {
    const phase = await this.#run({
      name: `closed × ${concurrency}`,
      loop: 'closed',
      concurrency,
      duration: CLOSED_LOOP,
      cacheMode: this.#session.cacheMode,
    });
    if (phase === undefined) return undefined;
    const { rows, setting } = phase;
    this.phases.push(phase);
    const elapsedSeconds = setting.elapsed / 1000;
    let completed = 0;
    for (let row = 0; row < rows.rows; row += 1) if (rows.outcome[row] === COMPLETED) completed += 1;
    const inFlight = meanOf(inFlightOf(rows, { from: 0, to: setting.elapsed, blocks: 1 }));
    return { throughput: completed / elapsedSeconds, inFlight, elapsedSeconds };
  }

  async open({ name, rate, seconds, warmupSeconds }: RunRequest): Promise<OpenRun | undefined> {
    const warmup = warmupSeconds * 1000;
    const duration = warmup + seconds * 1000;
    const whole = await this.#run({ name, loop: 'open', rate, duration, cacheMode: this.#session.cacheMode });
    if (whole === undefined) return undefined;
    const { context } = this.#session;
    const rows = laterRows(whole.rows, warmup, { ...context, stages: context.target.stages.length });
    const setting = {
      ...whole.setting,
      duration: seconds * 1000,
      elapsed: whole.setting.elapsed - warmup,
      // Counters of the warm-up, too: they would not fit these rows.
      caches: undefined,
      // Ids follow from the due times as they were before they were shifted.
      tracing: undefined,
      machine: laterMachine(whole.setting.machine, warmup),
    };
    const phase = { rows, setting };
    this.phases.push(phase);
    const judged: JudgedPhase = { ...phase, verdicts: this.#session.verdicts.of(rows, setting) };
    const window = { from: warmup, to: duration };
    const blocks = inFlightOf(whole.rows, window);
    return {
      seconds,
      elapsedSeconds: whole.setting.elapsed / 1000,
      arrivals: rows.rows,
      sentOnSchedule: count(rows.sent, rows.rows, (sent) => sent <= setting.duration) + droppedOf(rows),
      endedPerSecond:
        count(whole.rows.end, whole.rows.rows, (end) => end >= warmup && end < duration) / seconds +
        droppedOf(rows) / seconds,
      inFlight: meanOf(blocks),
      trend: trendOf(blocks),
      invalidReasons: reasonsOfGenerator(
        {
          lagTail: tailOf(distributionOf(lagOf(rows))),
          latencyP50: distributionOf(latencyOf(rows)).quantile(0.5),
        },
        setting,
      ),
      losses: lossesOf(judged),
      evidence: (clause) => evidenceOf(clause, judged),
    };
  }

  /** A phase that ran to its end; undefined where the run was interrupted or its budget is used up. */
  async #run(plan: PhasePlan): Promise<RunPhase | undefined> {
    const { context } = this.#session;
    if (this.phases.length > 0) await context.clock.sleep(PAUSE, context.signal).catch(() => undefined);
    const [phase] = await this.#session.drive([plan]);
    return phase === undefined || phase.setting.endedBy !== null ? undefined : phase;
  }
}

function inFlightOf(
  rows: PhaseRecorder,
  window: { from: number; to: number; blocks?: number },
): Float64Array {
  const sent = rows.sent.subarray(0, rows.rows);
  // What was never sent was never in flight.
  const due = sent.map((at) => (Number.isNaN(at) ? Number.POSITIVE_INFINITY : at));
  return inFlightBlocks(due, rows.end.subarray(0, rows.rows), window);
}

const meanOf = (values: Float64Array): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

function count(values: Float64Array, length: number, holds: (value: number) => boolean): number {
  let found = 0;
  for (let row = 0; row < length; row += 1) if (holds(values[row]!)) found += 1;
  return found;
}

/** Requests that found no room in flight: the target's doing, on time, and at an end. */
const droppedOf = (rows: PhaseRecorder): number => count(rows.sent, rows.rows, Number.isNaN);

function lagOf({ rows, sent, due }: PhaseRecorder): Float64Array {
  return sent.subarray(0, rows).map((at, row) => at - due[row]!);
}

function latencyOf({ rows, end, due, outcome }: PhaseRecorder): Float64Array {
  return end.subarray(0, rows).map((at, row) => (outcome[row] === COMPLETED ? at - due[row]! : Number.NaN));
}

/** By what attainment is lost: shares of the scored arrivals. */
function lossesOf({ rows, setting, verdicts: { right } }: JudgedPhase): Losses {
  let [late, failed, wrong, scored] = [0, 0, 0, 0];
  for (let row = 0; row < rows.rows; row += 1) {
    if (right[row] === UNSCORED) continue;
    scored += 1;
    if (rows.outcome[row] !== COMPLETED) failed += 1;
    else if (right[row] !== RIGHT) wrong += 1;
    else if (!isInTime(rows, row, setting)) late += 1;
  }
  const all = Math.max(scored, 1);
  return { late: late / all, failed: failed / all, wrong: wrong / all };
}
