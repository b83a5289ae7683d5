import { GroundspeedError } from '../../kernel/errors.ts';
import { RETURNS_EVERYTHING, type Target, type TargetRequest, type TargetResponse } from '../target.ts';

export interface PromisedTarget
  extends Partial<Pick<Target, 'name' | 'kind' | 'stages' | 'returns' | 'close' | 'cacheStatistics'>> {
  /** Answers one question; rejects with an error whose `code` names the class of failure. */
  ask(request: TargetRequest, signal: AbortSignal, onFirstToken: () => void): Promise<TargetResponse>;
}

/** A target made of a function that promises a response: the engine, and whatever else lives in this process. */
export function promisedTarget(promised: PromisedTarget): Target {
  return {
    name: promised.name ?? 'in-process',
    kind: promised.kind ?? 'in-process',
    stages: promised.stages ?? [],
    returns: promised.returns ?? RETURNS_EVERYTHING,
    start(request, exchange) {
      const controller = new AbortController();
      const { signal } = controller;
      let withdrawn = false;
      const onFirstToken = (): void => {
        if (!withdrawn) exchange.firstToken();
      };
      const ask = async (): Promise<TargetResponse> => promised.ask(request, signal, onFirstToken);
      ask()
        .then((response) => {
          if (!withdrawn) exchange.complete(response);
        })
        .catch((error: unknown) => {
          if (!withdrawn) exchange.fail(error);
        });
      return {
        withdraw(reason) {
          withdrawn = true;
          controller.abort(reason);
        },
      };
    },
    read() {
      throw new GroundspeedError(
        'internal.bug',
        'A target in this process replies with responses, not with bytes',
      );
    },
    ...(promised.cacheStatistics && { cacheStatistics: promised.cacheStatistics }),
    close: promised.close ?? (async () => undefined),
  };
}
