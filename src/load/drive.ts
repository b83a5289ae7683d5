import type { Clock } from '../kernel/clock.ts';
import { exponential, type Random } from '../kernel/random.ts';
import { milliseconds } from '../kernel/units.ts';
import type { PhaseTracing } from '../records/trace-ids.ts';
import { runClosedLoop } from './closed-loop.ts';
import { runOpenLoop } from './open-loop.ts';
import type { PhaseRecorder } from './recorder.ts';
import type { Target } from './target.ts';

interface CommonTask {
  /** Patience with one request, in milliseconds. */
  readonly timeoutMs: number;
  readonly cache: boolean;
  /** Milliseconds for which requests are sent. */
  readonly duration: number;
  /** Which requests begin a trace; by default none. */
  readonly tracing?: PhaseTracing;
}

/** What is to be sent, and when: plain data, which can go to another thread. */
export interface OpenTask extends CommonTask {
  readonly loop: 'open';
  /** Milliseconds since the phase began, ascending. */
  readonly due: Float64Array;
  /** The question of each arrival. */
  readonly asked: Uint32Array;
  readonly maxInFlight: number;
}

export interface ClosedTask extends CommonTask {
  readonly loop: 'closed';
  readonly concurrency: number;
  /** The questions in the order in which they are asked, round and round. */
  readonly asked: Uint32Array;
  /** Mean milliseconds that a user thinks between an answer and the next question: exponential, as people do. */
  readonly thinkTimeMs: number;
  /** A ceiling of requests per second, over all users. */
  readonly maxRate: number | undefined;
  /** Requests after which no more is sent. */
  readonly maxRequests: number | undefined;
}

export type DriveTask = OpenTask | ClosedTask;

export interface Driving {
  readonly target: Target;
  readonly questions: readonly string[];
  readonly recorder: PhaseRecorder;
  readonly clock: Clock;
  /** The moment on the clock at which the phase begins. */
  readonly origin: number;
  readonly random: Random;
  /** Lets others have their turn between two requests of a closed loop. */
  readonly nextTurn: () => Promise<void>;
  readonly signal?: AbortSignal | undefined;
  readonly enough?: AbortSignal | undefined;
}

/** Does one task to its end: every request it sends has an end, or it was interrupted. */
export function drive(task: DriveTask, driving: Driving): Promise<void> {
  const { signal, enough, random, ...rest } = driving;
  const common = {
    ...rest,
    timeout: milliseconds(task.timeoutMs),
    cache: task.cache,
    ...(task.tracing && { tracing: task.tracing }),
    ...(signal && { signal }),
    ...(enough && { enough }),
  };
  if (task.loop === 'open') {
    const { due, asked, maxInFlight, duration } = task;
    return runOpenLoop({ ...common, schedule: { due, duration }, asked, maxInFlight });
  }
  const { asked, thinkTimeMs, maxRate, maxRequests } = task;
  let next = 0;
  return runClosedLoop({
    ...common,
    concurrency: task.concurrency,
    duration: task.duration,
    nextQuestion: () => asked[next++ % asked.length]!,
    ...(thinkTimeMs > 0 && { thinkTime: () => exponential(random) * thinkTimeMs }),
    ...(maxRate !== undefined && { maxRate }),
    ...(maxRequests !== undefined && { maxRequests }),
  });
}

/** Cuts a task into `parts` that together send the same requests at the same times. */
export function splitTask(task: DriveTask, parts: number): DriveTask[] {
  return Array.from({ length: parts }, (_, part) =>
    task.loop === 'open' ? openPart(task, part, parts) : closedPart(task, part, parts),
  );
}

/** Every `parts`-th arrival. */
function openPart(task: OpenTask, part: number, parts: number): OpenTask {
  const mine = (_: number, index: number): boolean => index % parts === part;
  return {
    ...task,
    due: task.due.filter(mine),
    asked: task.asked.filter(mine),
    maxInFlight: Math.max(1, share(task.maxInFlight, part, parts)),
  };
}

function closedPart(task: ClosedTask, part: number, parts: number): ClosedTask {
  return {
    ...task,
    concurrency: share(task.concurrency, part, parts),
    asked: task.asked.filter((_, index) => index % parts === part),
    maxRate: task.maxRate && task.maxRate / parts,
    maxRequests: task.maxRequests && share(task.maxRequests, part, parts),
  };
}

/** A whole number cut into `parts` whole numbers that add up to it. */
function share(whole: number, part: number, parts: number): number {
  return Math.floor(whole / parts) + (part < whole % parts ? 1 : 0);
}
