import type { Clock } from '../kernel/clock.ts';
import type { Random } from '../kernel/random.ts';
import { ratePerSecond } from '../kernel/units.ts';
import { type ArrivalSchedule, constantArrivals, poissonArrivals } from './arrivals.ts';
import type { RunBudget } from './budget.ts';
import type { ClosedTask, DriveTask, OpenTask } from './drive.ts';
import type { ErrorClasses } from './error-classes.ts';
import type { LoadEvent } from './events.ts';
import type { LivePhase } from './live.ts';
import type { PhaseSetting } from './phase-setting.ts';
import { type QuestionOrder, questionOrder } from './question-order.ts';
import type { ResponseTable } from './responses.ts';
import type { Target } from './target.ts';
import type { GeneratorThreads } from './threads/pool.ts';

/** What all load phases of a run share. */
export interface LoadContext {
  readonly target: Target;
  /** Generator threads that drive the target instead of this one; each has connections of its own. */
  readonly threads?: GeneratorThreads | undefined;
  readonly questions: readonly string[];
  readonly clock: Clock;
  readonly random: Random;
  readonly responses: ResponseTable;
  readonly errors: ErrorClasses;
  readonly timeoutMs: number;
  readonly deadlineMs: number;
  /** A second bound for "in time": of the first token. */
  readonly firstTokenDeadlineMs?: number | undefined;
  readonly maxInFlight: number;
  readonly arrivals: 'poisson' | 'constant';
  /** Requests per second at most, for a closed loop; an open one has its rate. */
  readonly maxRate?: number | undefined;
  readonly budget?: RunBudget | undefined;
  /** Share of the requests that begin a trace and say so to the target (`traceparent`); by default none does. */
  readonly traceShare?: number | undefined;
  /** Whether an answer is right, for the live display; undefined where that cannot be said. */
  readonly isRight?: LivePhase['isRight'];
  readonly signal?: AbortSignal;
  readonly onEvent: (event: LoadEvent) => void;
  /** Called at the very moment that due times count from, on the clock. */
  readonly onOrigin?: (at: number) => void;
}

interface CommonPlan {
  readonly name: string;
  /** Milliseconds. */
  readonly duration: number;
  readonly warmup?: boolean;
  /** By default: Zipf where caches are on, passes over all questions where they are not. */
  readonly order?: QuestionOrder;
}

export interface OpenPlan extends CommonPlan {
  readonly loop: 'open';
  /** Arrivals per second, on average. */
  readonly rate: number;
  /** `uncached`: caches off. `cached`: caches on (preheat them first). `as-configured`: the target has its own way. */
  readonly cacheMode: PhaseSetting['cacheMode'];
  /** When requests are due, where that is not simply the rate: a shape, or times from a file. */
  readonly schedule?: ArrivalSchedule | undefined;
  readonly arrivals?: 'poisson' | 'constant' | 'replay' | undefined;
  /** The schedule's shape, in words. */
  readonly shape?: string | undefined;
}

export interface ClosedPlan extends CommonPlan {
  readonly loop: 'closed';
  readonly concurrency: number;
  /** By default `uncached`. */
  readonly cacheMode?: PhaseSetting['cacheMode'];
  /** Mean milliseconds between an answer and the next question of a user. */
  readonly thinkTimeMs?: number | undefined;
}

export type PhasePlan = OpenPlan | ClosedPlan;

export const cacheModeOf = (plan: PhasePlan): PhaseSetting['cacheMode'] => plan.cacheMode ?? 'uncached';

/** One question order a cache mode: its phases ask the same questions in the same order at every rate. */
export function orderOf(plan: PhasePlan): QuestionOrder {
  return (
    plan.order ?? (cacheModeOf(plan) === 'cached' ? { kind: 'zipf', exponent: 1 } : { kind: 'shuffled' })
  );
}

export function orderInWords(order: QuestionOrder): string {
  return order.kind === 'zipf' ? `zipf:${order.exponent}` : order.kind;
}

/** A closed loop does not know how many it will ask: the list is asked round and round. */
const CLOSED_QUESTIONS = 1 << 16;

/** Prepares the schedule, which takes its time too. `cutAt`: when the budget of requests ends it; infinite where it does not. */
export function taskOf(
  plan: PhasePlan,
  context: LoadContext,
  budget: RunBudget,
): { task: DriveTask; cutAt: number } {
  const cache = cacheModeOf(plan) !== 'uncached';
  const common = { timeoutMs: context.timeoutMs, cache, duration: plan.duration };
  const random = context.random.fork(`questions/${cacheModeOf(plan)}`);
  const ask = (count: number): Uint32Array =>
    questionOrder(orderOf(plan), { questions: context.questions.length, count, random });
  if (plan.loop === 'closed') {
    const task: ClosedTask = {
      ...common,
      loop: 'closed',
      concurrency: plan.concurrency,
      asked: ask(CLOSED_QUESTIONS),
      thinkTimeMs: plan.thinkTimeMs ?? 0,
      maxRate: context.maxRate,
      maxRequests: Number.isFinite(budget.requestsLeft) ? budget.requestsLeft : undefined,
    };
    return { task, cutAt: Number.POSITIVE_INFINITY };
  }
  const schedule = plan.schedule ?? arrivalsOf(plan, context);
  const count = Math.min(schedule.due.length, budget.requestsLeft);
  const task: OpenTask = {
    ...common,
    loop: 'open',
    due: schedule.due.subarray(0, count),
    asked: ask(count),
    maxInFlight: context.maxInFlight,
  };
  return {
    task,
    cutAt: count < schedule.due.length ? Math.max(schedule.due[count]!, 1) : Number.POSITIVE_INFINITY,
  };
}

function arrivalsOf(plan: OpenPlan, { arrivals, random }: LoadContext): ArrivalSchedule {
  const timing = { rate: ratePerSecond(plan.rate), duration: plan.duration };
  return arrivals === 'poisson'
    ? poissonArrivals(timing, random.fork(`arrivals/${plan.name}`))
    : constantArrivals(timing);
}
