import type { Clock } from '../kernel/clock.ts';
import { GroundspeedError, messageOf } from '../kernel/errors.ts';
import { checkAtOnce } from './acceptance/at-once.ts';
import type { Check, CheckContext, Deployment, Verdict } from './acceptance/check.ts';
import { checkEmptyQuestion, checkMalformedBody, checkMissingField } from './acceptance/invalid-input.ts';
import { checkHealth, checkQuery, checkSpeed, checkStreaming } from './acceptance/one-question.ts';

export type { Deployment } from './acceptance/check.ts';

/** How one acceptance check ended. */
export interface CheckResult extends Verdict {
  readonly name: string;
  readonly seconds: number;
}

export interface AcceptanceOptions {
  readonly clock: Clock;
  /** Asked in turn; at least one. */
  readonly questions: readonly string[];
  /** Patience with one request. */
  readonly timeoutMs: number;
  /** An answer that takes longer than this fails the suite. */
  readonly answerWithinMs: number;
  /** Statuses by which invalid input is refused. */
  readonly refusals: readonly number[];
  /** More of a body is not read. */
  readonly maxBytes: number;
  readonly signal?: AbortSignal;
  readonly onResult?: (result: CheckResult) => void;
}

const CHECKS: readonly { readonly name: string; readonly check: Check }[] = [
  { name: 'health', check: checkHealth },
  { name: 'a question is answered', check: checkQuery },
  { name: 'an answer comes in time', check: checkSpeed },
  { name: 'streaming', check: checkStreaming },
  { name: 'ten at once are answered', check: checkAtOnce },
  { name: 'an empty question is refused', check: checkEmptyQuestion },
  { name: 'a missing question is refused', check: checkMissingField },
  { name: 'malformed JSON is refused', check: checkMalformedBody },
];

export const CHECK_NAMES: readonly string[] = CHECKS.map(({ name }) => name);

/**
 * Runs the acceptance checks against a deployment, one after another, each to a verdict of its own: a check that fails
 * stops none of the others. Rejects only when it is interrupted.
 */
export async function runAcceptance(
  deployment: Deployment,
  { clock, signal, onResult, ...options }: AcceptanceOptions,
): Promise<CheckResult[]> {
  const context: CheckContext = { deployment, clock, signal, asked: {}, ...options };
  const results: CheckResult[] = [];
  for (const { name, check } of CHECKS) {
    const began = clock.now();
    const verdict = await check(context).catch((thrown: unknown) => verdictOf(thrown));
    signal?.throwIfAborted();
    const result = { name, seconds: (clock.now() - began) / 1000, ...verdict };
    results.push(result);
    onResult?.(result);
  }
  return results;
}

function verdictOf(thrown: unknown): Verdict {
  const hint = thrown instanceof GroundspeedError ? thrown.hint : undefined;
  return { status: 'failed', detail: messageOf(thrown), ...(hint !== undefined && { hint }) };
}
