import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Answer } from '../../engine/answer.ts';
import { CATALOGUE, type ErrorCode } from '../../kernel/errors.ts';
import { outcomeOf } from '../../telemetry/engine-metrics.ts';
import type { AskedOutcome } from './fact.ts';

/** The question that a request holds, and what has become of it so far. */
export interface Asked {
  readonly question: string;
  readonly clientId: string | undefined;
  /** Milliseconds that it waited for a place. */
  waitedMs?: number;
  answer?: Answer;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Of requests that ask something. */
    asked?: Asked;
    /** The code that the request failed with, also where it failed after the first piece of a stream. */
    failure?: string;
  }
}

/** How a request ended: its response went out, or its caller was gone before. */
export type How = 'sent' | 'gone';

/** As nginx counts a caller that went away before it was answered. */
export const LEFT = 499;

export const statusOf = (reply: FastifyReply, how: How): number => (how === 'sent' ? reply.statusCode : LEFT);

/** What became of the question of a request that is over. */
export function outcomeOfRequest(
  { asked, failure }: Pick<FastifyRequest, 'asked' | 'failure'>,
  how: How,
): AskedOutcome | 'withdrawn' | 'invalid' | undefined {
  if (asked === undefined) return undefined;
  if (failure !== undefined) return failedAs(failure);
  const { answer } = asked;
  if (answer === undefined) return how === 'gone' ? 'withdrawn' : 'error';
  if (answer.degraded !== undefined) return 'degraded';
  if (!answer.abstained) return 'answered';
  return answer.contextSize === 0 ? 'no_context' : 'abstained';
}

function failedAs(code: string): 'withdrawn' | 'invalid' | 'rejected' | 'error' {
  const outcome = Object.hasOwn(CATALOGUE, code) ? outcomeOf(code as ErrorCode) : 'invalid';
  return outcome === 'withdrawn' || outcome === 'invalid' || outcome === 'rejected' ? outcome : 'error';
}
