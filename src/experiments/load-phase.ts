import type { Clock } from '../kernel/clock.ts';
import type { Random } from '../kernel/random.ts';
import { milliseconds, ratePerSecond } from '../kernel/units.ts';
import { constantArrivals, poissonArrivals, shuffledPasses, zipfOrder } from '../load/arrivals.ts';
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
  const { clock, target, responses, errors } = context;
  const startedAtEpochMs = clock.epoch();
  const start = clock.now();
  const stopUsage = watchProcessUsage();
  const rows = new PhaseRecorder(expectedRows(plan), { responses, errors, stages: target.stages.length });
  const stopTelling = tellProgress(plan, rows, context);
  try {
    await (plan.loop === 'open' ? runOpen(plan, rows, context) : runClosed(plan, rows, context));
  } finally {
    stopTelling();
  }
  const elapsed = clock.now() - start;
  // An interrupted phase was as long as it was: rates over the planned length would be too low.
  const duration = context.signal?.aborted ? Math.min(plan.duration, elapsed) : plan.duration;
  return {
    rows,
    setting: {
      name: plan.name,
      loop: plan.loop,
      arrivalProcess: plan.loop === 'open' ? context.arrivals : 'closed',
      cacheMode: plan.loop === 'open' ? plan.cacheMode : 'uncached',
      concurrency: plan.loop === 'closed' ? plan.concurrency : null,
      offeredRate: plan.loop === 'open' ? plan.rate : null,
      duration,
      elapsed,
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

async function runOpen(plan: OpenPlan, recorder: PhaseRecorder, context: LoadContext): Promise<void> {
  const timing = { rate: ratePerSecond(plan.rate), duration: plan.duration };
  // The same name, the same stream: phases of one cache mode ask the same questions in the same order at every rate.
  const schedule =
    context.arrivals === 'poisson'
      ? poissonArrivals(timing, context.random.fork(`arrivals/${plan.name}`))
      : constantArrivals(timing);
  const order = context.random.fork(`questions/${plan.cacheMode}`);
  const asked =
    plan.cacheMode === 'uncached'
      ? shuffledPasses(context.questions.length, schedule.due.length, order)
      : zipfOrder(context.questions.length, schedule.due.length, order);
  await runOpenLoop({
    ...driving(context, recorder),
    schedule,
    asked,
    maxInFlight: context.maxInFlight,
    cache: plan.cacheMode === 'cached',
  });
}

async function runClosed(plan: ClosedPlan, recorder: PhaseRecorder, context: LoadContext): Promise<void> {
  const order = shuffledPasses(context.questions.length, 16_384, context.random.fork('questions/uncached'));
  let next = 0;
  await runClosedLoop({
    ...driving(context, recorder),
    concurrency: plan.concurrency,
    duration: plan.duration,
    nextQuestion: () => order[next++ % order.length]!,
    nextTurn,
    cache: false,
  });
}

function driving(context: LoadContext, recorder: PhaseRecorder) {
  const { target, questions, clock, timeoutMs, signal } = context;
  return { target, questions, clock, recorder, timeout: milliseconds(timeoutMs), ...(signal && { signal }) };
}

/** Four times a second, how far the phase is. Returns what stops it. */
function tellProgress(plan: PhasePlan, rows: PhaseRecorder, { clock, onEvent }: LoadContext): () => void {
  const start = clock.now();
  const over = new AbortController();
  const tell = async (): Promise<void> => {
    let before = { rows: 0, at: 0 };
    for (;;) {
      await clock.sleep(milliseconds(250), over.signal);
      const at = clock.now() - start;
      const rate = (rows.rows - before.rows) / ((at - before.at) / 1000);
      before = { rows: rows.rows, at };
      onEvent({
        type: 'part.progress',
        name: plan.name,
        done: Math.min(at, plan.duration) / 1000,
        total: plan.duration / 1000,
        unit: 'seconds',
        detail: `${rate.toFixed(0)} requests/s · ${rows.inFlight} in flight`,
      });
    }
  };
  tell().catch(() => undefined); // rejected by `over`, which is its only end
  return () => over.abort();
}
