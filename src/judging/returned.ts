/** What a target gave back for one question, whatever the target, in the words that judging needs. */

export interface ReturnedPassage {
  readonly documentId: string;
  /** Offsets in the document's text (UTF-16 units), where the target knows them. */
  readonly start?: number;
  readonly end?: number;
  readonly text?: string;
}

export interface Returned {
  /** The complete answer; undefined where the target returns passages only. */
  readonly answer: string | undefined;
  readonly abstained: boolean;
  /** Set when a fallback answered instead of the pipeline: such an answer is never right. */
  readonly lastResort: boolean;
  /** The top-k passages, best first; undefined where the target hides them. */
  readonly passages: readonly ReturnedPassage[] | undefined;
  /** How many of the passages, from the first, were in the generator's context; undefined where hidden. */
  readonly contextSize: number | undefined;
  /** Indexes into `passages`; undefined where hidden. */
  readonly citations: readonly number[] | undefined;
  /** Ranking of documents, best first, to the depth that the target gives; undefined where hidden. */
  readonly ranking: { readonly ids: readonly string[]; readonly scores: ArrayLike<number> } | undefined;
}

/** Whether one answer is right, by the one rule of the README; `unscored` where the golden question cannot say. */
export type Right = 'right' | 'wrong' | 'unscored';

/**
 * The classes that explain every arrival. They exclude each other and add up to all arrivals. The first three come
 * from the request itself, the next ones from judging, `right-late` and `right-in-time` from both.
 */
export const FUNNEL = [
  'right-in-time',
  'right-late',
  'not-in-corpus',
  'not-in-top-100',
  'below-k',
  'cut-from-context',
  'answered-wrong',
  'wrongly-abstained',
  'should-have-abstained',
  'unknown',
  'unscored',
  'error',
  'timeout',
  'dropped',
] as const;
export type FunnelClass = (typeof FUNNEL)[number];
