import { EXIT, GroundspeedError } from '../kernel/errors.ts';
import type { Progress } from './progress.ts';
import type { World } from './world.ts';

export interface Interruptible {
  readonly world: World;
  readonly progress: Progress;
  /** What the user keeps: "what was measured is kept". */
  readonly keeps?: string;
}

/**
 * Runs work that can be interrupted: the first SIGINT or SIGTERM aborts the signal, so that the work ends by itself and
 * keeps what it has; the second ends the process.
 */
export async function interruptible<T>(
  { world, progress, keeps }: Interruptible,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const stopListening = world.onInterrupt(() => {
    if (controller.signal.aborted) {
      progress.end();
      world.exit(EXIT.interrupted);
      return;
    }
    progress.say(`stopping${keeps === undefined ? '' : `; ${keeps}`} (again to quit at once)`);
    controller.abort(new GroundspeedError('run.interrupted', 'The run was interrupted'));
  });
  try {
    return await work(controller.signal);
  } finally {
    progress.end();
    stopListening();
  }
}
