import { randomBytes } from 'node:crypto';
import type { PhaseTracing } from '../records/trace-ids.ts';
import { nextTurn } from '../system/clock.ts';
import { RunBudget } from './budget.ts';
import { cacheWork } from './cache-work.ts';
import { type DriveTask, drive } from './drive.ts';
import { type Used, usedTogether, watchHere, watchProcessOf } from './generator-watch.ts';
import { LiveCounter, type LiveDelta, LiveView, TELLING } from './live.ts';
import { type MachineSpan, machineColumns } from './machine-columns.ts';
import { mergeRows } from './merge.ts';
import {
  cacheModeOf,
  type LoadContext,
  orderInWords,
  orderOf,
  type PhasePlan,
  taskOf,
} from './phase-plan.ts';
import type { PhaseSetting } from './phase-setting.ts';
import { QuestionNumbers } from './question-numbers.ts';
import { PhaseRecorder } from './recorder.ts';
import { ReplyStore } from './reply-store.ts';
import type { GeneratorThreads } from './threads/pool.ts';

/** A phase as it was run: what came of each request, and the facts that its summary needs. Nothing is scored yet. */
export interface RunPhase {
  readonly rows: PhaseRecorder;
  readonly setting: PhaseSetting;
}

/** Runs one phase to its end, or until the run is interrupted or its budget used up. */
export async function runPhase(plan: PhasePlan, context: LoadContext): Promise<RunPhase> {
  const { target, signal } = context;
  const budget = context.budget ?? new RunBudget();
  const { task: untraced, cutAt } = taskOf(plan, context, budget);
  const tracing = tracingOf(context);
  const task: DriveTask = tracing ? { ...untraced, tracing } : untraced;
  const before = target.cacheStatistics?.();
  const run = new PhaseRun(plan, task, context, budget);
  let interruptedAt = Number.POSITIVE_INFINITY;
  const interrupt = (): void => {
    interruptedAt = Math.max(run.elapsed, 1);
  };
  signal?.addEventListener('abort', interrupt, { once: true });
  try {
    const { rows, used, elapsed } = context.threads ? await run.onThreads(context.threads) : await run.here();
    budget.spend({ requests: rows.rows });
    const endedBy = endOf(interruptedAt, { run, rows, cutAt, task });
    return {
      rows,
      setting: {
        ...describe(plan, context),
        // Nothing was sent after the interruption: rates over the planned length, or over the drain, would be too low.
        duration: Math.min(
          plan.duration,
          interruptedAt,
          run.enoughAt,
          cutAt,
          endedBy === null ? plan.duration : elapsed,
        ),
        elapsed,
        endedBy,
        startedAtEpochMs: run.startedAtEpochMs,
        stageNames: target.stages,
        tracing,
        caches: before && cacheWork(before, target.cacheStatistics!()),
        usage: used.usage,
        machine: machineColumns(used.spans),
      },
    };
  } finally {
    signal?.removeEventListener('abort', interrupt);
  }
}

/** A key of its own for each phase of each run, whatever the seed: no two runs may name their traces alike. */
function tracingOf({ traceShare = 0 }: LoadContext): PhaseTracing | undefined {
  return traceShare > 0 ? { key: randomBytes(8).toString('hex'), share: traceShare } : undefined;
}

function endOf(
  interruptedAt: number,
  phase: { run: PhaseRun; rows: PhaseRecorder; cutAt: number; task: DriveTask },
): PhaseSetting['endedBy'] {
  const { run, rows, cutAt, task } = phase;
  if (Number.isFinite(interruptedAt)) return 'interrupted';
  if (Number.isFinite(run.enoughAt)) return 'max-cost';
  const cutShort = task.loop === 'closed' && task.maxRequests !== undefined && rows.rows >= task.maxRequests;
  return cutShort || Number.isFinite(cutAt) ? 'max-requests' : null;
}

function describe(plan: PhasePlan, context: LoadContext) {
  const open = plan.loop === 'open';
  return {
    name: plan.name,
    loop: plan.loop,
    arrivalProcess: open ? (plan.arrivals ?? context.arrivals) : ('closed' as const),
    shape: open ? (plan.shape ?? null) : null,
    order: orderInWords(orderOf(plan)),
    thinkTimeMs: open ? null : (plan.thinkTimeMs ?? null),
    cacheMode: cacheModeOf(plan),
    concurrency: open ? null : plan.concurrency,
    offeredRate: open ? plan.rate : null,
    deadline: context.deadlineMs,
    firstTokenDeadline: context.firstTokenDeadlineMs ?? null,
    targetKind: context.target.kind,
    threads: context.threads?.count ?? 1,
    warmup: plan.warmup ?? false,
  };
}

interface Driven {
  readonly rows: PhaseRecorder;
  readonly used: Used<MachineSpan['figures']>;
  /** Milliseconds that sending took, drain included, reading not. */
  readonly elapsed: number;
}

