import type { Clock } from '../kernel/clock.ts';
import { GroundspeedError } from '../kernel/errors.ts';
import type { Milliseconds } from '../kernel/units.ts';
import type { Target, TargetRequest, TargetResponse } from './target.ts';

/** How one request ended. `interrupted`: the run was over before the request was. */
export type Asked =
  | { readonly outcome: 'completed'; readonly response: TargetResponse }
  | { readonly outcome: 'error' | 'timeout' | 'interrupted'; readonly error: unknown };

export interface Patience {
  readonly clock: Clock;
  readonly timeout: Milliseconds;
  /** Withdraws the request at once. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Asks one question by itself, and sees it to an end: an answer, a failure, the end of patience or of the run. Never
 * rejects, and never waits for a target that does not answer.
 */
export function askOnce(
  target: Target,
  request: Omit<TargetRequest, 'signal'>,
  { clock, timeout, signal }: Patience,
): Promise<Asked> {
  return new Promise((resolve) => {
    const withdrawal = new AbortController();
    const end = (asked: Asked): void => {
      resolve(asked);
      signal?.removeEventListener('abort', interrupt);
      // Ends the wait below as well; to a request that was answered it means nothing any more.
      withdrawal.abort(asked.outcome === 'completed' ? undefined : asked.error);
    };
    const interrupt = (): void => {
      const error = new GroundspeedError('run.interrupted', 'The run ended before the request did');
      end({ outcome: 'interrupted', error });
    };
    const timeOut = (): void => {
      const error = new GroundspeedError('query.aborted', `No answer came within ${timeout} ms`);
      end({ outcome: 'timeout', error });
    };
    if (signal?.aborted) return interrupt();
    signal?.addEventListener('abort', interrupt, { once: true });
    clock.sleep(timeout, withdrawal.signal).then(timeOut, () => undefined);
    answerOf(target, { ...request, signal: withdrawal.signal }).then(end);
  });
}

async function answerOf(target: Target, request: TargetRequest): Promise<Asked> {
  try {
    return { outcome: 'completed', response: await target.ask(request) };
  } catch (error) {
    return { outcome: 'error', error };
  }
}
