import type { Clock } from '../../src/kernel/clock.ts';
import { GroundspeedError } from '../../src/kernel/errors.ts';
import { milliseconds } from '../../src/kernel/units.ts';
import type { Target, TargetRequest, TargetResponse } from '../../src/load/target.ts';

export const RESPONSE: TargetResponse = {
  answer: 'yes',
  abstained: false,
  lastResort: false,
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
): Target & { asked: TargetRequest[] } {
  const asked: TargetRequest[] = [];
  return {
    asked,
    name: 'fake',
    kind: 'in-process',
    stages: ['one', 'two'],
    async ask(request, onFirstToken) {
      const { takes, fails } = behaviour(asked.push(request) - 1, request);
      if (takes > 0) await clock.sleep(milliseconds(takes), request.signal);
      if (fails) throw new GroundspeedError('generation.failed', 'the model is on strike');
      onFirstToken?.();
      return { ...RESPONSE, answer: `answer ${request.question}` };
    },
    close: async () => undefined,
  };
}
