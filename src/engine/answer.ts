import type { Matched } from './caching/semantic-cache.ts';
import type { CacheLayer, CacheState, Stage } from './events.ts';
import type { Hits, Metadata, Passage, TokenUsage } from './ports.ts';
import type { Degradation } from './resilience/degradation.ts';

export interface AskOptions {
  /** Passages wanted; by default `retrieval.topK`. */
  readonly topK?: number;
  /** Only chunks of documents whose metadata hold these values (a list: any of them). */
  readonly filter?: Metadata;
  readonly signal?: AbortSignal;
  /** Milliseconds for the whole answer; never more than `resilience.deadlineMs`. */
  readonly deadlineMs?: number;
  /** Whose rights the question has: answers are cached apart by it, and the searches are not narrowed by it (`filter` does that). */
  readonly scope?: string;
  /** False leaves every cache alone, for this question. */
  readonly cache?: boolean;
  /** Keeps each retriever's own list in the answer, for `explain`. */
  readonly trace?: boolean;
  /**
   * Milliseconds that the question waited for its place before it was asked: told with `query.started`, so that whoever measures counts
   * them. They change neither its deadline nor the answer's own times.
   */
  readonly waitedMs?: number;
  /** Told with `query.started`: by it whoever listens knows the question as his own. */
  readonly tag?: object;
  /** Called with each piece of the answer as it is generated. */
  readonly onText?: (text: string) => void;
}

/** A document's place in the ranking: that of its best chunk. */
export interface RankedDocuments {
  readonly ids: readonly string[];
  readonly scores: Float64Array;
}

/** The question's way through retrieval, kept only when asked for. */
export interface AnswerTrace {
  readonly keyword: Hits | undefined;
  readonly vector: Hits | undefined;
  readonly fused: Hits;
  readonly reranked: Hits | undefined;
}

/** The passages for one question, and how they were found. */
export interface Finding {
  readonly passages: readonly Passage[];
  /** How many of the passages, from the first, the generator is shown. */
  readonly contextSize: number;
  readonly ranking: RankedDocuments;
  /** Of the question and the chunk nearest to it; undefined where vectors were not searched. */
  readonly similarity?: number | undefined;
  readonly trace: AnswerTrace;
}

export interface Answer {
  readonly text: string;
  readonly abstained: boolean;
  readonly confidence: number;
  /** The top-k passages, best first; those with an index below `contextSize` were shown to the generator. */
  readonly passages: readonly Passage[];
  readonly contextSize: number;
  /** Indexes into `passages`. */
  readonly citations: readonly number[];
  /** Up to 100 documents, best first. The same array object comes back for the same cached ranking. */
  readonly ranking: RankedDocuments;
  /**
   * Cosine of the question and the chunk nearest to it, from −1 to 1; undefined where vectors were not searched. Unlike the scores of
   * fused passages it can be compared from one question to another.
   */
  readonly similarity?: number | undefined;
  /** Milliseconds by stage; a stage that a cache spared, or that does not apply, is 0. */
  readonly stages: Readonly<Record<Stage, number>>;
  readonly totalMs: number;
  /** From the call to the first piece of text. */
  readonly firstTokenMs: number;
  readonly cache: Readonly<Record<CacheLayer, CacheState>>;
  /** The earlier question in other words whose answer this is, of the semantic cache. */
  readonly matched?: Matched;
  /** Undefined for an answer of the full pipeline. */
  readonly degraded?: Degradation;
  readonly usage: TokenUsage;
  readonly costUsd: number;
  readonly trace?: AnswerTrace;
}
