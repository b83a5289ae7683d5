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
}

/**
 * Users who ask, wait for the answer, and ask again at once. This finds how much a target can do; its latencies hide
 * what an open loop shows, since a slow target is simply asked less.
 */
export async function runClosedLoop(options: ClosedLoopOptions): Promise<void> {
  const { concurrency, duration, nextQuestion, nextTurn, recorder, signal } = options;
  const dispatcher = new Dispatcher(options);
  const over = (): boolean => signal?.aborted === true || dispatcher.elapsed >= duration;

  const user = async (): Promise<void> => {
    while (!over()) {
      await dispatcher.dispatch(recorder.arrive(nextQuestion(), dispatcher.elapsed));
      await nextTurn();
    }
  };
  const users = Promise.all(Array.from({ length: concurrency }, user));
  while (!over()) await dispatcher.wait(duration);
  await dispatcher.drain();
  await users;
}
