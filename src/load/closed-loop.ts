import { milliseconds } from '../kernel/units.ts';
import { Dispatcher, type DriveOptions } from './dispatcher.ts';

export interface ClosedLoopOptions extends DriveOptions {
  /** Users, each with at most one request in flight. */
  readonly concurrency: number;
  /** Milliseconds for which users go on asking. */
  readonly duration: number;
  /** The question that is asked next. */
  readonly nextQuestion: () => number;
  /** Lets the event loop turn between two requests of a user: a target in this process may never give way by itself. */
  readonly nextTurn: () => Promise<void>;
  /** Milliseconds for which a user thinks before the next question; asked each time. None by default. */
  readonly thinkTime?: () => number;
  /** Requests per second, at most, of all users together: a ceiling, not a schedule. */
  readonly maxRate?: number;
  /** Requests after which no more is sent. */
  readonly maxRequests?: number;
}

/**
 * Users who ask, wait for the answer, think where they are to, and ask again. This finds how much a target can do; its
 * latencies hide what an open loop shows, since a slow target is simply asked less.
 */
export async function runClosedLoop(options: ClosedLoopOptions): Promise<void> {
  const { concurrency, duration, nextQuestion, nextTurn, recorder, signal, clock } = options;
  const between = options.maxRate === undefined ? 0 : 1000 / options.maxRate;
  /** When the last request was allowed to be sent, under the ceiling. */
  let nextSlot = Number.NEGATIVE_INFINITY;
  const most = options.maxRequests ?? Number.POSITIVE_INFINITY;
  /** The last request that is allowed has been sent. */
  const allSent = new AbortController();
  const enough = options.enough ? AbortSignal.any([options.enough, allSent.signal]) : allSent.signal;
  const hurries = between === 0 && options.thinkTime === undefined;
  const dispatcher = new Dispatcher({ ...options, enough }, () => {
    if (hurries) void nextTurn().then(ask);
    else void pauseAndAsk();
  });
  const over = (): boolean => dispatcher.stopped || dispatcher.elapsed >= duration;

  const ask = (): void => {
    if (over()) return;
    dispatcher.send(recorder.arrive(nextQuestion(), dispatcher.elapsed));
    if (recorder.rows >= most) allSent.abort();
  };
  const pauseAndAsk = async (): Promise<void> => {
    await nextTurn();
    await pause(options.thinkTime?.() ?? 0);
    // Slots are taken when a user is done with thinking: one taken before would be late, and too near to the next.
    if (between > 0) {
      nextSlot = Math.max(dispatcher.elapsed, nextSlot + between);
      await pause(nextSlot - dispatcher.elapsed);
    }
    ask();
  };
  const pause = async (ms: number): Promise<void> => {
    if (ms > 0) await clock.sleep(milliseconds(ms), signal).catch(() => undefined);
  };

  for (let user = 0; user < concurrency; user += 1) {
    if (between === 0) ask();
    else void pauseAndAsk();
  }
  while (!over()) await dispatcher.wait(duration);
  await dispatcher.drain();
}
