import { setMaxListeners } from 'node:events';
import type { Clock } from '../../kernel/clock.ts';
import type { SharedTimer, Timeout } from './timer.ts';

/** What an attempt is done with. */
export interface AttemptMeans {
  readonly clock: Clock;
  readonly timer: SharedTimer;
  readonly signals: Signals;
}

export interface AttemptLimits {
  /** From its beginning, or from its last sign of life. */
  readonly timeoutMs: number;
  /** On the clock; infinity where there is none. */
  readonly deadline: number;
  /** The caller's. */
  readonly signal: AbortSignal | undefined;
  /** What it fails with when it is too late. */
  readonly late: (why: 'timeout' | 'deadline') => Error;
}

/** What an attempt does. `alive` is a sign of life: the time that it may take begins anew. */
export type Work<T> = (signal: AbortSignal, alive: () => void) => Promise<T>;

/**
 * Does `work` within its limits. Past them the promise rejects and the work's signal aborts, whether or not the work heeds it.
 * When the caller leaves, both do so with the caller's reason.
 */
export function withinLimits<T>(work: Work<T>, limits: AttemptLimits, means: AttemptMeans): Promise<T> {
  const { clock, timer, signals } = means;
  const { timeoutMs, deadline, signal, late } = limits;
  return new Promise<T>((resolve, reject) => {
    const controller = signals.take();
    let begun: number = clock.now();
    const finish = (): void => {
      timer.stop(timeout);
      signal?.removeEventListener('abort', leave);
    };
    const abandon = (reason: unknown): void => {
      finish();
      reject(reason);
      controller.abort(reason);
    };
    const leave = (): void => abandon(signal?.reason);
    const expire = (): void => {
      const now = clock.now();
      timeout.due = Math.min(deadline, begun + timeoutMs);
      if (timeout.due > now) timer.start(timeout, now);
      else abandon(late(now >= deadline ? 'deadline' : 'timeout'));
    };
    const timeout: Timeout = { due: Math.min(deadline, begun + timeoutMs), expire };
    timer.start(timeout, begun);
    signal?.addEventListener('abort', leave);
    const alive = (): void => {
      begun = clock.now();
    };
    started(work, controller.signal, alive).then(
      (value) => {
        finish();
        signals.giveBack(controller);
        resolve(value);
      },
      (error) => {
        finish();
        signals.giveBack(controller);
        reject(error);
      },
    );
  });
}

/** What is thrown before there is a promise is a failure like any other. */
function started<T>(work: Work<T>, signal: AbortSignal, alive: () => void): Promise<T> {
  try {
    return Promise.resolve(work(signal, alive));
  } catch (error) {
    return Promise.reject(error);
  }
}

/** Where the signals of attempts come from. */
export interface Signals {
  take(): AbortController;
  /** It may be used again, if it has not been aborted. */
  giveBack(controller: AbortController): void;
}

/** A new signal for every attempt: for work that goes out of the process, where what it costs (5 µs) is little. */
export const freshSignals: Signals = {
  take: () => new AbortController(),
  giveBack: () => undefined,
};

/**
 * Signals that are used again once their attempt is over: for work within the process, which leaves no listener on them
 * that a later attempt's end could surprise.
 */
export function pooledSignals(): Signals {
  const pool: AbortController[] = [];
  return {
    take: () => pool.pop() ?? unlimited(new AbortController()),
    giveBack: (controller) => {
      if (!controller.signal.aborted && pool.length < 256) pool.push(controller);
    },
  };
}

function unlimited(controller: AbortController): AbortController {
  setMaxListeners(0, controller.signal);
  return controller;
}