/** One phase under way: here or on threads, watched by the same eyes. */
class PhaseRun {
  readonly #plan: PhasePlan;
  readonly #task: DriveTask;
  readonly #context: LoadContext;
  readonly #budget: RunBudget;
  readonly #view: LiveView;
  readonly #enough = new AbortController();
  #origin: number;
  /** The same moment by the calendar: spans of target and generator are held against each other. */
  startedAtEpochMs: number;
  /** When the budget of money was used up, on the phase's axis. */
  enoughAt = Number.POSITIVE_INFINITY;

  constructor(plan: PhasePlan, task: DriveTask, context: LoadContext, budget: RunBudget) {
    this.#plan = plan;
    this.#task = task;
    this.#context = context;
    this.#budget = budget;
    this.#origin = context.clock.now();
    this.startedAtEpochMs = context.clock.epoch();
    this.#view = new LiveView({
      name: plan.name,
      loop: plan.loop,
      warmup: plan.warmup ?? false,
      duration: plan.duration,
      due: task.loop === 'open' ? task.due : undefined,
      isRight: context.isRight,
    });
  }

  get elapsed(): number {
    return this.#context.clock.now() - this.#origin;
  }

  async here(): Promise<Driven> {
    const { target, clock, random, signal, questions, responses, errors } = this.#context;
    const replies = target.kind === 'http' ? new ReplyStore() : undefined;
    const capacity = this.#task.loop === 'open' ? this.#task.due.length : 1024;
    const { stages } = target;
    const task = this.#task;
    const planned = task.loop === 'open' ? { due: task.due, question: task.asked } : undefined;
    const numbers = new QuestionNumbers(questions);
    const tables = { responses, errors, stages: stages.length, replies, planned, questions: numbers };
    const rows = new PhaseRecorder(capacity, tables);
    const counter = new LiveCounter(rows, { target, ...this.#watch() });
    const watch = watchHere(clock);
    this.#begins(clock.now());
    const stopTelling = this.#tell(() => [counter.delta()]);
    try {
      await drive(this.#task, {
        target,
        questions,
        recorder: rows,
        clock,
        origin: this.#origin,
        random: random.fork(`think/${this.#plan.name}`),
        // A target elsewhere gives way by itself: whoever waits for the network lets everybody else in.
        nextTurn: target.kind === 'http' ? () => Promise.resolve() : nextTurn,
        signal,
        enough: this.#enough.signal,
      });
      const elapsed = this.elapsed;
      const used = watch.stop(this.#origin);
      stopTelling();
      await rows.readReplies((reply, question) => target.read(reply, question), nextTurn);
      return { rows, used, elapsed };
    } finally {
      watch.close();
      stopTelling();
      replies?.close();
    }
  }

  async onThreads(threads: GeneratorThreads): Promise<Driven> {
    const { target, clock, random, signal, responses, errors } = this.#context;
    let waiting: LiveDelta[] = [];
    const watch = watchProcessOf(clock);
    const stopTelling = this.#tell(() => {
      const deltas = waiting;
      waiting = [];
      return deltas;
    });
    try {
      let elapsed = 0;
      const { rows: parts, used } = await threads.run({
        task: this.#task,
        seed: String(random.fork(`threads/${this.#plan.name}`).integer(2 ** 31)),
        ...this.#watch(),
        signal,
        enough: this.#enough.signal,
        onDelta: (delta) => waiting.push(delta),
        onOrigin: (origin) => this.#begins(origin),
        onSentAll: () => {
          elapsed = this.elapsed;
          watch.stop(this.#origin);
          stopTelling();
        },
      });
      const count = parts.reduce((sum, { columns }) => sum + columns.rows, 0);
      const rows = new PhaseRecorder(count, { responses, errors, stages: target.stages.length });
      mergeRows(parts, rows, { responses, errors });
      return { rows, used: usedTogether(watch.stop(this.#origin), used), elapsed };
    } finally {
      watch.close();
      stopTelling();
    }
  }

  #begins(origin: number): void {
    const { clock } = this.#context;
    this.#origin = origin;
    this.startedAtEpochMs = Math.round(clock.epoch() + origin - clock.now());
    this.#context.onOrigin?.(origin);
  }

  #watch(): { deadlineMs: number; samples: boolean; watchesCost: boolean } {
    const { deadlineMs, isRight } = this.#context;
    return { deadlineMs, samples: isRight !== undefined, watchesCost: this.#budget.watchesCost };
  }

  /**
   * Tells how far the phase is, and returns what stops it. By a plain timer: the clock of a phase may keep a core busy
   * for the sake of punctuality, which nobody asks of progress.
   */
  #tell(deltas: () => readonly LiveDelta[]): () => void {
    const look = (): void => {
      const seen = deltas();
      for (const { costUsd } of seen) this.#budget.spend({ costUsd });
      if (this.#budget.exhaustedBy === 'max-cost' && !this.#enough.signal.aborted) {
        this.enoughAt = Math.max(this.elapsed, 1);
        this.#enough.abort();
      }
      if (this.elapsed > 0) this.#context.onEvent(this.#view.tick(this.elapsed, seen));
    };
    const timer = setInterval(look, TELLING);
    let stopped = false;
    return () => {
      if (stopped) return;
      stopped = true;
      clearInterval(timer);
      look();
    };
  }
}
