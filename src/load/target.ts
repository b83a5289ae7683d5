/** The port through which load and evaluation drive anything that answers questions. */

export interface TargetRequest {
  /** Index of the golden question in the run's question list. */
  readonly question: number;
  readonly text: string;
  readonly signal?: AbortSignal;
  /** False asks the target to leave its caches alone, where it can. */
  readonly cache: boolean;
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
export type ResponseCacheState = 'response' | 'retrieval' | 'embedding' | 'miss' | 'off' | 'unknown';

/** What came back, once complete. Immutable, and kept by reference: a target may return the same object twice. */
export interface TargetResponse {
  readonly answer: string | undefined;
  readonly abstained: boolean;
  readonly lastResort: boolean;
  readonly confidence: number | undefined;
  readonly passages: readonly TargetPassage[] | undefined;
  readonly contextSize: number | undefined;
  readonly citations: readonly number[] | undefined;
  readonly ranking: { readonly ids: readonly string[]; readonly scores: ArrayLike<number> } | undefined;
  readonly cache: ResponseCacheState;
  /** Milliseconds by stage, in the order of the target's `stages`; undefined where hidden. */
  readonly stages: ArrayLike<number> | undefined;
  readonly inputTokens: number | undefined;
  readonly outputTokens: number | undefined;
  readonly costUsd: number | undefined;
}

export interface Target {
  /** `in-process`, or the URL without credentials. */
  readonly name: string;
  readonly kind: 'in-process' | 'http';
  /** Names of the stages that responses time; empty where the target hides them. */
  readonly stages: readonly string[];
  /**
   * Asks one question. `onFirstToken` is called at most once, when the first piece of the answer arrives.
   * Rejects with an error whose `code` names the class of failure.
   */
  ask(request: TargetRequest, onFirstToken?: () => void): Promise<TargetResponse>;
  close(): Promise<void>;
}
