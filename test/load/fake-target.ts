import type { Clock } from '../../src/kernel/clock.ts';
import { GroundspeedError } from '../../src/kernel/errors.ts';
import { milliseconds } from '../../src/kernel/units.ts';
import type { Target, TargetRequest, TargetResponse } from '../../src/load/target.ts';
import { promisedTarget } from '../../src/load/targets/promised.ts';

/** A request as a target made of a promise sees it. */
export type AskedRequest = TargetRequest & { readonly signal: AbortSignal };

export type Ask = (request: AskedRequest, onFirstToken: () => void) => Promise<TargetResponse>;

/** A target whose answering can be called by itself, and wrapped. */
export type AskingTarget = Target & { readonly ask: Ask };

export function asking(ask: Ask, shown: Partial<Pick<Target, 'name' | 'stages'>> = {}): AskingTarget {
  const target = promisedTarget({
    ...shown,
    ask: async (request, signal, onFirstToken) => ask({ ...request, signal }, onFirstToken),
  });
  return { ...target, ask };
}

export const RESPONSE: TargetResponse = {
  answer: 'yes',
  abstained: false,
  lastResort: false,
  degraded: undefined,
  confidence: 1,
  passages: undefined,
  contextSize: undefined,
  citations: undefined,
  ranking: undefined,
  cache: 'miss',
  stages: [1, 2],
  inputTokens: undefined,
  outputTokens: undefined,
  costUsd: undefined,
};

/** A target of known behaviour on a given clock: `behaviour` says, for the n-th request, how long it takes or that it fails. */
export function fakeTarget(
  clock: Clock,
  behaviour: (nth: number, request: TargetRequest) => { takes: number; fails?: boolean },
): AskingTarget & { asked: AskedRequest[] } {
  const asked: AskedRequest[] = [];
  const target = asking(
    async (request, onFirstToken) => {
      const { takes, fails } = behaviour(asked.push(request) - 1, request);
      if (takes > 0) await clock.sleep(milliseconds(takes), request.signal);
      if (fails) throw new GroundspeedError('generation.failed', 'the model is on strike');
      onFirstToken();
      return { ...RESPONSE, answer: `answer ${request.question}` };
    },
    { name: 'fake', stages: ['one', 'two'] },
  );
  return { ...target, asked };
}
