import type { Clock } from '../kernel/clock.ts';
import type { Random } from '../kernel/random.ts';
import { milliseconds, ratePerSecond } from '../kernel/units.ts';
import {
  constantArrivals,
  poissonArrivals,
  questionPasses,
  shuffledPasses,
  zipfOrder,
} from '../load/arrivals.ts';
import { runClosedLoop } from '../load/closed-loop.ts';
import { runOpenLoop } from '../load/open-loop.ts';
import { type ErrorClasses, PhaseRecorder } from '../load/recorder.ts';
import type { ResponseTable } from '../load/responses.ts';
import type { PhaseSetting } from '../load/summary.ts';
import type { Target } from '../load/target.ts';
import { nextTurn } from '../system/clock.ts';
import { watchProcessUsage } from '../system/usage.ts';
import type { ExperimentEvent } from './events.ts';

/** What all load phases of a run share. */
export interface LoadContext {
  readonly target: Target;
  readonly questions: readonly string[];
  readonly clock: Clock;
  readonly random: Random;
  readonly responses: ResponseTable;
  readonly errors: ErrorClasses;
  readonly timeoutMs: number;
  readonly deadlineMs: number;
  readonly maxInFlight: number;
  readonly arrivals: 'poisson' | 'constant';
  readonly signal?: AbortSignal;
  readonly onEvent: (event: ExperimentEvent) => void;
}

interface CommonPlan {
  readonly name: string;
  /** Milliseconds. */
  readonly duration: number;
  readonly warmup?: boolean;
}

export interface OpenPlan extends CommonPlan {
  readonly loop: 'open';
  readonly rate: number;
  /** `uncached`: caches off, shuffled passes. `cached`: caches on (preheat them first), Zipf. */
  readonly cacheMode: 'uncached' | 'cached';
}

export interface ClosedPlan extends CommonPlan {
  readonly loop: 'closed';
  readonly concurrency: number;
}

export type PhasePlan = OpenPlan | ClosedPlan;

/** A phase as it was run: what came of each request, and the facts that its summary needs. Nothing is scored yet. */
export interface RunPhase {
  readonly rows: PhaseRecorder;
  readonly setting: PhaseSetting;
}

/** Runs one phase to its end, or until the run is interrupted. */
export async function runPhase(plan: PhasePlan, context: LoadContext): Promise<RunPhase> {
  const { clock, target, responses, errors, signal } = context;
  const rows = new PhaseRecorder(expectedRows(plan), { responses, errors, stages: target.stages.length });
  const drive = plan.loop === 'open' ? openLoop(plan, rows, context) : closedLoop(plan, rows, context);

  const startedAtEpochMs = clock.epoch();
  const start = clock.now();
  let interruptedAt = Number.POSITIVE_INFINITY;
  const interrupt = (): void => {
    interruptedAt = Math.max(clock.now() - start, 1);
  };
  signal?.addEventListener('abort', interrupt, { once: true });
  const stopUsage = watchProcessUsage();
  const stopTelling = tellProgress(plan, rows, context);
  try {
    await drive();
  } finally {
    stopTelling();
    signal?.removeEventListener('abort', interrupt);
  }
  return {
    rows,
    setting: {
      name: plan.name,
      loop: plan.loop,
      arrivalProcess: plan.loop === 'open' ? context.arrivals : 'closed',
      cacheMode: plan.loop === 'open' ? plan.cacheMode : 'uncached',
      concurrency: plan.loop === 'closed' ? plan.concurrency : null,
      offeredRate: plan.loop === 'open' ? plan.rate : null,
      // Nothing was sent after the interruption: rates over the planned length, or over the drain, would be too low.
      duration: Math.min(plan.duration, interruptedAt),
      elapsed: clock.now() - start,
      interrupted: Number.isFinite(interruptedAt),
      deadline: context.deadlineMs,
      startedAtEpochMs,
      stageNames: target.stages,
      warmup: plan.warmup ?? false,
      usage: stopUsage(),
    },
  };
}

function expectedRows(plan: PhasePlan): number {
  return plan.loop === 'open' ? Math.ceil((plan.rate * plan.duration) / 1000) : 1024;
}

/** Prepares the schedule, which takes its time too; the function that comes back drives it. */
function openLoop(plan: OpenPlan, recorder: PhaseRecorder, context: LoadContext): () => Promise<void> {
  const timing = { rate: ratePerSecond(plan.rate), duration: plan.duration };
  const schedule =
    context.arrivals === 'poisson'
      ? poissonArrivals(timing, context.random.fork(`arrivals/${plan.name}`))
      : constantArrivals(timing);
  const order = questionOrder(plan.cacheMode, context);
  const count = context.questions.length;
  const asked =
    plan.cacheMode === 'uncached'
      ? shuffledPasses(count, schedule.due.length, order)
      : zipfOrder(count, schedule.due.length, order);
  const { maxInFlight } = context;
  const cache = plan.cacheMode === 'cached';
  return () => runOpenLoop({ ...driving(context, recorder), schedule, asked, maxInFlight, cache });
}

function closedLoop(plan: ClosedPlan, recorder: PhaseRecorder, context: LoadContext): () => Promise<void> {
  const { concurrency, duration } = plan;
  const nextQuestion = questionPasses(context.questions.length, questionOrder('uncached', context));
  return () =>
    runClosedLoop({
      ...driving(context, recorder),
      concurrency,
      duration,
      nextQuestion,
      nextTurn,
      cache: false,
    });
}

/** One stream a cache mode: its phases ask the same questions in the same order at every rate. */
function questionOrder(cacheMode: OpenPlan['cacheMode'], { random }: LoadContext): Random {
  return random.fork(`questions/${cacheMode}`);
}

function driving(context: LoadContext, recorder: PhaseRecorder) {
  const { target, questions, clock, timeoutMs, signal } = context;
  return { target, questions, clock, recorder, timeout: milliseconds(timeoutMs), ...(signal && { signal }) };
}

/** Milliseconds between two tellings of progress. */
const TELLING = 250;

/**
 * Tells how far the phase is, and returns what stops it. By a plain timer: the clock of a phase may keep a core busy for
 * the sake of punctuality, which nobody asks of progress.
 */
function tellProgress(plan: PhasePlan, rows: PhaseRecorder, { clock, onEvent }: LoadContext): () => void {
  const start = clock.now();
  let before = { rows: 0, at: 0 };
  const timer = setInterval(() => {
    const at = clock.now() - start;
    const rate = (rows.rows - before.rows) / (Math.max(at - before.at, 1) / 1000);
    before = { rows: rows.rows, at };
    onEvent({
      type: 'part.progress',
      name: plan.name,
      done: Math.min(at, plan.duration) / 1000,
      total: plan.duration / 1000,
      unit: 'seconds',
      detail: `${rate.toFixed(0)} requests/s · ${rows.inFlight} in flight`,
    });
  }, TELLING);
  return () => clearInterval(timer);
}
