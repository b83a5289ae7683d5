import type { GroundspeedError } from '../kernel/errors.ts';
import type { DegradationCode } from '../records/columns.ts';

/** The port through which load and evaluation drive anything that answers questions. */

export interface TargetRequest {
  /** Index of the golden question in the run's question list. */
  readonly question: number;
  readonly text: string;
  /** False asks the target to leave its caches alone, where it can. */
  readonly cache: boolean;
  /** The trace that the request begins (W3C), for a target that can be told of it. */
  readonly traceparent?: string;
}

export interface TargetPassage {
  readonly documentId: string;
  readonly title?: string;
  readonly score?: number;
  readonly start?: number;
  readonly end?: number;
  readonly text?: string;
}

/** State of the caches for one response: which layer answered, if any. `unknown` where the target does not say. */
export type ResponseCacheState =
  | 'response'
  | 'semantic'
  | 'retrieval'
  | 'embedding'
  | 'miss'
  | 'off'
  | 'unknown';

/** What of a full answer was missing; `none` for a full one. */
export type ResponseDegradation = Exclude<DegradationCode, 'unknown'>;

/** Levels at which words that come of no document stand in. Such an answer is never right. */
export const isLastResort = (level: ResponseDegradation | undefined): boolean =>
  level === 'canned' || level === 'last-resort';

/** The earlier question whose answer a semantic cache gave. */
export interface MatchedQuestion {
  readonly question: string;
  /** Cosine similarity of the two; undefined where the target does not say. */
  readonly similarity?: number | undefined;
}

/** What came back, once complete. Immutable, and kept by reference: a target may return the same object twice. */
export interface TargetResponse {
  readonly answer: string | undefined;
  readonly abstained: boolean;
  readonly lastResort: boolean;
  /** Undefined where the target does not say. */
  readonly degraded: ResponseDegradation | undefined;
  readonly confidence: number | undefined;
  readonly passages: readonly TargetPassage[] | undefined;
  readonly contextSize: number | undefined;
  readonly citations: readonly number[] | undefined;
  readonly ranking: { readonly ids: readonly string[]; readonly scores: ArrayLike<number> } | undefined;
  readonly cache: ResponseCacheState;
  /** Whether what the cache gave was past its time; undefined where the target does not say, and where no cache was asked. */
  readonly stale?: boolean | undefined;
  /** Of a semantic hit; undefined where the target does not say. */
  readonly matched?: MatchedQuestion | undefined;
  /** Milliseconds by stage, in the order of the target's `stages`; undefined where hidden. */
  readonly stages: ArrayLike<number> | undefined;
  readonly inputTokens: number | undefined;
  readonly outputTokens: number | undefined;
  readonly costUsd: number | undefined;
}

/**
 * A response as it came over the network, not read yet: reading JSON while the load runs would cost the generator more
 * than sending. The bytes belong to whoever gets them.
 */
export type RawReply = Uint8Array;

/** Where one request's way back is told. Exactly one of `complete` and `fail` ends it, unless it was withdrawn before. */
export interface Exchange {
  /** The first piece of the answer has come. Called at most once; never by a target that does not stream. */
  firstToken(): void;
  complete(reply: TargetResponse | RawReply): void;
  /** `error.code` names the class of failure. */
  fail(error: unknown): void;
}

/** A request under way. */
export interface Sent {
  /** The asker has left: the target stops what it can, and nothing more is told to the exchange. */
  withdraw(reason: GroundspeedError): void;
}

/** What a target returns. An objective or a measure that needs more is refused before any load is sent. */
export interface TargetReturns {
  readonly answer: boolean;
  readonly passages: boolean;
  /** It streams: the first token has a time of its own. */
  readonly firstToken: boolean;
  readonly outputTokens: boolean;
  readonly cost: boolean;
  readonly cache: boolean;
}

/** What one layer of a target's caches has done since it began; bytes and entries as they are now. */
export interface TargetCacheStatistics {
  readonly entries: number;
  readonly bytes?: number | undefined;
  readonly hits: number;
  readonly misses: number;
  readonly evictions: number;
  readonly stale?: number | undefined;
  /** Questions that waited for somebody else's computation. */
  readonly shared?: number | undefined;
  readonly savedUsd?: number | undefined;
}

/** By layer; undefined for one that is off. */
export type CacheCounters = Readonly<Record<string, TargetCacheStatistics | undefined>>;

export interface Target {
  /** `in-process`, or the URL without credentials. */
  readonly name: string;
  readonly kind: 'in-process' | 'http';
  /** Names of the stages that responses time, and of the queue where they tell it (`QUEUE`); empty where the target hides them. */
  readonly stages: readonly string[];
  readonly returns: TargetReturns;
  /** Sends one question. Never throws: what goes wrong at once is told to the exchange as well, in this turn or a later one. */
  start(request: TargetRequest, exchange: Exchange): Sent;
  /**
   * What a raw reply to this question says. Throws `target.malformed` (or another class of failure that only the content
   * shows) where it cannot be understood. Targets that never reply raw throw always.
   */
  read(reply: RawReply, question: number): TargetResponse;
  /** What the target's caches have done so far; absent where nobody can look. */
  cacheStatistics?(): CacheCounters;
  close(): Promise<void>;
}

export const RETURNS_EVERYTHING: TargetReturns = {
  answer: true,
  passages: true,
  firstToken: true,
  outputTokens: true,
  cost: true,
  cache: true,
};
