import type { Target, TargetRequest, TargetResponse } from '../../src/load/target.ts';

/** A response that shows nothing. */
export const HIDDEN: TargetResponse = {
  answer: undefined,
  abstained: false,
  lastResort: false,
  confidence: undefined,
  passages: undefined,
  contextSize: undefined,
  citations: undefined,
  ranking: undefined,
  cache: 'unknown',
  stages: undefined,
  inputTokens: undefined,
  outputTokens: undefined,
  costUsd: undefined,
};

/** A target that shows what a test says and hides the rest; what `shows` throws is its failure. */
export function madeTarget(
  shows: (request: TargetRequest, nth: number) => Partial<TargetResponse> | Promise<Partial<TargetResponse>>,
): Target {
  let asked = 0;
  return {
    name: 'made',
    kind: 'in-process',
    stages: [],
    ask: async (request) => ({ ...HIDDEN, ...(await shows(request, asked++)) }),
    close: async () => undefined,
  };
}
