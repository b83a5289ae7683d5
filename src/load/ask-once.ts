import type { Clock } from '../kernel/clock.ts';
import { GroundspeedError } from '../kernel/errors.ts';
import type { Milliseconds } from '../kernel/units.ts';
import type { RawReply, Target, TargetRequest, TargetResponse } from './target.ts';

/** How one request ended. `interrupted`: the run was over before the request was. */
export type Asked =
  | {
      readonly outcome: 'completed';
      readonly response: TargetResponse;
      /** As it came; undefined where the target lives in this process. */
      readonly reply: RawReply | undefined;
    }
  | { readonly outcome: 'error' | 'timeout' | 'interrupted'; readonly error: unknown };

export interface Patience {
  readonly clock: Clock;
  readonly timeout: Milliseconds;
  /** Withdraws the request at once. */
  readonly signal?: AbortSignal | undefined;
  readonly onFirstToken?: () => void;
}

/**
 * Asks one question by itself, and sees it to an end: an answer, a failure, the end of patience or of the run. Never
 * rejects, and never waits for a target that does not answer.
 */
export function askOnce(
  target: Target,
  request: TargetRequest,
  { clock, timeout, signal, onFirstToken }: Patience,
): Promise<Asked> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve(interrupted());
    const patience = new AbortController();
    const end = (asked: Asked): void => {
      resolve(asked);
      signal?.removeEventListener('abort', interrupt);
      patience.abort();
    };
    const sent = target.start(request, {
      firstToken: () => onFirstToken?.(),
      complete: (reply) => end(responseOf(target, request, reply)),
      fail: (error) => end({ outcome: 'error', error }),
    });
    const leave = (outcome: 'timeout' | 'interrupted', error: GroundspeedError): void => {
      end({ outcome, error });
      sent.withdraw(error);
    };
    const interrupt = (): void => leave('interrupted', interrupted().error);
    if (signal?.aborted)
      interrupt(); // meanwhile
    else signal?.addEventListener('abort', interrupt, { once: true });
    const timeOut = (): void =>
      leave('timeout', new GroundspeedError('query.aborted', `No answer came within ${timeout} ms`));
    clock.sleep(timeout, patience.signal).then(timeOut, () => undefined);
  });
}

function responseOf(target: Target, request: TargetRequest, reply: TargetResponse | RawReply): Asked {
  if (!(reply instanceof Uint8Array)) return { outcome: 'completed', response: reply, reply: undefined };
  try {
    return { outcome: 'completed', response: target.read(reply, request.question), reply };
  } catch (error) {
    return { outcome: 'error', error };
  }
}

function interrupted(): { readonly outcome: 'interrupted'; readonly error: GroundspeedError } {
  const error = new GroundspeedError('run.interrupted', 'The run ended before the request did');
  return { outcome: 'interrupted', error };
}
