import type { CacheLayer, CacheState } from '../../engine/events.ts';
import type { QueryOutcome } from '../../telemetry/catalogue.ts';

/** What became of a question, in the words of `rag_queries_total`; one that was withdrawn, or is none, is not counted. */
export const ASKED_OUTCOMES = [
  'answered',
  'abstained',
  'no_context',
  'degraded',
  'error',
  'rejected',
] as const satisfies readonly QueryOutcome[];
export type AskedOutcome = (typeof ASKED_OUTCOMES)[number];

/** What is kept of an answer until it is counted. */
export interface AnswerFact {
  /** Ids of the documents of its passages; one may stand there several times. */
  readonly documents: readonly string[];
  readonly cache: Readonly<Record<CacheLayer, CacheState>>;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costUsd: number;
}

/** One question that the service was asked. */
export interface AskedFact {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** From the arrival of the request until its response was out, in milliseconds. */
  readonly ms: number;
  readonly question: string;
  readonly clientId: string | undefined;
  /** Asked by a canary that has proved to be one: counted apart. */
  readonly canary?: boolean;
  readonly outcome: AskedOutcome;
  /** Undefined where none came. */
  readonly answer: AnswerFact | undefined;
}

/** The counter of what the model that judges live answers has cost, in US dollars. */
export const JUDGE_COST = 'judge_cost_usd';

/** Of a caller that gives no client_id. */
export const ANONYMOUS = '(none)';
/** Takes what is beyond the bound on different keys. */
export const OTHER_KEY = '(other)';

const DAY_MS = 86_400_000;

/** Days since 1970 (UTC): what figures are kept by. */
export const dayOf = (epochMs: number): number => Math.floor(epochMs / DAY_MS);

/** `2026-11-21` */
export const dateOf = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);
