import type { TargetResponse } from '../../src/load/target.ts';
import { type AskedRequest, type AskingTarget, asking } from '../load/fake-target.ts';

/** A response that shows nothing. */
export const HIDDEN: TargetResponse = {
  answer: undefined,
  abstained: false,
  lastResort: false,
  degraded: undefined,
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
  shows: (request: AskedRequest, nth: number) => Partial<TargetResponse> | Promise<Partial<TargetResponse>>,
): AskingTarget {
  let asked = 0;
  return asking(async (request) => ({ ...HIDDEN, ...(await shows(request, asked++)) }), { name: 'made' });
}
